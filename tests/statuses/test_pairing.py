"""Who drives whom (S3): the pure rules."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaport_sync.core.model import Agent, Operator, Verdict
from chaport_sync.core.statuses.mapping import NOT_IN_MAP, AgentVerdict, Asked, combine
from chaport_sync.core.statuses.pairing import Pairing, PairingRules, PairRule, Unpaired, pair

ANN, BOB = Agent("1", "Ann@acme.example"), Agent("2", "bob@acme.example")
ANNE, BORIS = Operator("a", "ann@ACME.example"), Operator("b", "bob@acme.example")
SEAT = Operator("5ea7", "seat@acme.example")

addresses = st.sampled_from(["", "ann@x.io", "ANN@x.io", "bob@x.io", " bob@x.io", "cay@x.io"])
people = st.integers(1, 5)
agents = st.lists(st.builds(Agent, id=people.map(str), email=addresses), unique_by=lambda agent: agent.id)
operators = st.lists(
    st.builds(Operator, id=people.map("op{}".format), email=addresses, is_bot=st.booleans()),
    unique_by=lambda operator: operator.id,
)
selectors = st.sampled_from(["1", "2", "OP1", "op2", "op3", "Ann@x.io", "bob@x.io", "nobody@x.io", ""])
rules = st.builds(
    PairingRules,
    pairs=st.lists(st.builds(PairRule, selectors, selectors), max_size=4).map(tuple),
    exclude=st.lists(selectors, max_size=2).map(tuple),
    match_by_email=st.booleans(),
    own_email=st.sampled_from(["", "sync@x.io", "cay@x.io"]),
)


def means(selector: str, person: Agent | Operator) -> bool:
    """Return whether a selector is a person's id or address, small and capital letters alike."""
    return selector.strip() != "" and selector.strip().lower() in (person.id.lower(), person.email.strip().lower())


@given(agents, operators, rules)
def test_who_drives_whom(agents: list[Agent], operators: list[Operator], rules: PairingRules) -> None:
    """S3: explicit pairs first, equal addresses else; the excluded, the own agent and bots never."""
    found = pair(agents, operators, rules)
    for agent, operator in product(agents, operators):
        own = [rule for rule in rules.pairs if means(rule.agent, agent)]
        if operator.is_bot or any(means(who, agent) for who in (*rules.exclude, rules.own_email)):
            expected = False
        elif own:
            expected = any(means(rule.operator, operator) for rule in own)
        else:
            expected = rules.match_by_email and means(agent.email, operator)
        assert (agent in found.drivers.get(operator.id, ())) is expected


@given(agents, operators, rules)
def test_everybody_is_accounted_for(agents: list[Agent], operators: list[Operator], rules: PairingRules) -> None:
    """S3: each agent drives somebody, or is unpaired, or excluded, and only one of these; no operator has nobody."""
    found = pair(agents, operators, rules)
    driving = {agent.id for drivers in found.drivers.values() for agent in drivers}
    unpaired = {each.agent.id for each in found.unpaired}
    excluded = {agent.id for agent in found.excluded}
    assert len(driving) + len(unpaired) + len(excluded) == len(agents)
    assert driving | unpaired | excluded == {agent.id for agent in agents}
    assert all(found.drivers.values())


