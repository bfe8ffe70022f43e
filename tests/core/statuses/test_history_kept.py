"""What is kept of agents, operators and changes of statuses for people who ask."""

from dataclasses import replace

import pytest

from chaport_sync.core.model import Agent, Operator, Person, Verdict
from chaport_sync.core.statuses.history import (
    AS_FOUND,
    RAN_OUT,
    UNANSWERED,
    AgentSeen,
    OperatorSeen,
    StatusChange,
    after_change,
    agents_seen,
    found_change,
    operators_seen,
    our_change,
    person,
)
from chaport_sync.core.statuses.lease import OperatorState
from chaport_sync.core.statuses.mapping import AgentVerdict, MappingRules, judge
from chaport_sync.core.statuses.pairing import Pairing, Unpaired
from chaport_sync.core.statuses.presence import Decision
from tests.core.statuses.operators import AS_ASKED, ASKED_ONLINE, IN_GRACE, OVERRIDDEN
from tests.core.statuses.operators import decision as decided_so

NOW = 1_800_000_000.0
ANN = Agent("1", "ann@acme.example", "Ann", status_id=1)
BOB = Agent("2", "bob@acme.example", "Bob", status_id=2)
SEAT = Operator("5ea7", "seat@acme.example", "Seat", last_status="online")
DESK = Operator("de5c", "desk@acme.example", "Desk", last_status="offline")
SHARED = Pairing({"5ea7": (ANN, BOB), "de5c": (BOB,)})
RULES = MappingRules({9: Verdict.KEEP})


def decision(operator: Operator, why: tuple[str, str] = AS_ASKED, written: str = "") -> Decision:
    """Return a decision about an operator that was written last as given."""
    return decided_so(operator, OperatorState(operator.id, written=written), Verdict.ONLINE, why)


def judged(*agents: Agent) -> list[AgentVerdict]:
    """Return what each of these asks for."""
    return [judge(agent, RULES) for agent in agents]


def agent_seen(agent: Agent, pairing: Pairing = SHARED) -> AgentSeen:
    """Return how an agent is seen for the first time."""
    (seen,) = agents_seen(judged(agent), pairing, {}, NOW)
    return seen


def test_agents_as_they_were_found() -> None:
    """S2: who it is, its status, since when, what that asks for, and how that came about; in the order of the poll."""
    assert agents_seen(judged(BOB, ANN), SHARED, {}, NOW) == [
        AgentSeen("2", "Bob", "bob@acme.example", "2", NOW, "offline", "status 2 is offline"),
        AgentSeen("1", "Ann", "ann@acme.example", "1", NOW, "online", "status 1 is online"),
    ]


@pytest.mark.parametrize(
    ("agent", "status", "asks", "why"),
    [
        pytest.param(replace(ANN, status_id=9), "9", "keep", "status 9 is keep", id="one that is mapped"),
        pytest.param(
            replace(ANN, status_id=8), "8", "offline", "[status.map] does not name it", id="one that is not mapped"
        ),
        pytest.param(replace(ANN, status_word="offline"), "1", "online", "status 1 is online", id="the id decides"),
        pytest.param(
            replace(ANN, status_id=None, status_word="online"), "online", "online", "status is online", id="a word only"
        ),
        pytest.param(
            replace(ANN, status_id=None), "", "offline", "status none is not mapped: offline", id="none that is known"
        ),
        pytest.param(
            replace(ANN, active=False), "disabled", "offline", "the agent is disabled", id="disabled, whatever it has"
        ),
    ],
)
def test_the_status_of_an_agent(agent: Agent, status: str, asks: str, why: str) -> None:
    """S2: the id where there is one, else the deprecated word; a disabled agent has no other status."""
    seen = agent_seen(agent)
    assert (seen.status, seen.asks, seen.why) == (status, asks, why)


def test_an_excluded_agent_asks_for_nothing() -> None:
    """S3: an excluded agent is never looked at: it has a status, but no verdict."""
    excluded = agent_seen(ANN, Pairing({"5ea7": (BOB,)}, excluded=(ANN,)))
    assert (excluded.status, excluded.asks, excluded.why) == ("1", "", "it is excluded")


def test_an_unpaired_agent_says_why() -> None:
    """S3: its status still asks for something, but it drives nobody, and that is what people want to know."""
    reason = "no operator has its e-mail address"
    unpaired = agent_seen(ANN, Pairing({"5ea7": (BOB,)}, unpaired=(Unpaired(ANN, reason),)))
    assert (unpaired.asks, unpaired.why) == ("online", reason)


def test_one_agents_fate_is_not_anothers() -> None:
    """S3: in one poll one is excluded, one drives nobody and one drives an operator."""
    cay = Agent("3", "cay@acme.example", "Cay", status_id=1)
    pairing = Pairing({"de5c": (BOB,)}, (Unpaired(cay, "no pair names it"),), excluded=(ANN,))
    seen = agents_seen(judged(ANN, BOB, cay), pairing, {}, NOW)
    assert [each.why for each in seen] == ["it is excluded", "status 2 is offline", "no pair names it"]


