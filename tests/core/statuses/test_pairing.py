"""Who drives whom as if each was compared with each, and why an agent drives nobody (S3)."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaport_sync.core.model import Agent, Operator
from chaport_sync.core.statuses.pairing import Pairing, PairingRules, PairRule, Pairs, Unpaired, names, pair

#: Ids that look like addresses and the other way round, case and blanks, nothing at all, letters that fold to two.
words = st.sampled_from(
    ["", " ", "1", "2", "A1", "a1", " a1", "ann@x.io", "Ann@X.io", " ann@x.io ", "ß@x.io", "SS@x.io"]
)
rules = st.builds(
    PairingRules,
    pairs=st.lists(st.builds(PairRule, words, words), max_size=5).map(tuple),
    exclude=st.lists(words, max_size=2).map(tuple),
    match_by_email=st.booleans(),
    own_email=words,
)


def looked_up(agent: Agent, people: Sequence[Operator], rules: PairingRules) -> tuple[list[Operator], str]:
    """Return the operators of an agent, one after the other as they are listed, and the reason if there is none."""
    own = [rule for rule in rules.pairs if names(rule.agent, agent)]
    if own:
        found = [operator for operator in people if any(names(rule.operator, operator) for rule in own)]
        return found, "its pair names no operator that is there"
    if rules.match_by_email and agent.email:
        return [operator for operator in people if names(agent.email, operator)], "no operator has its e-mail address"
    return [], "no pair names it" if rules.match_by_email or not agent.email else "match_by_email is off"


@given(
    st.lists(st.builds(Agent, id=words, email=words, name=st.sampled_from("ab")), max_size=8),
    st.lists(st.builds(Operator, id=words, email=words, is_bot=st.booleans()), max_size=8),
    rules,
)
def test_as_if_everybody_was_compared_with_everybody(
    agents: list[Agent], operators: list[Operator], rules: PairingRules
) -> None:
    """S3: looking people up gives what comparing each with each gives, in the same order, whatever they are called."""
    people = [operator for operator in operators if not operator.is_bot]
    excluded = [agent for agent in agents if any(names(who, agent) for who in (*rules.exclude, rules.own_email))]
    rest = [agent for agent in agents if agent not in excluded]
    drivers: dict[str, list[Agent]] = {}
    unpaired = []
    for agent in rest:
        found, reason = looked_up(agent, people, rules)
        unpaired += [] if found else [Unpaired(agent, reason)]
        for operator in found:
            drivers.setdefault(operator.id, []).append(agent)
    dangling: list[str] = []
    for rule in rules.pairs:
        if not any(names(rule.agent, agent) for agent in rest):
            dangling.append(f"no agent {rule.agent}")
        if not any(names(rule.operator, operator) for operator in people):
            dangling.append(f"no operator {rule.operator}")
    pairing = pair(agents, operators, rules)
    assert list(pairing.drivers.items()) == [(operator, tuple(driving)) for operator, driving in drivers.items()]
    assert (pairing.unpaired, pairing.excluded) == (tuple(unpaired), tuple(excluded))
    assert pairing.dangling == tuple(dangling)


@pytest.mark.parametrize(
    ("email", "by_email", "reason"),
    [
        pytest.param("ann@acme.example", True, "no operator has its e-mail address", id="looked for"),
        pytest.param("ann@acme.example", False, "match_by_email is off", id="not looked for"),
        pytest.param("", True, "no pair names it", id="no address"),
        pytest.param("", False, "no pair names it", id="no address, and not looked for"),
    ],
)
def test_without_an_operator(email: str, by_email: bool, reason: str) -> None:  # noqa: FBT001 - a table
    """S3: an unpaired agent is told what would have to change to pair it."""
    agent = Agent("1", email)
    assert pair([agent], [], PairingRules(match_by_email=by_email)) == Pairing(unpaired=(Unpaired(agent, reason),))


def test_who_was_paired() -> None:
    """S8: each agent and each operator counts once, whoever shares an operator."""
    pairs = Pairs({"op1": ("1", "2"), "op2": ("2",)})
    assert pairs.agents == {"1", "2"}
    assert pairs.operators == {"op1", "op2"}
