"""Noticing another daemon on the same accounts, by its notes in cases that are read anyway."""

from collections.abc import Sequence
from contextlib import suppress

import structlog

from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.model import Message, OwnAgent
from chaport_sync.core.transcripts.delivery_text import code
from chaport_sync.core.transcripts.read_back import HINT, Sighting, is_anothers, notes_since
from chaport_sync.store import ChatKey, Store, StoreError

log = structlog.get_logger()


class OtherInstance:
    """Compares the notes in a case with the recorded ones, and logs once that another daemon writes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._first_id = ""
        self._doubtful: set[str] = set()
        self._told = False
        with suppress(StoreError):  # the flows log that the disk is full; only `status` needs this
            if store.marks.get(Sighting).case_id:
                store.marks.put(Sighting())

    def wrote(self, message_id: str) -> None:
        """Note a message that this run wrote; messages after the first one were written during this run."""
        self._first_id = self._first_id or message_id

    def doubt(self, chat: ChatKey, lines: Sequence[Line]) -> None:
        """Note lines whose sending is unclear: a note with them may still appear, and it is ours."""
        self._doubtful |= {code(chat, line.key) for line in lines if line.state is LineState.SENDING}

    def look(self, case_id: str, messages: Sequence[Message], now: float) -> None:
        """Look for notes of another daemon in a case that has been read."""
        own = self._store.marks.get(OwnAgent).staff_id
        if self._told or not self._first_id or not own:
            return
        notes = list(notes_since(messages, self._first_id, own))
        known = self._store.transcripts.accounted_rows(note.id for note in notes)
        unknown = [note for note in notes if not known[note.id]]
        lines = self._store.transcripts.lines_in(case_id) if unknown else []
        if any(is_anothers(note, lines, self._doubtful) for note in unknown):
            self._told = True
            self._store.marks.put(Sighting(now, case_id))
            log.warning("instance.other", case=case_id, hint=HINT)
