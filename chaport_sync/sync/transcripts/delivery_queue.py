"""The queue of visitors whose chats have something to deliver, and the rounds in which they take turns (P3, P9)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from chaport_sync.api.errors import ApiError
from chaport_sync.clock import Clock
from chaport_sync.core.transcripts.cases import CaseRules
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.turns import Lateness, Urgency, after_turn, urgency, whose_turn
from chaport_sync.store import ChatKey, Store
from chaport_sync.sync.backoff import FAILURES
from chaport_sync.sync.health import concerns_everything, concerns_record
from chaport_sync.sync.transcripts.step_runner import StepsTaken

#: Steps of one visitor in a turn: enough to find and open a case, put a note into it and set its status.
STEPS_A_TURN = 5
#: The most turns of a visitor in a round: far more than fit into one, so that a defect does not loop for ever.
MOST_TURNS = 40


@dataclass(frozen=True, slots=True)
class Waiting:
    """A visitor's chats that may have something to deliver, in order: they share a case.

    Attributes:
        since: When the first chat became due (Unix seconds).
        last_turn: When the visitor's last unfinished turn ended (Unix seconds), None if there was none.
        steps: The steps taken in the current turn, which the next round may go on with.
    """

    visitor_id: str
    chats: tuple[ChatState, ...]
    urgency: Urgency
    since: float
    last_turn: float | None = None
    steps: int = 0

    @property
    def steps_left(self) -> int:
        """Return how many steps the turn has left."""
        return STEPS_A_TURN - self.steps


class DeliveryQueue:
    """Yields one visitor after another: by urgency, and within it the longest wait first.

    A visitor who does not finish in a turn then waits behind the other visitors with known cases.
    """

    def __init__(self, store: Store, rules: CaseRules, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock
        self._in_a_row: dict[Urgency, int] = {}
        self._unfinished: dict[str, Waiting] = {}
        self._lines: dict[Urgency, dict[str, Waiting]] = {}
        self._turns: Counter[str] = Counter()

    def begin(self) -> None:
        """Begin a round: find the visitors whose chats are due."""
        now = self._clock.now()
        found: dict[str, Waiting] = {}
        for chat, ours in self._store.transcripts.chats_due(now):
            urgent, visitor_id = urgency(chat, self._rules, now, ours=ours), chat.visitor_id
            if visitor_id in found:
                known = found[visitor_id]
                found[visitor_id] = replace(known, chats=(*known.chats, chat), urgency=min(known.urgency, urgent))
            else:
                # `retry` sets the moment to 0, which tells nothing about the wait.
                found[visitor_id] = Waiting(visitor_id, (chat,), urgent, chat.due_at or now)
        self._unfinished = {each: before for each, before in self._unfinished.items() if each in found}
        for visitor_id, before in self._unfinished.items():
            found[visitor_id] = _going_on(found[visitor_id], before)
        self._lines = {each: {} for each in Urgency}
        self._turns.clear()
        for waiting in sorted(found.values(), key=_place):
            self._lines[waiting.urgency][waiting.visitor_id] = waiting

    def __iter__(self) -> Self:
        """Return the line itself; it yields visitors until none waits, those that were put back too."""
        return self

    def __next__(self) -> Waiting:
        """Return the visitor whose turn it is, taken from the line."""
        waiting = [each for each, line in self._lines.items() if line]
        if not waiting:
            raise StopIteration
        whose = whose_turn(waiting, self._in_a_row)
        self._in_a_row = after_turn(whose, self._in_a_row)
        line = self._lines[whose]
        return line.pop(next(iter(line)))

    def finished(self, served: Waiting) -> None:
        """Note that a visitor has nothing more to do in this round."""
        self._unfinished.pop(served.visitor_id, None)

    def put_back(self, served: Waiting, chats: Sequence[ChatState], steps: int) -> None:
        """Put a visitor back into the line after so many steps, with the chats that are left."""
        after = replace(served, chats=tuple(chats), steps=served.steps + steps)
        if after.steps_left <= 0:
            after = replace(after, urgency=Urgency.KNOWN, last_turn=self._clock.now(), steps=0)
            self._turns[served.visitor_id] += 1
        self._unfinished[served.visitor_id] = after
        if self._turns[served.visitor_id] < MOST_TURNS:
            self._lines[after.urgency][served.visitor_id] = after

    def lateness(self) -> Lateness:
        """Return the longest wait in the line, in seconds, and the number of visitors in it."""
        now = self._clock.now()
        since = [each.since for line in self._lines.values() for each in line.values()]
        return Lateness(max(0.0, now - min(since, default=now)), len(since))


def _going_on(waiting: Waiting, before: Waiting) -> Waiting:
    """Return a waiting visitor with the wait and the steps of the round before."""
    urgent = waiting.urgency if before.last_turn is None else Urgency.KNOWN
    return replace(waiting, urgency=urgent, since=before.since, last_turn=before.last_turn, steps=before.steps)


def _place(waiting: Waiting) -> float:
    return waiting.since if waiting.last_turn is None else waiting.last_turn


class DeliveryRound:
    """One round through the chats that are due: its errors, and when it ends."""

    def __init__(self, clock: Clock, seconds: float | None) -> None:
        self._clock = clock
        self._until = None if seconds is None else clock.monotonic() + seconds
        self._in_a_row = 0
        self._hopeless = False
        self._suspicious: ApiError | None = None
        self.chats: set[ChatKey] = set()
        self.errors: list[ApiError] = []

    @property
    def over(self) -> bool:
        """Return whether no further step may begin."""
        late = self._until is not None and self._clock.monotonic() >= self._until
        return self._clock.stopping or late or self._hopeless

    @property
    def failing(self) -> ApiError | None:
        """Return the error by which Deskie itself fails, and not one record; None if there is none (P3, P4)."""
        return self._suspicious if self._hopeless or not self.chats else None

    def take_note(self, key: ChatKey, taken: StepsTaken, *, stuck: bool) -> None:
        """Note the outcome of a chat; a chat that failed often before (`stuck`) tells nothing about Deskie (P3)."""
        if taken.count:
            self.chats.add(key)
            self._in_a_row = 0
        if taken.error is None:
            return
        self.errors.append(taken.error)
        everything = concerns_everything(taken.error)
        if everything or not (stuck or concerns_record(taken.error)):
            self._suspicious = taken.error
            self._in_a_row += 0 if taken.count else 1
            self._hopeless = self._hopeless or everything or self._in_a_row >= FAILURES