@given(st.permutations([ANN, BOB, Agent("3", "cay@x.io")]), st.permutations([ANNE, BORIS, SEAT]), rules)
def test_the_order_of_the_lists_is_of_no_account(
    agents: list[Agent], operators: list[Operator], rules: PairingRules
) -> None:
    """S3: the services may list people in any order."""

    def as_sets(pairing: Pairing) -> dict[str, set[Agent]]:
        return {operator: set(drivers) for operator, drivers in pairing.drivers.items()}

    by_id = sorted(agents, key=lambda agent: agent.id), sorted(operators, key=lambda operator: operator.id)
    assert as_sets(pair(agents, operators, rules)) == as_sets(pair(*by_id, rules))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param(PairingRules(), Pairing({"a": (ANN,), "b": (BOB,)}), id="equal addresses"),
        pytest.param(
            PairingRules(match_by_email=False),
            Pairing({}, (Unpaired(ANN, "match_by_email is off"), Unpaired(BOB, "match_by_email is off"))),
            id="addresses do not count",
        ),
        pytest.param(
            PairingRules((PairRule("1", "5EA7"), PairRule("BOB@acme.example", "seat@acme.example"))),
            Pairing({"5ea7": (ANN, BOB)}),
            id="a shared seat, by id and by address",
        ),
        pytest.param(
            PairingRules((PairRule("1", "a"), PairRule("1", "5ea7")), match_by_email=False),
            Pairing({"a": (ANN,), "5ea7": (ANN,)}, (Unpaired(BOB, "match_by_email is off"),)),
            id="one agent, several operators",
        ),
        pytest.param(
            PairingRules((PairRule("1", "b"),)), Pairing({"b": (ANN, BOB)}), id="explicit beside the own address"
        ),
        pytest.param(
            PairingRules(exclude=("2",), own_email="ANN@acme.example"),
            Pairing(excluded=(ANN, BOB)),
            id="excluded, and the own agent",
        ),
        pytest.param(
            PairingRules((PairRule("1", "a"),), exclude=("1",)),
            Pairing({"b": (BOB,)}, excluded=(ANN,), dangling=("no agent 1",)),
            id="excluded though paired",
        ),
        pytest.param(
            PairingRules((PairRule("1", "gone"), PairRule("gone", "a"))),
            Pairing(
                {"b": (BOB,)},
                (Unpaired(ANN, "its pair names no operator that is there"),),
                dangling=("no operator gone", "no agent gone"),
            ),
            id="pairs that name nobody",
        ),
    ],
)
def test_pairing(rules: PairingRules, expected: Pairing) -> None:
    """S3: a pair is what the administrator says, and why somebody has none is said."""
    assert pair([ANN, BOB], [ANNE, BORIS, SEAT], rules) == expected


def test_an_agent_without_a_counterpart() -> None:
    """S3: an agent without an operator's address, or without any, drives nobody."""
    nobody, lonely = Agent("3"), Agent("4", "dan@acme.example")
    assert pair([nobody, lonely], [Operator("a"), SEAT], PairingRules()) == Pairing(
        unpaired=(Unpaired(nobody, "no pair names it"), Unpaired(lonely, "no operator has its e-mail address"))
    )


@pytest.mark.parametrize("verdicts", list(product(Verdict, repeat=3)), ids="-".join)
def test_the_most_available_verdict_counts(verdicts: tuple[Verdict, ...]) -> None:
    """S3: online before invisible before keep before offline; what a status says needs no further reason."""
    given = [AgentVerdict(ANN, verdict, f"why {verdict}") for verdict in verdicts]
    best = next(word for word in ("online", "invisible", "keep", "offline") if word in verdicts)
    assert combine(given) == Asked(Verdict(best))


ENABLED = AgentVerdict(ANN, Verdict.OFFLINE, "status 2 is offline")
DISABLED = AgentVerdict(replace(ANN, active=False), Verdict.OFFLINE, "the agent is disabled")
UNMAPPED = AgentVerdict(BOB, Verdict.OFFLINE, NOT_IN_MAP, "12")
LONG, CUT = "a" * 61, "a" * 59 + "…"


@pytest.mark.parametrize(
    ("verdicts", "cause"),
    [
        pytest.param([ENABLED], "", id="the status says it"),
        pytest.param([DISABLED], "the agent is disabled", id="disabled"),
        pytest.param([UNMAPPED], "status 12 is not mapped", id="not mapped"),
        pytest.param([DISABLED, ENABLED], "Ann@acme.example is disabled", id="one of two"),
        pytest.param(
            [UNMAPPED, DISABLED],
            "status 12 of bob@acme.example is not mapped; Ann@acme.example is disabled",
            id="each for its own reason",
        ),
        pytest.param(
            [replace(UNMAPPED, verdict=Verdict.KEEP), DISABLED],
            "status 12 of bob@acme.example is not mapped",
            id="of those that count",
        ),
        pytest.param([replace(UNMAPPED, agent=Agent("7")), ENABLED], "status 12 of 7 is not mapped", id="no address"),
        pytest.param([replace(UNMAPPED, unmapped="a\x1bb")], "status a b is not mapped", id="foreign text"),
        pytest.param(
            [replace(UNMAPPED, agent=Agent("7", LONG), unmapped=LONG), ENABLED],
            f"status {CUT} of {CUT} is not mapped",
            id="long text",
        ),
    ],
)
def test_what_decides_in_place_of_a_status(verdicts: list[AgentVerdict], cause: str) -> None:
    """S2, S3: that an agent is disabled, or its status not mapped, is told; who it is if there are several."""
    assert combine(verdicts).cause == cause
