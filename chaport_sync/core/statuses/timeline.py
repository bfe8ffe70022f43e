"""When each operator, each agent and the chat on the website was online: made of the recorded changes of statuses."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from chaport_sync.core.model import INVISIBLE, OFFLINE, ONLINE, Person
from chaport_sync.core.statuses.history import OperatorSeen, StatusChange

#: The status of a time of which nothing is recorded.
UNKNOWN = ""


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
    """All operators, all agents and the website from `start` to `end` (Unix seconds)."""

    start: float
    end: float
    operators: tuple[Row, ...]
    agents: tuple[Row, ...]
    website: tuple[Span, ...]
    absences: tuple[Absence, ...]


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
        changes: Those since `start`, and the last one of each operator before it.
        seen: The paired operators as they must be now, by id.
        agents: Who may drive them now, by id.
        known_since: When the records begin (Unix seconds).
        start: Unix seconds.
        end: Now (Unix seconds).
    """
    own = defaultdict[str, list[StatusChange]](list)
    for change in changes:
        own[change.operator_id].append(change)
    rows = []
    for id_ in own.keys() | seen.keys():
        its = sorted(own[id_], key=lambda change: change.at)
        now = seen.get(id_)
        drivers = tuple(agents.get(each, Person(each)) for each in now.agents) if now else ()
        spans = _cut(_stretches(its, now, drivers, known_since), start, end)
        if any(span.status != UNKNOWN for span in spans):
            rows.append(Row(now.person if now else its[-1].operator, spans))
    operators = _sorted(rows)
    website = best([row.spans for row in operators], start, end)
    return Timeline(
        start, end, operators, _by_agent(operators, start, end), website, _absences(operators, website, end)
    )


def best(rows: Iterable[Iterable[Span]], start: float, end: float) -> tuple[Span, ...]:
    """Return the best status of several rows at each time, as visitors meet it on the website."""
    steps = sorted(
        step
        for spans in rows
        for span in spans
        if span.status != UNKNOWN
        for step in ((span.start, span.status, 1), (span.end, span.status, -1))
    )
    having = defaultdict[str, int](int)
    known = 0
    found = [Span(start, end, UNKNOWN)]
    for (at, status, more), (following, _, _) in pairwise([*steps, (end, UNKNOWN, 0)]):
        having[status] += more
        known += more
        if following == at:
            continue
        now = ONLINE if having[ONLINE] else INVISIBLE if having[INVISIBLE] else OFFLINE if known else UNKNOWN
        if now != found[-1].status:
            found.append(Span(at, end, now))
    return _cut(found, start, end)


def _stretches(
    changes: Sequence[StatusChange], now: OperatorSeen | None, drivers: tuple[Person, ...], known_since: float
) -> list[Span]:
    """Return an operator's stretches, of which each ends where the next one begins."""
    found: list[Span] = []
    if changes:
        first = changes[0]
        found.append(Span(known_since, first.at, first.before, first.agents or drivers))
    for change in changes:
        driven_by = change.agents or drivers
        found.append(Span(change.at, change.at, change.after, driven_by, change.reason, change.by_hand))
    if now is None:
        found.append(Span(changes[-1].at, changes[-1].at, UNKNOWN))
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


def _by_agent(rows: Iterable[Row], start: float, end: float) -> tuple[Row, ...]:
    """Return for each agent the best status of the operators that the agent drove."""
    driven = defaultdict[str, list[Span]](list)
    who: dict[str, Person] = {}
    for span in (span for row in rows for span in row.spans):
        for agent in span.agents:
            who[agent.id] = agent
            driven[agent.id].append(span)
    return _sorted(Row(who[id_], best([spans], start, end)) for id_, spans in driven.items())


def _absences(rows: Iterable[Row], website: Sequence[Span], end: float) -> tuple[Absence, ...]:
    left = defaultdict[float, list[tuple[Person, Span]]](list)
    back = defaultdict[float, list[Person]](list)
    for row in rows:
        for before, after in pairwise(row.spans):
            if ONLINE not in (before.status, after.status):
                continue
            if before.status == ONLINE:
                left[after.start].append((row.person, after))
            else:
                back[after.start].append(row.person)
    found: list[Absence] = []
    for span in website:
        if span.status in (ONLINE, UNKNOWN):
            continue
        if found and found[-1].end == span.start:
            found[-1] = replace(found[-1], end=span.end)
        else:
            found.append(Absence(span.start, span.end, tuple(left[span.start])))
    return tuple(
        replace(each, end=None) if each.end == end else replace(each, back=tuple(back[each.end or end]))
        for each in found
    )


def _sorted(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: (row.person.called.casefold(), row.person.id)))
