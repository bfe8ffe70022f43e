"""Which agents drive which operator (S3), and whether a list without those who were paired is plausible (S8)."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from chaport_sync.core.health import gap
from chaport_sync.core.model import Agent, Operator
from chaport_sync.core.wording import nobody

#: A list is doubted if more than half of the paired people, and at least so many, are missing (S8).
VANISHED_AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class PairRule:
    """One configured pair; each side is an id or an e-mail address."""

    agent: str
    operator: str


@dataclass(frozen=True, slots=True)
class PairingRules:
    """The `[agents]` section. `own_email` is the e-mail address of the daemon's own agent."""

    pairs: tuple[PairRule, ...] = ()
    exclude: tuple[str, ...] = ()
    match_by_email: bool = True
    own_email: str = ""


@dataclass(frozen=True, slots=True)
class Unpaired:
    """An agent that drives no operator, and why."""

    agent: Agent
    reason: str


@dataclass(frozen=True, slots=True)
class Pairing:
    """Operators with their agents, agents without an operator, and what the configuration names but nobody has."""

    drivers: Mapping[str, tuple[Agent, ...]] = field(default_factory=dict)
    unpaired: tuple[Unpaired, ...] = ()
    excluded: tuple[Agent, ...] = ()
    dangling: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pairs:
    """The ids of each paired operator's agents, by operator id, as they were last paired."""

    drivers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def agents(self) -> frozenset[str]:
        """The ids of the paired agents."""
        return frozenset(agent for drivers in self.drivers.values() for agent in drivers)

    @property
    def operators(self) -> frozenset[str]:
        """The ids of the paired operators."""
        return frozenset(self.drivers)


@dataclass(frozen=True, slots=True)
class Doubt:
    """When a list was implausible first and last (Unix seconds)."""

    since: float
    last: float


def names(selector: str, record: Agent | Operator) -> bool:
    """Return whether a configured id or e-mail address means this record."""
    return _folded(selector) in _names_of(record)


def pair(agents: Iterable[Agent], operators: Iterable[Operator], rules: PairingRules) -> Pairing:
    """Pair agents with operators, by configured pairs first, then by equal e-mail address; bots are never paired.

    If a pair names an operator who does not exist, its agent stays unpaired. The operator with the agent's e-mail
    address is not taken instead, because the administrator did not name it.
    """
    people = _Directory(operator for operator in operators if not operator.is_bot)
    pairs = _by_agent(rules.pairs)
    never = {_folded(selector) for selector in (*rules.exclude, rules.own_email)}
    drivers: dict[str, list[Agent]] = {}
    unpaired: list[Unpaired] = []
    excluded: list[Agent] = []
    met: set[PairRule] = set()
    for agent in agents:
        called = _names_of(agent)
        if not never.isdisjoint(called):
            excluded.append(agent)
            continue
        own = [rule for name in called for rule in pairs.get(name, ())]
        met.update(own)
        if own:
            found = people.find(rule.operator for rule in own)
            reason = "its pair names no operator that is there"
        elif rules.match_by_email and agent.email:
            found = people.find([agent.email])
            reason = "no operator has its e-mail address"
        else:
            found = []
            reason = "no pair names it" if rules.match_by_email or not agent.email else "match_by_email is off"
        if not found:
            unpaired.append(Unpaired(agent, reason))
        for operator in found:
            drivers.setdefault(operator.id, []).append(agent)
    return Pairing(
        drivers={operator_id: tuple(driving) for operator_id, driving in drivers.items()},
        unpaired=tuple(unpaired),
        excluded=tuple(excluded),
        dangling=tuple(_dangling(rules, met, people)),
    )


def implausible(what: str, present: AbstractSet[str], paired_before: AbstractSet[str]) -> str:
    """Say why a list of ids is implausible, empty if it is plausible; `what` is "agents" or "operators" (S8)."""
    if not present:
        return nobody(what, len(paired_before))
    vanished = len(paired_before - present)
    if vanished >= VANISHED_AT_LEAST and vanished * 2 > len(paired_before):
        return f"{vanished} of {len(paired_before)} paired {what} vanished"
    return ""


def doubt(before: Doubt | None, poll: float, now: float) -> Doubt:
    """Return the doubt after one more implausible list; after a gap it begins anew (S8)."""
    if before is None or gap(before.last, poll, now):
        return Doubt(now, now)
    return Doubt(before.since, now)


class _Directory:
    """Operators by id and by address, because thousands of agents are looked up in each cycle."""

    def __init__(self, operators: Iterable[Operator]) -> None:
        self._operators = list(operators)
        self._places: dict[str, list[int]] = {}
        for place, operator in enumerate(self._operators):
            for name in _names_of(operator):
                self._places.setdefault(name, []).append(place)

    def find(self, selectors: Iterable[str]) -> list[Operator]:
        """Return the operators with one of these ids or addresses, in the order of the list."""
        places = {place for selector in selectors for place in self._places.get(_folded(selector), ())}
        return [self._operators[place] for place in sorted(places)]


def _names_of(record: Agent | Operator) -> set[str]:
    return {record.id.casefold(), _folded(record.email)} - {""}


def _folded(selector: str) -> str:
    return selector.strip().casefold()


def _by_agent(pairs: Iterable[PairRule]) -> dict[str, list[PairRule]]:
    found: dict[str, list[PairRule]] = {}
    for rule in pairs:
        found.setdefault(_folded(rule.agent), []).append(rule)
    return found


def _dangling(rules: PairingRules, met: set[PairRule], people: _Directory) -> Iterable[str]:
    for rule in rules.pairs:
        if rule not in met:
            yield f"no agent {rule.agent}"
        if not people.find([rule.operator]):
            yield f"no operator {rule.operator}"
