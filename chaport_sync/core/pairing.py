"""Which agents drive which operator (S3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chaport_sync.core.model import Agent, Operator


@dataclass(frozen=True, slots=True)
class PairRule:
    """One configured pair; each side is an id or an e-mail address."""

    agent: str
    operator: str


@dataclass(frozen=True, slots=True)
class PairingRules:
    """What the configuration says about pairs. `own_email` is the address of the daemon's own API agent."""

    pairs: tuple[PairRule, ...] = ()
    exclude: tuple[str, ...] = ()
    match_by_email: bool = True
    own_email: str = ""


@dataclass(frozen=True, slots=True)
class Unpaired:
    """An agent that drives nobody, and why."""

    agent: Agent
    reason: str


@dataclass(frozen=True, slots=True)
class Pairing:
    """Operators with their agents, agents without one, and pairs that name somebody who is not there."""

    drivers: Mapping[str, tuple[Agent, ...]] = field(default_factory=dict)
    unpaired: tuple[Unpaired, ...] = ()
    excluded: tuple[Agent, ...] = ()
    dangling: tuple[str, ...] = ()


def names(selector: str, record: Agent | Operator) -> bool:
    """Tell whether a configured id or e-mail address means this record."""
    wanted = selector.strip().casefold()
    return bool(wanted) and wanted in (record.id.casefold(), record.email.strip().casefold())


def pair(agents: Iterable[Agent], operators: Iterable[Operator], rules: PairingRules) -> Pairing:
    """Pair explicitly first, then by equal e-mail address; bots are never paired.

    A pair that names somebody who is not there leaves its agent unpaired: falling back to the e-mail address would
    drive an operator that the administrator did not name.
    """
    people = [operator for operator in operators if not operator.is_bot]
    drivers: dict[str, list[Agent]] = {}
    unpaired: list[Unpaired] = []
    excluded: list[Agent] = []
    met: set[PairRule] = set()
    for agent in agents:
        if _is_excluded(agent, rules):
            excluded.append(agent)
            continue
        own = [rule for rule in rules.pairs if names(rule.agent, agent)]
        met.update(own)
        if own:
            found = [operator for operator in people if any(names(rule.operator, operator) for rule in own)]
            reason = "its pair names no operator that is there"
        elif rules.match_by_email and agent.email:
            found = [operator for operator in people if names(agent.email, operator)]
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


def _is_excluded(agent: Agent, rules: PairingRules) -> bool:
    return any(names(selector, agent) for selector in (*rules.exclude, rules.own_email))


def _dangling(rules: PairingRules, met: set[PairRule], operators: list[Operator]) -> Iterable[str]:
    for rule in rules.pairs:
        if rule not in met:
            yield f"no agent {rule.agent}"
        if not any(names(rule.operator, operator) for operator in operators):
            yield f"no operator {rule.operator}"
