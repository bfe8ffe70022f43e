"""Reading the chats that may have changed, and recording their lines (T1, T6, T7)."""

from dataclasses import replace
from math import inf

import structlog

from chaport_sync.api.chaport import SUSPICIOUS, Chaport
from chaport_sync.api.errors import ApiError, Malformed, Unavailable
from chaport_sync.clock import Clock, give_way
from chaport_sync.core.model import Author, Chat, Visitor
from chaport_sync.core.replies.echoes import AnswerIds, echoes
from chaport_sync.core.replies.next_step import arrived
from chaport_sync.core.transcripts.authors import as_operator
from chaport_sync.core.transcripts.chats import ChatState, Start, merge, merge_again, older_to_read, to_mirror
from chaport_sync.core.transcripts.reading import Reading, read
from chaport_sync.core.transcripts.turns import Lateness
from chaport_sync.core.wording import toml_line
from chaport_sync.store import ChatKey, Store
from chaport_sync.sync.backoff import FAILURES
from chaport_sync.sync.concurrency import AT_ONCE, several
from chaport_sync.sync.health import concerns_record
from chaport_sync.sync.once import Once
from chaport_sync.sync.transcripts.operator_list import OperatorList
from chaport_sync.sync.transcripts.reading_queue import ReadingQueue
from chaport_sync.sync.transcripts.rules import TranscriptRules
from chaport_sync.sync.transcripts.taken_chats import TakenChats, basis
from chaport_sync.sync.transcripts.visitor_list import VisitorList
from chaport_sync.sync.transcripts.wrong_clocks import Beginning

log = structlog.get_logger()


