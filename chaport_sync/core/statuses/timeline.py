"""When each operator, each agent and the chat on the website was online: made of the recorded changes of statuses."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from chaport_sync.core.model import INVISIBLE, OFFLINE, ONLINE, Person
from chaport_sync.core.statuses.history import OperatorSeen, StatusChange

#: The status of a time of which nothing is recorded.
UNKNOWN = ""
#: If one comes and another leaves in one cycle, there are moments between the two writes that nobody notices (seconds).
UNNOTICED = 1.0


#: If operators have different statuses, visitors meet the first of these; another word of Chaport counts as offline.
_BEST_FIRST = (ONLINE, INVISIBLE, OFFLINE)


class Span(NamedTuple):
    """A stretch of time with one status, from `start` to `end` (Unix seconds).

    Attributes:
        status: The status in Chaport, `UNKNOWN` if nothing is recorded.
        agents: Who drove the operator when it began.
        reason: Why it began, empty if its beginning is not recorded.
        by_hand: Whether somebody began it in Chaport.
    """

    start: float
    end: float
    status: str
    agents: tuple[Person, ...] = ()
    reason: str = ""
    by_hand: bool = False

    @property
    def seconds(self) -> float:
        """How long it lasted."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Row:
    """The stretches of one operator, or of one agent, in order."""

    person: Person
    spans: tuple[Span, ...]

    @property
    def seconds(self) -> Mapping[str, float]:
        """How many seconds each status lasted."""
        total = defaultdict[str, float](float)
        for span in self.spans:
            total[span.status] += span.seconds
        return total


@dataclass(frozen=True, slots=True)
class Absence:
    """A stretch in which no operator was online, so that the chat was off the website.

    Attributes:
        start: Unix seconds; the beginning of the timeline if nobody was online then.
        end: Unix seconds, None if it still lasts.
        left: Who left last, each with the stretch that began so.
        back: Who came first after it.
    """

    start: float
    end: float | None
    left: tuple[tuple[Person, Span], ...] = ()
    back: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """All operators and the website from `start` to `end` (Unix seconds)."""

    start: float
    end: float
    operators: tuple[Row, ...]
    website: tuple[Span, ...]
    absences: tuple[Absence, ...]

    @property
    def agents(self) -> tuple[Row, ...]:
        """Each agent with the best status of the operators that the agent drove."""
        driven = defaultdict[str, list[Span]](list)
        who: dict[str, Person] = {}
        for span in (span for row in self.operators for span in row.spans):
            for agent in span.agents:
                who[agent.id] = agent
                driven[agent.id].append(span)
        return _sorted(Row(who[id_], best([spans], self.start, self.end)) for id_, spans in driven.items())


def timeline(
    changes: Iterable[StatusChange],
    seen: Mapping[str, OperatorSeen],
    agents: Mapping[str, Person],
    known_since: float,
    start: float,
    end: float,
) -> Timeline:
    """Return when each operator, each agent and the website had which status.

    Nothing is known of an operator that is no longer paired since its last change.

    Args:
        changes: Those since `start`, and the last one of each operator before it, in any order.
        seen: The paired operators as they must be now, by id.
        agents: Who may drive them now, by id.
        known_since: When the records begin (Unix seconds).
        start: Unix seconds.
        end: Now (Unix seconds).
    """
    begun = defaultdict[str, list[Span]](list)
    first: dict[str, StatusChange] = {}
    same: dict[str, str] = {}
    for change in changes:
        id_ = change.operator_id
        # The same few words come tens of thousands of times.
        status, reason = (same.setdefault(word, word) for word in (change.after, change.reason))
        begun[id_].append(Span(change.at, change.at, status, change.agents, reason, change.by_hand))
        if id_ not in first or change.at < first[id_].at:
            first[id_] = change
    rows = []
    for id_ in begun.keys() | seen.keys():
        now = seen.get(id_)
        drivers = tuple(agents.get(each, Person(each)) for each in now.agents) if now else ()
        spans = _cut(_stretches(begun.pop(id_, []), first.get(id_), now, drivers, known_since), start, end)
        if any(span.status != UNKNOWN for span in spans):
            rows.append(Row(now.person if now else first[id_].operator, spans))
    operators = _sorted(rows)
    website = best([row.spans for row in operators], start, end)
    return Timeline(start, end, operators, website, _absences(operators, website, end))


