"""One cycle of the transcript flow: read what changed in Chaport, carry each chat forward in Deskie (T1 to T7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import structlog

from chaport_sync.api.errors import ApiError
from chaport_sync.clock import STEADY
from chaport_sync.core.model import DAY
from chaport_sync.core.transcripts.chats import ChatState, NoteRefused, Start
from chaport_sync.core.transcripts.turns import Lateness, Work, in_words, too_late_after
from chaport_sync.store import ChatKey, Store
from chaport_sync.sync.backoff import FAILURES, LONGEST_PAUSE, Backoff
from chaport_sync.sync.concurrency import several
from chaport_sync.sync.cycle import Report, Services
from chaport_sync.sync.health import Health
from chaport_sync.sync.transcripts.chat_reader import ChatReader
from chaport_sync.sync.transcripts.deliveries import NoteRefusedError
from chaport_sync.sync.transcripts.delivery_queue import DeliveryQueue, DeliveryRound, Waiting
from chaport_sync.sync.transcripts.rules import TranscriptRules
from chaport_sync.sync.transcripts.step_runner import StepRunner, StepsTaken
from chaport_sync.sync.transcripts.wrong_clocks import ClockSteps

log = structlog.get_logger()

#: The part of a poll that reading may take, so that a cycle with little to deliver ends within its poll.
ROOM = 0.9


@dataclass(frozen=True, slots=True)
class TranscriptReport(Report):
    """What a cycle did.

    `good` if Chaport was read, `well` if writing to Deskie works too; `late` tells how late reading and delivering
    are.
    """

    new_lines: int = 0
    chats: int = 0
    late: Mapping[Work, Lateness] = field(default_factory=dict)


class Behind:
    """Records after each cycle how late one kind of work is; more than `most` seconds is too late.

    `words` tell how late the work is while it is too late; else they are empty.
    """

    def __init__(self, work: Work, store: Store, most: float) -> None:
        self._work = work
        self._store = store
        self._most = most
        self.words = ""

    def note(self, found: Lateness, *, possible: bool) -> None:
        """Record how late the work is; a service that fails (not `possible`) is logged elsewhere."""
        if found != self._store.marks.find(Lateness, of=self._work):
            self._store.marks.put(found, of=self._work)
        behind = found.seconds > (self._most / 2 if self.words else self._most)
        if not self.words and not possible:
            return
        told = {"what": self._work.value, "seconds": round(found.seconds), "visitors": found.visitors}
        if behind and not self.words:
            log.warning("transcripts.behind", **told, hint=_HINTS[self._work])
        elif self.words and not behind:
            log.info("transcripts.caught_up", **told)
        self.words = in_words(self._work, found.seconds, found.visitors) if behind else ""


class TranscriptFlow:
    """The transcript flow: each service fails and recovers on its own."""

    name = "transcripts"

    def __init__(self, services: Services, rules: TranscriptRules) -> None:
        self.poll = rules.watch.poll
        store, clock = self._store, self._clock = services.store, services.clock
        self._keep = rules.keep
        self._step_runner = StepRunner(services, rules)
        self._queue = DeliveryQueue(store, rules.cases, clock)
        self._chat_reader = ChatReader(services.chaport, store, rules, clock)
        self._clock_steps = ClockSteps(store, clock, read=rules.watch.longest_pause)
        self._chaport_health, self._deskie_health = (
            Health(self.name, service, poll=self.poll, most=LONGEST_PAUSE, clock=clock, chance=services.chance)
            for service in ("Chaport", "Deskie")
        )
        too_late = too_late_after(rules.watch.unanswered, self.poll)
        self._behind = {work: Behind(work, store, too_late) for work in Work}
        self._share, self._delivering = 1.0, 0.0
        self._stopped = False
        if store.connection.restarts and store.marks.get(NoteRefused).at is not None:
            store.marks.put(NoteRefused())
        self._stuck = Backoff[ChatKey](clock, first=2 * self.poll, most=LONGEST_PAUSE)

    async def cycle(self, *, hurry: bool = True) -> TranscriptReport:
        """Run one cycle; with `hurry`, neither reading nor delivering begins anything after one poll.

        Reading gets the share of the poll that it had in the last cycle, and at least half, so that neither reading nor
        delivering stops the other. If delivering took longer than that, because each step waits for Deskie's budget,
        reading may take as long: no unit of the budget is lost.

        Raises:
            StoreError: Nothing can be recorded.
        """
        self._store.connection.ensure_held()
        if self._stopped or self._store.marks.get(NoteRefused).at is not None:
            refused = "a note was refused; look at its case, then let this go on by `chaport-sync retry`"
            return TranscriptReport(good=False, well=False, errors=(refused,))
        seconds = self.poll if hurry else None
        self._clock_steps.look()
        self._forget_old()
        began = self._clock.monotonic()
        reading = None if seconds is None else max(seconds * ROOM * self._share, seconds / 2, self._delivering)
        good, added, errors = await self._read(reading)
        late = {Work.READING: self._chat_reader.lateness()}
        self._step_runner.doubt(self._chat_reader.doubtful())
        read = self._clock.monotonic()
        chats, failed = await self._deliver(seconds)
        self._delivering = self._clock.monotonic() - read
        took = self._clock.monotonic() - began
        self._share = (read - began) / took if took else 1.0
        tell = log.info if added or chats or failed else log.debug
        tell("transcript.cycle", lines=added, chats=chats, failed=len(failed))
        deskie = self._deskie_health
        if deskie.failing and not failed:
            failed = [deskie.error]
        late[Work.DELIVERING] = self._queue.lateness()
        for work, possible in ((Work.READING, good), (Work.DELIVERING, not deskie.failing)):
            self._behind[work].note(late[work], possible=possible)
        behind = tuple(each.words for each in self._behind.values() if each.words)
        return TranscriptReport(
            good=good,
            well=good and not deskie.failing,
            errors=(*errors, *failed),
            behind=behind,
            new_lines=added,
            chats=chats,
            late=late,
        )

    async def _read(self, seconds: float | None) -> tuple[bool, int, tuple[str, ...]]:
        if self._chaport_health.resting:
            return False, 0, (self._chaport_health.error,)
        try:
            added = await self._chat_reader.read(seconds=seconds)
        except ApiError as error:
            self._chaport_health.failed(error)
            return False, 0, (str(error),)
        self._chaport_health.succeeded()
        return True, added, ()

    async def _deliver(self, seconds: float | None) -> tuple[int, list[str]]:
        """Take the steps of all chats that are due, one visitor's turn after another (P9)."""
        self._queue.begin()
        if self._deskie_health.resting:
            return 0, []
        round_ = DeliveryRound(self._clock, seconds)

        async def serve(visitor: Waiting) -> bool:
            if not round_.over:
                await self._serve(visitor, round_)
            else:
                self._queue.put_back(visitor, visitor.chats, 0)
            return not round_.over

        try:
            await several(self._queue, serve)
        except NoteRefusedError:
            # If this cannot be recorded, it stays stopped all the same.
            self._stopped = True
            self._store.marks.put(NoteRefused(self._clock.now()))
            await self._clock.beside(self._store.connection.sync)
            self._stopped = False
        if round_.failing is not None:
            self._deskie_health.failed(round_.failing)
        return len(round_.chats), [str(error) for error in round_.errors]

    async def _serve(self, visitor: Waiting, round_: DeliveryRound) -> None:
        """Give a visitor a turn: the chats in their order, because they share a case."""
        steps = 0
        for place, chat in enumerate(visitor.chats):
            if place and (round_.over or steps >= visitor.steps_left):
                self._queue.put_back(visitor, visitor.chats[place:], steps)
                return
            taken = await self._step_runner.take_steps(chat.key, visitor.steps_left - steps, lambda: round_.over)
            self._take_note(chat, taken, round_)
            steps += taken.count
            if taken.more:
                self._queue.put_back(visitor, visitor.chats[place:], steps)
                return
        self._queue.finished(visitor)

    def _take_note(self, chat: ChatState, taken: StepsTaken, round_: DeliveryRound) -> None:
        round_.take_note(chat.key, taken, stuck=self._stuck.failures(chat.key) >= FAILURES)
        if taken.count:
            self._stuck.succeeded(chat.key)
            if round_.failing is None:
                self._deskie_health.succeeded()
        elif taken.error is not None:
            self._leave_for_a_while(chat)

    def _leave_for_a_while(self, chat: ChatState) -> None:
        """Try a failing chat after a growing pause, so that it does not delay the others (P3)."""
        pause = self._stuck.failed(chat.key)
        current = self._store.transcripts.chat(chat.key)
        if current is not None:
            self._store.transcripts.record(replace(current, due_at=self._clock.now() + pause))

    def _forget_old(self) -> None:
        """Once a day, if the clock is steady, forget chats that were silent for `[state] keep` (P7)."""
        now = self._clock.now()
        if self._clock_steps.steady_for >= STEADY and not 0 <= now - self._store.marks.get(Start).forgot_at < DAY:
            gone = self._store.forget(now - self._keep, now)
            self._chat_reader.forget()
            self._step_runner.forget()
            self._stuck.clear()
            log.debug("transcript.cycle", forgotten=gone)


_HINTS = {
    Work.READING: "more chats go on than can be read at the pace of [chaport] requests_per_second",
    Work.DELIVERING: "more is written than can be shown with the units of [deskie] requests_per_minute",
}
