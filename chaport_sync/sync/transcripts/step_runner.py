"""Taking the steps of one chat: decide the next step, apply it, record it, decide again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from chaport_sync.api.errors import ApiError
from chaport_sync.clock import give_way
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.next_step import due_at, next_step
from chaport_sync.core.transcripts.steps import (
    Facts,
    Follow,
    GiveUp,
    HandOver,
    LeaveCase,
    LookAtCase,
    OpenCase,
    ReadBack,
    Rest,
    Search,
    Send,
    SetStatus,
    Silence,
    Snapshot,
    StatusSettled,
    Step,
)
from chaport_sync.store import ChatKey
from chaport_sync.sync.transcripts.case_search import CaseSearch
from chaport_sync.sync.transcripts.case_status import CaseStatus
from chaport_sync.sync.transcripts.cases import Cases
from chaport_sync.sync.transcripts.deliveries import Deliveries
from chaport_sync.sync.transcripts.desk import Desk

#: The most steps of a chat at a time: far more than a turn has, so that a defect does not loop for ever.
MOST_STEPS = 40
#: A step of a chat with a case looks at so many new lines: more than one step sends.
NEXT_LINES = 500


@dataclass(frozen=True, slots=True)
class Tended:
    """The number of applied steps of a chat, and Deskie's error if one ended them; `more` if the turn ended first."""

    steps: int
    error: ApiError | None = None
    more: bool = False


class StepRunner:
    """Applies the steps that `core.transcripts.next_step` decides; each one is recorded before the next."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        search = CaseSearch(desk)
        self._cases = Cases(desk, search)
        self._deliveries = Deliveries(desk)
        self._status = CaseStatus(desk, search)
        self._verified: set[ChatKey] = set()

    def doubt(self, chats: Iterable[ChatKey]) -> None:
        """Have the cases of these chats read before anything more is written into them."""
        self._verified.difference_update(chats)

    def forget(self) -> None:
        """Forget which cases were read back or refused, so that memory stays bounded."""
        self._verified.clear()
        self._status.forget()

    async def tend(self, key: ChatKey, most: int, over: Callable[[], bool]) -> Tended:
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
                return Tended(count)
            step = next_step(at, self._desk.rules.cases)
            if isinstance(step, Rest):
                self._rest(step, at)
                return Tended(count)
            if self._desk.clock.stopping:
                return Tended(count)
            if count and not asked and (count >= most or over()):
                return Tended(count, more=True)
            try:
                after = await self._apply(step, at)
            except ApiError as error:
                return Tended(count, error)
            if after is None:
                return Tended(count + 1)
            facts, asked = after, isinstance(step, Search | LookAtCase)
            (self._verified.add if facts.verified else self._verified.discard)(key)
        return Tended(MOST_STEPS)

    def _at(self, key: ChatKey, facts: Facts) -> Snapshot | None:
        store = self._desk.store
        chat = store.transcripts.chat(key)
        if chat is None:
            return None
        now = self._desk.clock.now()
        case = store.transcripts.case(chat.case_id) if chat.case_id else None
        facts = replace(
            facts,
            unclear_elsewhere=store.transcripts.unclear_elsewhere(key, chat.case_id),
            waits_elsewhere=store.transcripts.waits_elsewhere(key, chat.case_id),
            opening_refused_until=self._status.opening_refused_until(chat.case_id, now),
        )
        # All lines matter for the choice of a case; the next lines are enough for what is sent into it.
        lines = store.transcripts.open_lines(key, -1 if case is None else NEXT_LINES)
        return Snapshot(chat, case, tuple(lines), facts, now)

    def _rest(self, step: Rest, at: Snapshot) -> None:
        due = due_at(step, at.lines)
        if due != at.chat.due_at:
            self._desk.store.transcripts.record(replace(at.chat, due_at=due))

    async def _apply(self, step: Step, at: Snapshot) -> Facts | None:  # noqa: C901, PLR0912 - one line a step
        match step:
            case HandOver():
                return self._hand_over(at.chat, at)
            case Search():
                return await self._cases.search(step, at)
            case GiveUp():
                return self._cases.give_up(step, at)
            case OpenCase():
                return await self._cases.open(step, at)
            case LookAtCase():
                return await self._cases.look(at)
            case Follow():
                return await self._cases.follow(step, at)
            case LeaveCase():
                return self._deliveries.leave(step.reason, at)
            case Silence():
                return self._cases.silence(step, at)
            case ReadBack():
                return await self._deliveries.read_back(at)
            case Send():
                return await self._deliveries.send(step, at)
            case SetStatus():
                return await self._status.set(step, at)
            case StatusSettled():
                return self._status.settle(step, at)
            case Rest():  # pragma: no cover - the loop ends before
                return None
            case _:
                assert_never(step)

    def _hand_over(self, chat: ChatState, at: Snapshot) -> Facts:
        last = self._desk.store.transcripts.last_seq(chat.key)
        self._desk.store.transcripts.record(replace(chat, handed_over=True, note_until=last))
        return at.facts
