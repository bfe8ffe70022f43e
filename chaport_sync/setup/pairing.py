"""Who belongs to whom: the pairs that are there, proposals for the rest by name, and pairs that a person types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chaport_sync.core.model import Agent, Operator
from chaport_sync.core.statuses.pairing import PairingRules, names, pair


@dataclass(frozen=True, slots=True)
class Acquainted:
    """Agents with their operators, those without one, operators without one, and who may belong together by name."""

    paired: tuple[tuple[Agent, Operator], ...]
    alone: tuple[Agent, ...]
    free: tuple[Operator, ...]
    proposed: tuple[tuple[Agent, Operator], ...]


def acquaint(agents: Sequence[Agent], operators: Sequence[Operator], rules: PairingRules) -> Acquainted:
    """Return who drives whom by these rules, and a proposal where two unpaired people have the same name."""
    pairing = pair(agents, operators, rules)
    paired = [(agent, each) for each in operators for agent in pairing.drivers.get(each.id, ())]
    alone = tuple(each.agent for each in pairing.unpaired if each.agent.active)
    free = tuple(each for each in operators if each.id not in pairing.drivers and not each.is_bot)
    likely = [(agent, operator) for agent in alone for operator in free if _alike(agent.name, operator.name)]
    # A name that fits two people fits nobody.
    proposed = [
        (agent, operator)
        for agent, operator in likely
        if sum(agent is other for other, _ in likely) == 1 == sum(operator is other for _, other in likely)
    ]
    return Acquainted(tuple(paired), alone, free, tuple(proposed))


def as_pair(agent: Agent, operator: Operator) -> Mapping[str, str]:
    """Return a pair as `[agents] pairs` has it."""
    return {"agent": agent.email or agent.id, "operator": operator.email or operator.id}


def typed_pair(answer: Any, agents: Sequence[Agent], operators: Sequence[Operator]) -> Mapping[str, str] | None:
    """Return the pair that somebody typed as "agent = operator", None for nothing.

    Raises:
        ValueError: It is no pair, or one of both is not there.
    """
    if not str(answer).strip():
        return None
    one, sign, other = str(answer).partition("=")
    if not sign:
        raise ValueError("must be an agent and an operator, such as ann@acme.example = ann.s@acme.example")
    agent = next((each for each in agents if names(one, each)), None)
    operator = next((each for each in operators if names(other, each) and not each.is_bot), None)
    if agent is None or operator is None:
        lacking = "an agent of Deskie" if agent is None else "an operator of Chaport"
        raise ValueError(f"must name {lacking} by e-mail address or id, {'before' if agent is None else 'after'} the =")
    return as_pair(agent, operator)


def _alike(one: str, other: str) -> bool:
    """Return whether two names have the same words, or one has all words of the other."""
    these, those = set(one.casefold().split()), set(other.casefold().split())
    return bool(these and those) and (these <= those or those <= these)
