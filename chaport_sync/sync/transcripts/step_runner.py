"""Taking the steps of one chat: decide the next step, apply it, record it, decide again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from chaport_sync.api.errors import ApiError
from chaport_sync.clock import give_way
from chaport_sync.core.transcripts import steps
from chaport_sync.core.transcripts.next_step import due_at, next_step
from chaport_sync.core.transcripts.steps import Facts, Rest, Snapshot, Step
from chaport_sync.store import ChatKey
from chaport_sync.sync.cycle import Services
from chaport_sync.sync.transcripts.case_reader import CaseReader
from chaport_sync.sync.transcripts.case_status import CaseStatus
from chaport_sync.sync.transcripts.cases import Cases
from chaport_sync.sync.transcripts.deliveries import Deliveries
from chaport_sync.sync.transcripts.rules import TranscriptRules

#: The most steps of a chat at a time: far more than a turn has, so that a defect does not loop for ever.
MOST_STEPS = 40
#: A step of a chat with a case looks at so many new lines: more than one step sends.
NEXT_LINES = 500


@dataclass(frozen=True, slots=True)
class StepsTaken:
    """The number of applied steps of a chat, and Deskie's error if one ended them; `more` if the turn ended first."""

    count: int
    error: ApiError | None = None
    more: bool = False


class StepRunner:
    """Applies the steps that `core.transcripts.next_step` decides; each one is recorded before the next."""

    def __init__(self, services: Services, rules: TranscriptRules) -> None:
        self._store = services.store
        self._clock = services.clock
        self._rules = rules
        self._reader = CaseReader(services, rules)
        self._cases = Cases(services, rules, self._reader)
        self._status = CaseStatus(services, rules, self._reader)
        self._deliveries = Deliveries(services, rules, self._reader)
        self._verified: set[ChatKey] = set()

    def doubt(self, chats: Iterable[ChatKey]) -> None:
        """Have the cases of these chats read before anything more is written into them."""
        self._verified.difference_update(chats)

    def forget(self) -> None:
        """Forget what was found out about single chats, users and cases, so that memory stays bounded."""
        self._verified.clear()
        self._reader.forget()
        self._status.forget()

    async def take_steps(self, key: ChatKey, most: int, over: Callable[[], bool]) -> StepsTaken:
        """Take the steps of a chat until it rests, its turn ends or Deskie fails; each applied step is recorded.

        Args:
            key: The chat.
            most: The steps of the turn, at least one. A turn does not end with a search or a look at the case, because
                the next turn would repeat it.
            over: Returns whether there is no time for a further step; called before each one.
        """
        facts = Facts(
            verified=key in self._verified,
            opening_paused_until=self._cases.opening_paused_until,
            pending_refused=self._status.pending_refused,
        )
        asked = False
        for count in range(MOST_STEPS):
            await give_way()
            at = self._at(key, facts)
            if at is None:
                return StepsTaken(count)
            step = next_step(at, self._rules.cases)
            if isinstance(step, Rest):
                self._rest(step, at)
                return StepsTaken(count)
            if self._clock.stopping:
                return StepsTaken(count)
            if count and not asked and (count >= most or over()):
                return StepsTaken(count, more=True)
            try:
                after = await self._apply(step, at)
            except ApiError as error:
                return StepsTaken(count, error)
            if after is None:
                return StepsTaken(count + 1)
            facts, asked = after, isinstance(step, steps.Search | steps.LookAtCase)
            (self._verified.add if facts.verified else self._verified.discard)(key)
        return StepsTaken(MOST_STEPS)

    def _at(self, key: ChatKey, facts: Facts) -> Snapshot | None:
        transcripts, now = self._store.transcripts, self._clock.now()
        chat = transcripts.chat(key)
        if chat is None:
            return None
        case = transcripts.case(chat.case_id) if chat.case_id else None
        facts = replace(
            facts,
            unclear_elsewhere=transcripts.unclear_elsewhere(key, chat.case_id),
            waits_elsewhere=transcripts.waits_elsewhere(key, chat.case_id),
            opening_refused_until=self._status.opening_refused_until(chat.case_id, now),
        )
        # All lines matter for the choice of a case; the next lines are enough for what is sent into it.
        lines = transcripts.open_lines(key, -1 if case is None else NEXT_LINES)
        return Snapshot(chat, case, tuple(lines), facts, now)

    def _rest(self, step: Rest, at: Snapshot) -> None:
        due = due_at(step, at.lines)
        if due != at.chat.due_at:
            self._store.transcripts.record(replace(at.chat, due_at=due))

    async def _apply(self, step: Step, at: Snapshot) -> Facts | None:  # noqa: C901, PLR0912 - one line a step
        """Apply a step; return the facts after it, or None if the chat's turn ends."""
        match step:
            case steps.Release():
                return self._release(step, at)
            case steps.Search():
                return await self._cases.search(step, at)
            case steps.GiveUp():
                return self._cases.give_up(step, at)
            case steps.OpenCase():
                return await self._cases.open(step, at)
            case steps.LookAtCase():
                return await self._cases.look(at)
            case steps.Follow():
                return await self._cases.follow(step, at)
            case steps.Silence():
                return self._cases.silence(step, at)
            case steps.ReadBack():
                return await self._deliveries.read_back(at)
            case steps.Send():
                return await self._deliveries.send(step, at)
            case steps.LeaveCase():
                return self._deliveries.leave(step, at)
            case steps.SetStatus():
                return await self._status.set(step, at)
            case steps.StatusSettled():
                return self._status.settle(step, at)
            case Rest():  # pragma: no cover - the loop ends before
                return None
            case _:
                assert_never(step)

    def _release(self, step: steps.Release, at: Snapshot) -> Facts:
        last = self._store.transcripts.last_seq(at.chat.key)
        self._store.transcripts.record(replace(at.chat, handed_over=step.live, note_until=last, gather_from=None))
        return at.facts