@pytest.mark.parametrize(
    ("before", "since"),
    [
        pytest.param(AgentSeen("1", status="1", since=NOW - 900), NOW - 900, id="the same status"),
        pytest.param(AgentSeen("1", "Anna", "", "1", NOW - 900, "keep", "mapped so"), NOW - 900, id="all else differs"),
        pytest.param(AgentSeen("1", status="1", since=0.0), 0.0, id="since the beginning of time"),
        pytest.param(AgentSeen("1", status="2", since=NOW - 900), NOW, id="another status"),
        pytest.param(AgentSeen("2", status="1", since=NOW - 900), NOW, id="another agent"),
    ],
)
def test_since_when_an_agent_has_its_status(before: AgentSeen, since: float) -> None:
    """The time at which this status was first seen; a new name or mapping does not change it."""
    found = agents_seen(judged(ANN), SHARED, {before.agent_id: before}, NOW)
    assert found == [AgentSeen("1", "Ann", "ann@acme.example", "1", since, "online", "status 1 is online")]


def test_operators_as_they_were_found() -> None:
    """S3, S6: who it is, what Chaport said, since when, who drives it, what was decided; in the order of the poll."""
    waiting = decision(DESK, IN_GRACE)
    assert operators_seen([decision(SEAT), waiting], SHARED, {}, NOW) == [
        OperatorSeen("5ea7", "Seat", "seat@acme.example", "online", NOW, ("1", "2"), *AS_ASKED),
        OperatorSeen("de5c", "Desk", "desk@acme.example", "offline", NOW, ("2",), *IN_GRACE),
    ]


@pytest.mark.parametrize(
    ("operator", "status"),
    [
        pytest.param(replace(SEAT, real_status="offline"), "online", id="the one last chosen"),
        pytest.param(replace(SEAT, last_status=None, real_status="offline"), "offline", id="the one in effect"),
        pytest.param(replace(SEAT, last_status=None), "", id="Chaport says none"),
    ],
)
def test_the_status_of_an_operator(operator: Operator, status: str) -> None:
    """S6: the status that is compared is the one that is shown."""
    (seen,) = operators_seen([decision(operator)], SHARED, {}, NOW)
    assert seen.status == status


def test_an_operator_whose_pair_ended() -> None:
    """S3: nobody drives it any more."""
    (seen,) = operators_seen([decision(SEAT)], Pairing(), {}, NOW)
    assert seen.agents == ()


@pytest.mark.parametrize(
    ("before", "since"),
    [
        pytest.param(OperatorSeen("5ea7", status="online", since=NOW - 900), NOW - 900, id="the same status"),
        pytest.param(OperatorSeen("5ea7", status="online", since=0.0), 0.0, id="since the beginning of time"),
        pytest.param(OperatorSeen("5ea7", status="offline", since=NOW - 900), NOW, id="another status"),
        pytest.param(OperatorSeen("de5c", status="online", since=NOW - 900), NOW, id="another operator"),
    ],
)
def test_since_when_an_operator_has_its_status(before: OperatorSeen, since: float) -> None:
    """The time at which this status was first seen; other agents or another reason do not change it."""
    (seen,) = operators_seen([decision(SEAT)], SHARED, {before.operator_id: before}, NOW)
    assert (seen.since, seen.agents, seen.rule, seen.reason) == (since, ("1", "2"), *AS_ASKED)


@pytest.mark.parametrize("before", ["offline", None], ids=["known", "Chaport said none"])
def test_a_change_of_ours(before: str | None) -> None:
    """When, operator, from what Chaport showed, to what was written, which agents, why; not by hand."""
    operator = replace(DESK, last_status=before)
    change = our_change(decision(operator, ASKED_ONLINE, "away"), "online", [ANN, BOB], NOW)
    assert change == StatusChange(
        at=NOW,
        operator_id="de5c",
        operator_name="Desk",
        operator_email="desk@acme.example",
        before=before or "",
        after="online",
        agents=(Person("1", "Ann", "ann@acme.example"), Person("2", "Bob", "bob@acme.example")),
        rule="S2",
        reason="its agents count as online",
        by_hand=False,
    )


HELD_ONLINE = OperatorState("5ea7", written="online", written_at=NOW - 100, lease_until=NOW + 500)
KNOWN_ONLINE = OperatorSeen("5ea7", "Seat", "seat@acme.example", "online", NOW - 900, ("1",), *AS_ASKED)
LOST = replace(HELD_ONLINE, attempted="offline", attempted_at=NOW - 20, attempted_until=NOW + 500)


