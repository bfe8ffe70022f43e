"""Reading the chats that may have changed, and recording their lines (T1, T6, T7)."""

from dataclasses import dataclass, replace

import structlog

from chaport_sync.api.chaport import SUSPICIOUS, Chaport
from chaport_sync.api.errors import ApiError, Malformed, Unavailable
from chaport_sync.clock import Clock, give_way
from chaport_sync.core.model import DAY, Chat, Visitor
from chaport_sync.core.replies.echoes import AnswerIds, echoes
from chaport_sync.core.replies.next_step import arrived
from chaport_sync.core.transcripts.chats import ChatState, merge, to_mirror
from chaport_sync.core.transcripts.reading import MirrorRules, Reading, read
from chaport_sync.core.transcripts.start import Start
from chaport_sync.core.transcripts.turns import Lateness
from chaport_sync.core.transcripts.watch import WatchRules, older_to_read
from chaport_sync.store import ChatKey, Store
from chaport_sync.sync.backoff import FAILURES
from chaport_sync.sync.health import concerns_record
from chaport_sync.sync.transcripts.beginning import Beginning
from chaport_sync.sync.transcripts.operator_list import OperatorList
from chaport_sync.sync.transcripts.reading_queue import ReadingQueue

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """The rules of reading chats. `start` is in Unix seconds, None for the first start; `keep` is in seconds."""

    mirror: MirrorRules
    watch: WatchRules
    start: float | None = None
    keep: float = 30 * DAY