class ChatReader:
    """Reads the chats that may have changed, and records their lines."""

    def __init__(self, chaport: Chaport, store: Store, rules: TranscriptRules, clock: Clock) -> None:
        self._known_in_run: set[ChatKey] = set()
        self._doubtful: set[ChatKey] = set()
        self._chaport = chaport
        self._store = store
        self._rules = rules
        self._clock = clock
        self._beginning = Beginning(store, clock, chaport.clock_there)
        self._visitors = VisitorList(chaport, store, rules.watch, clock)
        self._queue = ReadingQueue(self._visitors, store, rules.watch, clock)
        self._operators = OperatorList(chaport, store, clock)
        self._run_since = clock.now()
        self._cut: set[ChatKey] = set()
        self._taken = TakenChats()
        self._once = Once()

    def forget(self) -> None:
        """Forget the notes on single chats, so that memory stays bounded; reading finds them again."""
        self._known_in_run.clear()
        self._cut.clear()
        self._taken.forget()

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
        await self._visitors.look()
        until = inf if seconds is None else began + seconds
        added = await self._read_visitors(self._queue.in_order(), until)
        swept = await self._visitors.sweep(in_time=self._clock.monotonic() < until)
        added += await self._read_visitors(swept, until)
        self._visitors.record()
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

    async def _read_visitors(self, visitor_ids: list[str], until: float) -> int:
        """Read visitors' chats, a few at once unless the pace limits reading; return the number of new lines.

        Raises:
            ApiError: Chaport itself seems to fail: for several visitors in a row, or for all of them (P3, P4).
        """
        added, answered, in_a_row = 0, False, 0
        failed: ApiError | None = None

        async def visit(visitor_id: str) -> bool:
            nonlocal added, answered, in_a_row, failed
            try:
                lines = await self._read_visitor(visitor_id)
                added += lines  # in a line of its own: what others added meanwhile counts too
            except (Unavailable, Malformed) as error:
                if self._visitors.could_not_be_read(visitor_id):
                    failed, in_a_row = error, in_a_row + 1
                if in_a_row >= FAILURES:
                    raise
                log.debug("transcript.cycle", visitor=visitor_id, error=str(error))
                return True
            except ApiError as error:
                if not concerns_record(error):
                    raise
                log.warning("transcript.cycle", visitor=visitor_id, error=str(error))
                self._store.transcripts.put_off_reading(visitor_id, self._clock.now() + self._rules.watch.idle_poll)
            self._visitors.was_read(visitor_id)
            answered, in_a_row = True, 0
            return True

        left = visitor_ids
        # At least one visitor is read in each cycle, also if Chaport is slow.
        while left and not self._clock.stopping and (left is visitor_ids or self._clock.monotonic() < until):
            at_once = AT_ONCE if self._chaport.queue.has_room else 1
            await several(left[:at_once], visit)
            left = left[at_once:]
        if failed is not None and not answered:
            raise failed
        return added

    async def _read_visitor(self, visitor_id: str) -> int:
        newest = await self._chat(visitor_id)
        if newest is None:
            self._store.transcripts.watch_only(visitor_id, "")
            return 0
        visitor = await self._visitors.row(visitor_id)
        since = self._store.marks.get(Start).since(self._rules.start, self._rules.keep, self._clock.now())
        added, last_known = 0, self._store.transcripts.newest_chat(visitor_id)
        chats = [newest]
        before = older_to_read(newest, last_known, since)
        while before:
            found = [chat for each in before if (chat := await self._chat(visitor_id, each)) is not None]
            chats = [*found, *chats]
            further = bool(found) and last_known is None
            before = older_to_read(replace(chats[0], older=newest.older), None, since) if further else ()
        for chat in chats:
            added += await self._take(chat, visitor, since)
        self._store.transcripts.watch_only(visitor_id, newest.id)
        return added

    async def _chat(self, visitor_id: str, chat_id: str = "") -> Chat | None:
        """Return a chat, with all its events if the server may have cut them (docs/chaport-api.md, U18)."""
        chat = await self._chaport.chat(visitor_id, chat_id)
        if chat is None:
            return None
        key = (visitor_id, chat.id)
        count = len(chat.events)
        suspicious = count >= SUSPICIOUS and (count % 10 == 0 or self._is_new(chat))
        if chat.truncated or key in self._cut or suspicious:
            whole = await self._chaport.with_all_events(chat)
            if len(whole.events) > count:
                self._cut.add(key)
            return whole
        return chat

    def _is_new(self, chat: Chat) -> bool:
        """Return whether no event of a chat is known; the newest one mostly is."""
        key = (chat.visitor_id, chat.id)
        return not any(self._store.transcripts.knows(key, event.id) for event in reversed(chat.events))

    async def _take(self, chat: Chat, visitor: Visitor, since: float) -> int:
        # Some chats have thousands of events, so other tasks run between the steps.
        await give_way()
        if self._take_again(chat, visitor):
            return 0
        rules = self._rules.mirror
        now = self._clock.now()
        operators = self._operators.so_far
        reading = read(chat, visitor, operators, rules, now)
        await give_way()
        if (listed := await self._operators.look_for(reading.strangers)) != operators:
            now, operators = self._clock.now(), listed
            reading = read(chat, visitor, operators, rules, now)
            await give_way()
        before = self._store.transcripts.chat((chat.visitor_id, chat.id))
        state = before or ChatState(chat.visitor_id, chat.id, since=since)
        after = merge(state, chat, visitor, reading, self._rules.watch, now)
        if before is None and after.last_event_at < now - self._rules.keep:
            return 0
        replies = tuple(self._store.replies.to(chat.visitor_id))
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
        if fresh and after.gather_from is None:
            after = replace(after, gather_from=now)
        added = self._store.record_reading(after, lines, back)
        # Who was missed in no list so far may stand in one that is still to be read.
        if reading.strangers <= set(operators.missed):
            self._taken.take(basis(chat, visitor, operators, replies, after))
        if after.key not in self._known_in_run:
            self._known_in_run.add(after.key)
            if added:
                self._doubtful.add(after.key)
        self._tell_unknown(reading)
        return added

    def _take_again(self, chat: Chat, visitor: Visitor) -> bool:
        """Record that a chat was read in which nothing is new; return whether that is so."""
        state = self._store.transcripts.chat((chat.visitor_id, chat.id))
        replies = tuple(self._store.replies.to(chat.visitor_id))
        if state is None or not self._taken.is_taken(basis(chat, visitor, self._operators.so_far, replies, state)):
            return False
        after = merge_again(state, self._rules.watch, self._clock.now())
        if after != state:
            self._store.transcripts.record(after)
        return True

    def _tell_unknown(self, reading: Reading) -> None:
        for what, count in reading.unknown.items():
            kind, _, name = what.partition(" ")
            if kind == "author":
                self._tell_unlisted(name, count)
            elif self._once.first(what):
                log.warning("event.unknown", type=name, count=count, hint=_ADD_TYPE)

    def _tell_unlisted(self, author_id: str, count: int) -> None:
        author = as_operator(author_id, self._operators.so_far, self._rules.mirror.authors)
        if self._once.first((author_id, author)):
            treated_as = "bot" if author is Author.BOT else "unknown"
            hint = f"{_ADD_AUTHOR} {toml_line(author_id, 'Bot')}" if author_id else _NOBODY_NAMED
            log.warning("event.unknown", author=author_id, count=count, treated_as=treated_as, hint=hint)


_ADD_TYPE = "if it is a message, add it to [chaport.event_kinds]"
_ADD_AUTHOR = "no list of operators has this id; if it is a bot, name it under [chaport.bots]:"
_NOBODY_NAMED = "the messages do not say which operator or bot wrote them"