def best(rows: Iterable[Iterable[Span]], start: float, end: float) -> tuple[Span, ...]:
    """Return the best status of several rows at each time, as visitors meet it on the website."""
    begins: dict[str, list[float]] = {status: [] for status in _BEST_FIRST}
    ends: dict[str, list[float]] = {status: [] for status in _BEST_FIRST}
    for span in (span for spans in rows for span in spans if span.status != UNKNOWN):
        kind = span.status if span.status in begins else OFFLINE
        begins[kind].append(span.start)
        ends[kind].append(span.end)
    for edges in (*begins.values(), *ends.values()):
        edges.sort()
    found = [Span(start, end, UNKNOWN)]
    for at in sorted(at for edges in (*begins.values(), *ends.values()) for at in edges):
        now = next((each for each in begins if bisect(begins[each], at) > bisect(ends[each], at)), UNKNOWN)
        if now != found[-1].status:
            found.append(Span(at, end, now))
    return _cut(found, start, end)


def _stretches(
    begun: Iterable[Span],
    first: StatusChange | None,
    now: OperatorSeen | None,
    drivers: tuple[Person, ...],
    known_since: float,
) -> list[Span]:
    """Return an operator's stretches, of which each ends where the next one begins, from those that changes began."""
    found = sorted((span if span.agents else span._replace(agents=drivers) for span in begun), key=_start)
    if first is not None:
        found.insert(0, Span(known_since, first.at, first.before, first.agents or drivers))
    if now is None:
        found.append(Span(found[-1].start, found[-1].start, UNKNOWN))
    elif not found or now.status != found[-1].status:
        found.append(Span(now.since, now.since, now.status, drivers, now.reason if found else ""))
    return found


def _cut(found: Sequence[Span], start: float, end: float) -> tuple[Span, ...]:
    """Return the stretches between `start` and `end`; each ends where the next one begins."""
    if found and found[0].start > start:
        found = [Span(start, start, UNKNOWN), *found]
    ends = [*(span.start for span in found[1:]), end]
    return tuple(
        Span(max(span.start, start), min(until, end), span.status, span.agents, span.reason, span.by_hand)
        for span, until in zip(found, ends, strict=True)
        if until > max(span.start, start) and span.start < end
    )


def _absences(rows: Iterable[Row], website: Sequence[Span], end: float) -> tuple[Absence, ...]:
    gaps: list[tuple[float, float]] = []
    for span in website:
        if span.status in (ONLINE, UNKNOWN):
            continue
        begin = gaps.pop()[0] if gaps and gaps[-1][1] == span.start else span.start
        gaps.append((begin, span.end))
    gaps = [(begin, until) for begin, until in gaps if until == end or until - begin >= UNNOTICED]
    left: dict[float, list[tuple[Person, Span]]] = {begin: [] for begin, _ in gaps}
    back: dict[float, list[Person]] = {until: [] for _, until in gaps}
    for row in rows:
        for before, after in pairwise(row.spans):
            if before.status == ONLINE and after.start in left:
                left[after.start].append((row.person, after))
            if after.status == ONLINE and after.start in back:
                back[after.start].append(row.person)
    return tuple(
        Absence(begin, None if until == end else until, tuple(left[begin]), tuple(back[until])) for begin, until in gaps
    )


def _start(span: Span) -> float:
    return span.start


def _sorted(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: (row.person.called.casefold(), row.person.id)))