class ChatReader:
    """Reads the chats that may have changed, and records their lines."""

    def __init__(self, chaport: Chaport, store: Store, rules: ReadingRules, clock: Clock) -> None:
        self._known_in_run: set[ChatKey] = set()
        self._doubtful: set[ChatKey] = set()
        self._chaport = chaport
        self._store = store
        self._rules = rules
        self._clock = clock
        self._beginning = Beginning(store, clock, chaport.clock_there)
        self._queue = ReadingQueue(chaport, store, rules.watch, clock)
        self._operators = OperatorList(chaport, store, clock)
        self._run_since = clock.now()
        self._cut: set[tuple[str, str]] = set()
        self._told: set[str] = set()

    def forget(self) -> None:
        """Forget the notes on single chats, so that memory stays bounded; reading finds them again."""
        self._known_in_run.clear()
        self._cut.clear()

    async def read(self, *, seconds: float | None) -> int:
        """Read the chats that may have changed, and return the number of new lines.

        Args:
            seconds: Time after which the rest waits for the next cycle, None for no limit.

        Raises:
            ApiError: Chaport failed; the chats that were read before are recorded.
        """
        self._beginning.note()
        began = self._clock.monotonic()
        await self._operators.begin()
        self._beginning.correct()
        line = await self._queue.begin()
        until = None if seconds is None else began + seconds
        added = await self._read_visitors(line, until)
        sweep = await self._queue.sweep(in_time=until is None or self._clock.monotonic() < until)
        added += await self._read_visitors(sweep, until)
        self._queue.end()
        return added

    def lateness(self) -> Lateness:
        """Return how late reading is."""
        return self._queue.lateness()

    def doubtful(self) -> frozenset[ChatKey]:
        """Return the chats whose first reading in this run brought new lines, each once.

        Their cases may show these lines already, if the state file is an old backup (P1).
        """
        found, self._doubtful = frozenset(self._doubtful), set()
        return found

    async def _read_visitors(self, visitor_ids: list[str], until: float | None) -> int:
        """Read visitors' chats and return the number of new lines.

        Raises:
            ApiError: Chaport itself seems to fail: for several visitors in a row, or for all of them (P3, P4).
        """
        added, answered, in_a_row = 0, False, 0
        failed: ApiError | None = None
        for place, visitor_id in enumerate(visitor_ids):
            # At least one visitor is read in each cycle, also if Chaport is slow.
            over = until is not None and self._clock.monotonic() >= until
            if self._clock.stopping or (over and place):
                break
            try:
                added += await self._read_visitor(visitor_id)
            except (Unavailable, Malformed) as error:
                if self._queue.could_not_be_read(visitor_id):
                    failed, in_a_row = error, in_a_row + 1
                if in_a_row >= FAILURES:
                    raise
                log.debug("transcript.cycle", visitor=visitor_id, error=str(error))
                continue
            except ApiError as error:
                if not concerns_record(error):
                    raise
                log.warning("transcript.cycle", visitor=visitor_id, error=str(error))
                self._queue.was_refused(visitor_id)
            else:
                self._queue.was_read(visitor_id)
            answered, in_a_row = True, 0
        if failed is not None and not answered:
            raise failed
        return added

    async def _read_visitor(self, visitor_id: str) -> int:
        newest = await self._chat(visitor_id)
        if newest is None:
            self._store.transcripts.watch_only(visitor_id, "")
            return 0
        visitor = await self._queue.row(visitor_id)
        since = self._since()
        added, last_known = 0, self._store.transcripts.newest_chat(visitor_id)
        older: list[Chat] = []
        if last_known is not None:
            for chat_id in older_to_read(newest, last_known, since):
                chat = await self._chat(visitor_id, chat_id)
                older += [chat] if chat is not None else []
        else:
            oldest: Chat | None = newest
            while oldest is not None and (before := older_to_read(replace(oldest, older=newest.older), None, since)):
                oldest = await self._chat(visitor_id, before[0])
                older = [oldest, *older] if oldest is not None else older
        for chat in older:
            added += await self._take(chat, visitor, since)
        added += await self._take(newest, visitor, since)
        self._store.transcripts.watch_only(visitor_id, newest.id)
        return added

    async def _chat(self, visitor_id: str, chat_id: str = "") -> Chat | None:
        """Return a chat, with all its events if the server may have cut them (docs/chaport-api.md, U18)."""
        chat = await self._chaport.chat(visitor_id, chat_id)
        if chat is None:
            return None
        key = (visitor_id, chat.id)
        count = len(chat.events)
        known = self._store.transcripts.known_events(key)
        unseen = count >= SUSPICIOUS and not known & {event.id for event in chat.events}
        if chat.truncated or key in self._cut or unseen or (count >= SUSPICIOUS and count % 10 == 0):
            whole = await self._chaport.with_all_events(chat)
            if len(whole.events) > count:
                self._cut.add(key)
            return whole
        return chat

    async def _take(self, chat: Chat, visitor: Visitor, since: float) -> int:
        # Some chats have thousands of events, so other tasks run between the steps.
        await give_way()
        rules = self._rules.mirror
        now = self._clock.now()
        reading = read(chat, visitor, self._operators.known, rules, now)
        await give_way()
        if await self._operators.look_for(reading.strangers):
            now = self._clock.now()
            reading = read(chat, visitor, self._operators.known, rules, now)
            await give_way()
        before = self._store.transcripts.chat((chat.visitor_id, chat.id))
        state = before or ChatState(chat.visitor_id, chat.id, since=since)
        after = merge(state, chat, visitor, reading, self._rules.watch, now)
        if before is None and after.last_event_at < now - self._rules.keep:
            return 0
        replies = self._store.replies.to(chat.visitor_id)
        ids = self._store.marks.get(AnswerIds)
        shown = echoes(reading.others, replies, ids, run_since=self._run_since)
        ours = shown.keys() | {event.id for event in reading.others if ids.are_on(event)}
        back = [arrived(reply, event) for event, reply in shown.items() if not reply.event_id]
        lines = to_mirror(after, reading, visitor_included="visitor" in rules.include)
        # Replies of agents stand in the case already (R2).
        lines = [line for line in lines if line.event_id not in ours]
        fresh = {line.event_id for line in lines} - self._store.transcripts.known_events(after.key)
        told = replace(after, next_read_at=state.next_read_at, due_at=state.due_at)
        if not fresh and told == state:
            after = replace(after, due_at=state.due_at)
        added = self._store.record_reading(after, lines, back)
        if after.key not in self._known_in_run:
            self._known_in_run.add(after.key)
            if added:
                self._doubtful.add(after.key)
        self._tell_unknown(reading)
        return added

    def _since(self) -> float:
        return self._store.marks.get(Start).since(self._rules.start, self._rules.keep, self._clock.now())

    def _tell_unknown(self, reading: Reading) -> None:
        for what, count in reading.unknown.items():
            if what not in self._told:
                self._told.add(what)
                kind, _, name = what.partition(" ")
                log.warning("event.unknown", **{kind: name}, count=count, hint=_HINTS[kind])


_HINTS = {
    "author": "no operator has this id: if it is a bot, add it to [chaport.bots]",
    "type": "if it is a message, add it to [chaport.event_kinds]",
}