@pytest.mark.parametrize(
    ("state", "found", "reason", "at", "by_hand"),
    [
        pytest.param(HELD_ONLINE, "offline", OVERRIDDEN, NOW, True, id="by hand, against us"),
        pytest.param(HELD_ONLINE, "offline", AS_ASKED, NOW, True, id="by hand, as asked"),
        pytest.param(HELD_ONLINE, "busy", OVERRIDDEN, NOW, True, id="by hand, a word of Chaport's"),
        pytest.param(replace(HELD_ONLINE, lease_until=NOW - 50), "offline", AS_ASKED, NOW - 50, False, id="run out"),
        pytest.param(replace(HELD_ONLINE, lease_until=NOW + 4), "offline", AS_ASKED, NOW, False, id="just run out"),
        pytest.param(
            replace(HELD_ONLINE, lease_until=NOW - 950), "offline", AS_ASKED, NOW - 900, False, id="seen online since"
        ),
        pytest.param(replace(HELD_ONLINE, lease_until=NOW - 50), "away", IN_GRACE, NOW, True, id="no end of a lease"),
        pytest.param(replace(HELD_ONLINE, written="away"), "offline", IN_GRACE, NOW, True, id="not our online"),
        pytest.param(LOST, "offline", AS_ASKED, NOW, False, id="our last attempt"),
        pytest.param(
            replace(HELD_ONLINE, stray="offline", stray_until=NOW + 9),
            "offline",
            AS_ASKED,
            NOW,
            False,
            id="a stray",
        ),
    ],
)
def test_what_chaport_shows(
    state: OperatorState, found: str, reason: tuple[str, str], at: float, *, by_hand: bool
) -> None:
    """S7: a change is somebody's, with the decision's reason; but a lease that ended, or our own write, is nobody's."""
    operator = replace(SEAT, last_status=found)
    change = found_change(decision(operator, reason), state, KNOWN_ONLINE, [ANN], NOW)
    why = {True: AS_FOUND if reason == AS_ASKED else reason}.get(by_hand)
    if not by_hand:
        why = UNANSWERED if state.attempted or state.stray else RAN_OUT
    assert why is not None
    assert change == StatusChange(
        at=at,
        operator_id="5ea7",
        operator_name="Seat",
        operator_email="seat@acme.example",
        before="online",
        after=found,
        agents=(Person("1", "Ann", "ann@acme.example"),),
        rule=why[0],
        reason=why[1],
        by_hand=by_hand,
    )


@pytest.mark.parametrize(
    ("state", "known", "found"),
    [
        pytest.param(HELD_ONLINE, KNOWN_ONLINE, "online", id="the same"),
        pytest.param(HELD_ONLINE, KNOWN_ONLINE, None, id="Chaport says none"),
        pytest.param(HELD_ONLINE, replace(KNOWN_ONLINE, status=""), "offline", id="it said none before"),
        pytest.param(HELD_ONLINE, None, "offline", id="never seen before"),
        pytest.param(None, KNOWN_ONLINE, "offline", id="paired again"),
    ],
)
def test_nothing_changed(state: OperatorState | None, known: OperatorSeen | None, found: str | None) -> None:
    """What is as it was, or was not known, is no change."""
    operator = replace(SEAT, last_status=found)
    assert found_change(decision(operator), state, known, [ANN], NOW) is None


def test_an_operator_after_a_change() -> None:
    """S6: after a write it is as its agents ask; after somebody else's change it has that status, its reason stays."""
    before = OperatorSeen("5ea7", "Seat", "seat@acme.example", "offline", 5.0, ("1",), *ASKED_ONLINE)
    change = our_change(decision(SEAT), "online", [ANN], NOW)
    after = OperatorSeen("5ea7", "Seat", "seat@acme.example", "online", NOW, ("1",), *AS_ASKED)
    assert after_change(before, change) == after
    assert after_change(before, replace(change, by_hand=True)) == replace(before, status="online", since=NOW)


@pytest.mark.parametrize("kind", [Agent, Operator])
@pytest.mark.parametrize(
    ("email", "name", "called"),
    [("ann@acme.example", "Ann", "Ann"), ("ann@acme.example", "", "ann@acme.example"), ("", "", "1")],
    ids=["name", "address", "id"],
)
def test_what_people_are_called(kind: type[Agent | Operator], email: str, name: str, called: str) -> None:
    """By the name, else the address, else the id."""
    assert person(kind("1", email, name)) == Person("1", name, email)
    assert person(kind("1", email, name)).called == called


def test_who_was_seen() -> None:
    """Whoever was seen is named completely."""
    ann = Person("1", "Ann", "ann@acme.example")
    assert [seen(*ann).person for seen in (AgentSeen, OperatorSeen)] == [ann, ann]
    change = StatusChange(NOW, *ann, before="", after="online", agents=(), rule="S2", reason="")
    assert change.operator == ann
