"""Recording how late reading and delivering are, and logging once that they are too late (T7, P9)."""

import structlog

from chaport_sync.core.transcripts.turns import Lateness, Work, in_words
from chaport_sync.store import Store

log = structlog.get_logger()


class Behind:
    """Records after each cycle how late one kind of work is; more than `most` seconds is too late.

    `words` tell how late the work is while it is too late; else they are empty.
    """

    def __init__(self, work: Work, store: Store, most: float) -> None:
        self._work = work
        self._store = store
        self._most = most
        self._recorded: Lateness | None = None
        self.words = ""

    def note(self, found: Lateness, *, possible: bool) -> None:
        """Record how late the work is; a service that fails (not `possible`) is logged elsewhere."""
        if found != self._recorded:
            self._store.marks.put(found, of=self._work)
            self._recorded = found
        behind = found.seconds > (self._most / 2 if self.words else self._most)
        if not self.words and not possible:
            return
        told = {"what": self._work.value, "seconds": round(found.seconds), "visitors": found.visitors}
        if behind and not self.words:
            log.warning("transcripts.behind", **told, hint=_HINTS[self._work])
        elif self.words and not behind:
            log.info("transcripts.caught_up", **told)
        self.words = in_words(self._work, found.seconds, found.visitors) if behind else ""


_HINTS = {
    Work.READING: "more chats go on than can be read at the pace of [chaport] requests_per_second",
    Work.DELIVERING: "more is written than can be shown with the units of [deskie] requests_per_minute",
}
