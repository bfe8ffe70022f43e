"""Find lines in messages by their words, since customers' and agents' messages have no reference (P1, R2).

A visitor may say "ok" a thousand times. Still the time for each line grows only with its length.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf

from chaport_sync.core.languages.any_language import is_late_heading, rows_of
from chaport_sync.core.ledger import Line, LineState, with_earliest
from chaport_sync.core.model import Message
from chaport_sync.core.skew import CLOCK_SKEW

#: An agent's answer stands in the case up to so many seconds before the chat: the default of `replies.max_age`.
LATEST_ANSWER = 3600.0

Rows = tuple[str, ...]
#: A message, by its place among all, and a row of it.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """A message can show events up to `before` seconds later and up to `after` seconds earlier than itself."""

    before: float
    after: float

    def holds(self, moment: float | None, at: float) -> bool:
        """Return whether a message of this moment may show an event of that time (Unix seconds)."""
        return moment is None or at - self.before <= moment <= at + self.after


#: A customer's message is written after its event, an agent's answer before its event.
CUSTOMERS, AGENTS = Window(CLOCK_SKEW, inf), Window(LATEST_ANSWER + CLOCK_SKEW, CLOCK_SKEW)


@dataclass(slots=True)
class Candidate:
    """A message that may show lines; `moment` is when it was written or sent (Unix seconds), None if not known.

    `rows` are its rows, as `rows_of` returns them; the first `accounted` of them are known to show other lines.
    """

    message: Message
    moment: float | None
    rows: Rows
    accounted: int

    @property
    def front(self) -> int:
        """The first row that may show a line: it follows the rows of known lines, or the heading of late lines."""
        headed = self.accounted == 0 and bool(self.rows) and is_late_heading(self.rows[0])
        return 1 if headed else self.accounted


def said(lines: Sequence[Line], candidates: Sequence[Candidate], window: Window) -> Iterator[tuple[Line, Message, int]]:
    """Return the lines that stand in these messages, each with its message and the row behind it.

    Args:
        lines: Lines of one chat that may stand in these messages, in order.
        candidates: The messages, oldest first; `accounted` is changed in them.
        window: Which messages may show an event, by their times.
    """
    places = _Places(candidates, window)
    for line, first in with_earliest(lines):
        wanted = rows_of(line.text)
        # Words have no time beside them, and a visitor may say the same in two chats of a case. So they count only if
        # all rows before them are accounted for; for a line whose request was sent they count anywhere.
        place = places.find(wanted, line.at, first, anywhere=line.state is LineState.SENDING)
        if place is not None:
            index, row = place
            # Words that stand in the case twice may be another chat's, so they do not show how far this chat has come.
            places.take(index, row + len(wanted), reached=places.count(wanted) == 1)
            yield line, candidates[index].message, row + len(wanted)


class _Places:
    """The places of rows in messages, found by their words."""

    def __init__(self, candidates: Sequence[Candidate], window: Window) -> None:
        self._candidates = candidates
        self._window = window
        self._reached = 0
        self._counts: dict[int, Counter[Rows]] = {}
        self._heaps: dict[tuple[int, bool], dict[Rows, list[Place]]] = {}

    def find(self, wanted: Rows, at: float, earliest: float, *, anywhere: bool) -> Place | None:
        """Return the first place of these rows that can show an event of this time, None if there is none."""
        heap = self._places_of(len(wanted), anywhere=anywhere)[wanted]
        found, aside = None, []
        while heap and found is None:
            index, row = place = heappop(heap)
            candidate = self._candidates[index]
            if index >= self._reached and row >= candidate.front:
                if self._window.holds(candidate.moment, at):
                    found = place
                if candidate.moment is None or candidate.moment >= earliest - self._window.before:
                    aside.append(place)
        for place in aside:
            heappush(heap, place)
        return found

    def count(self, wanted: Rows) -> int:
        """Count the places of these rows, accounted for or not."""
        length = len(wanted)
        if length not in self._counts:
            self._counts[length] = Counter(self._rows(place, length) for place in self._all_places())
        return self._counts[length][wanted]

    def take(self, index: int, row: int, *, reached: bool) -> None:
        """Account for a message up to a row; if `reached`, no earlier message can show a further line."""
        self._candidates[index].accounted = row
        self._reached = index if reached else self._reached
        for (length, anywhere), heaps in self._heaps.items():
            if not anywhere:
                heappush(heaps[self._rows((index, row), length)], (index, row))

    def _places_of(self, length: int, *, anywhere: bool) -> dict[Rows, list[Place]]:
        """Return the places of so many rows, by their words; made once, kept up to date by `take`."""
        if (length, anywhere) not in self._heaps:
            heaps = self._heaps[length, anywhere] = defaultdict(list)
            # In order, so that each list is a heap.
            for place in self._all_places() if anywhere else self._fronts():
                heaps[self._rows(place, length)].append(place)
        return self._heaps[length, anywhere]

    def _all_places(self) -> Iterator[Place]:
        for index, candidate in enumerate(self._candidates):
            yield from ((index, row) for row in range(len(candidate.rows)))

    def _fronts(self) -> Iterator[Place]:
        yield from ((index, candidate.front) for index, candidate in enumerate(self._candidates))

    def _rows(self, place: Place, length: int) -> Rows:
        index, row = place
        return self._candidates[index].rows[row : row + length]
