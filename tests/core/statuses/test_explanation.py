"""What `explain` says: how agents were found, and what becomes of an operator by itself, and when (S2 to S8)."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from chaport_sync.core.model import Verdict
from chaport_sync.core.statuses.explanation import answer, facts, idle, what_next
from chaport_sync.core.statuses.history import AgentSeen, OperatorSeen
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules
from tests.core.statuses.operators import AS_ASKED, IN_GRACE, LEFT_ALONE, clock

#: Moments are small numbers here, so that each can be seen in the words.
ANN = AgentSeen("1", "Ann", "ann@acme.example", "1", 50.0, "online", "status 1 is online")
BOB = AgentSeen("2", "Bob", "bob@acme.example", "2", 70.0, "offline", "status 2 is offline")
KEPT = replace(ANN, status="120273", asks="keep")
RULES = PresenceRules(offline_grace=180, lease=600)
#: The lease of this operator is renewed in its middle, the place that is its own (S5).
HELD = OperatorState("op326", Verdict.ONLINE, written="online", written_at=1000.0, lease_until=2000.0)
HOLD = "; Chaport keeps online until <2000>, and the daemon renews that after <1500>"
GRACE = replace(HELD, verdict=Verdict.OFFLINE, unavailable_since=1200.0)


def following(
    state: OperatorState,
    status: str = "online",
    *agents: AgentSeen,
    rules: PresenceRules = RULES,
    now: float = 1300.0,
) -> str:
    """Say what will become of the operator that Chaport shows so."""
    return what_next(OperatorSeen("op326", status=status), state, agents or (ANN,), rules, clock, now=now)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        pytest.param("1", "Online (1 → online)", id="Deskie's own"),
        pytest.param("2", "Offline (2 → online)", id="Deskie's offline"),
        pytest.param("3", "Without chats (3 → online)", id="Deskie's without chats"),
        pytest.param("120273", "Lunch (120273 → online)", id="the account's own"),
        pytest.param("113808", "113808 (→ online)", id="one whose name is not known"),
        pytest.param("online", "online (→ online)", id="a word only"),
        pytest.param("disabled", "disabled (→ online)", id="disabled"),
        pytest.param("", "no status (→ online)", id="none"),
    ],
)
def test_the_facts_about_an_agent(status: str, words: str) -> None:
    """S2: its status by name where it has one, what that asks for, and since when."""
    said = facts(replace(ANN, status=status), {"120273": "Lunch"}, clock)
    assert said == f"Ann is in {words} since <50>"


@pytest.mark.parametrize(
    ("names", "words"), [({"1": "Am Platz"}, "Am Platz"), ({"1": ""}, "Online")], ids=["renamed", "without a name"]
)
def test_the_accounts_name_of_a_status_comes_first(names: Mapping[str, str], words: str) -> None:
    """S2: Deskie's own statuses are called as the account calls them, if it does."""
    assert facts(ANN, names, clock) == f"Ann is in {words} (1 → online) since <50>"


@pytest.mark.parametrize(
    ("agent", "called"),
    [(ANN, "Ann"), (replace(ANN, name=""), "ann@acme.example"), (AgentSeen("1"), "1")],
    ids=["name", "address", "id"],
)
def test_what_an_agent_is_called(agent: AgentSeen, called: str) -> None:
    """By the name that colleagues know, else the address, else the id; in all sentences alike."""
    assert facts(agent, {}, clock).startswith(f"{called} is in ")
    assert idle(agent).startswith(f"{called} drives no operator: ")
    assert following(HELD, "online", agent).startswith(f"it stays online until {called} asks for ")


@pytest.mark.parametrize(
    ("names", "status"), [({"130001": "Working on cases"}, "Working on cases (130001)"), ({}, "130001")]
)
def test_a_status_without_a_mapping(names: Mapping[str, str], status: str) -> None:
    """S2: what the default makes of a status looks like a decision; it is said that nobody made it."""
    agent = replace(BOB, status="130001", why="[status.map] does not name it")
    assert facts(agent, names, clock) == (
        f"Since <70> Bob is in {status}, which counts as offline, because [status.map] does not name it"
    )


def test_an_agent_that_drives_nobody() -> None:
    """S3: it is said why."""
    assert idle(replace(BOB, why="it is excluded")) == "Bob drives no operator: it is excluded"


def test_a_write_without_an_answer_is_sent_again() -> None:
    """P1: whatever else is known, what may or may not have been executed comes first."""
    state = replace(GRACE, attempted="online", attempted_at=1300.0, yielded_to=Verdict.ONLINE)
    assert following(state) == "online was sent at <1300> and is not confirmed; it is sent again"


@pytest.mark.parametrize("verdict", [*Verdict, None], ids=str)
def test_a_change_by_hand_that_is_respected(verdict: Verdict | None) -> None:
    """S7: with `respect` it is left until the verdict changes, whatever that is; the lease is not renewed."""
    state = replace(HELD, verdict=verdict, yielded_to=Verdict.ONLINE)
    assert following(state, "offline") == (
        "it stays as somebody set it in Chaport until the agents' status asks for something else"
    )


def test_nothing_was_decided_yet() -> None:
    """S8: nothing is written before the first complete good poll."""
    assert following(OperatorState("op326")) == "the next good poll decides"


@pytest.mark.parametrize(
    ("state", "hold"),
    [
        pytest.param(HELD, HOLD, id="a lease of ours is renewed"),
        pytest.param(replace(HELD, written=""), "", id="nothing of ours"),
        pytest.param(replace(HELD, written="offline"), "", id="offline is not renewed"),
        pytest.param(replace(HELD, lease_until=0.0), "", id="no lease"),
        pytest.param(replace(HELD, lease_until=1300.0), "", id="a lease that has run out"),
        pytest.param(
            replace(HELD, lease_until=1301.0), HOLD.replace("1500", "1150").replace("2000", "1301"), id="nearly"
        ),
        pytest.param(replace(HELD, written="invisible"), "", id="Chaport shows another status"),
    ],
)
def test_keep(state: OperatorState, hold: str) -> None:
    """S2, S5: `keep` leaves the operator as it is, but a lease of ours on it is renewed."""
    state = replace(state, verdict=Verdict.KEEP)
    assert following(state) == f"it is left as it is until Ann asks for something else{hold}"


@pytest.mark.parametrize("verdict", [Verdict.ONLINE, Verdict.INVISIBLE])
def test_as_it_should_be(verdict: Verdict) -> None:
    """S5, S6: it stays so as long as its agents do, because the lease is renewed."""
    words = f"it stays {verdict} until Ann asks for something else{HOLD.replace('online', verdict)}"
    assert following(replace(HELD, verdict=verdict, written=verdict.value), verdict.value) == words


@pytest.mark.parametrize(
    ("written", "status", "words"),
    [
        pytest.param("online", "offline", f"it stays online until Ann asks for something else{HOLD}", id="as written"),
        pytest.param("", "online", "it stays online until Ann asks for something else", id="as Chaport shows it"),
        pytest.param("", "offline", "it becomes online with the next good poll", id="neither"),
        pytest.param("invisible", "", "it becomes online with the next good poll", id="another was written"),
    ],
)
def test_whether_it_is_as_it_should_be(written: str, status: str, words: str) -> None:
    """S6: what was written since the last poll counts as well as what that poll found."""
    assert following(replace(HELD, written=written), status) == words


def test_offline_stays_until_somebody_comes() -> None:
    """S4: an operator that is offline already waits for nothing."""
    assert following(GRACE, "offline") == "it stays offline until Ann is available"


def test_the_end_of_the_grace() -> None:
    """S4: offline waits `status.offline_grace`, counted from the first poll that found nobody available."""
    assert following(GRACE) == "it goes offline at <1380> unless Ann is available again before"
    assert following(GRACE, rules=replace(RULES, offline_grace=120)).startswith("it goes offline at <1320> unless ")


@pytest.mark.parametrize(("now", "over"), [(1379.0, False), (1380.0, True)])
def test_a_grace_that_is_over(now: float, over: bool) -> None:  # noqa: FBT001 - a table
    """S4: what is past is not promised: then another good poll has to confirm it."""
    words = "it goes offline with the next good poll that finds Ann not available"
    assert (following(GRACE, now=now) == words) is over


def test_a_grace_from_the_beginning_of_time() -> None:
    """S4: any stored time is one."""
    state = replace(GRACE, unavailable_since=0.0)
    assert following(state, now=100.0).startswith("it goes offline at <180> unless ")


def test_a_grace_that_has_not_begun() -> None:
    """S4: the clock starts with a good poll; until then no moment can be given."""
    state = replace(GRACE, unavailable_since=None)
    assert following(state) == "the next good poll decides when it goes offline"


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        pytest.param(GRACE, "offline", "it stays offline until {} is available", id="offline"),
        pytest.param(GRACE, "online", "it goes offline at <1380> unless {} is available again before", id="grace"),
        pytest.param(HELD, "online", f"it stays online until {{}} asks for something else{HOLD}", id="online"),
    ],
)
def test_whom_it_waits_for(state: OperatorState, status: str, words: str) -> None:
    """S3: any agent of a shared seat can make the difference; without a known one it is anybody's guess."""
    assert following(state, status, ANN, BOB) == words.format("Ann or Bob")
    assert what_next(OperatorSeen("op326", status=status), state, (), RULES, clock, now=1300.0) == words.format(
        "an agent"
    )


CONTESTED = (1296.0, 1297.0, 1298.0, 1299.0, 1300.0)


@pytest.mark.parametrize(
    ("state", "status", "contested"),
    [
        pytest.param(replace(HELD, overrides=CONTESTED), "offline", True, id="contested"),
        pytest.param(replace(HELD, overrides=CONTESTED), "online", False, id="as it should be"),
        pytest.param(replace(HELD, overrides=CONTESTED[1:]), "offline", False, id="not often enough"),
        pytest.param(replace(GRACE, overrides=CONTESTED), "online", True, id="offline as well"),
    ],
)
def test_contested(state: OperatorState, status: str, contested: bool) -> None:  # noqa: FBT001 - a table
    """S7: while something else keeps setting it, that is what happens next, and why."""
    words = "again, once a minute at most, because something else keeps setting it"
    assert following(state, status).endswith(words) is contested


@pytest.mark.parametrize(
    ("state", "words"),
    [
        pytest.param(HELD, "Chaport ends online at <2000>; nothing else happens", id="a lease is left"),
        pytest.param(
            replace(HELD, lease_until=1300.0), "Chaport ended online at <1300>: it is offline; nothing else", id="over"
        ),
        pytest.param(
            replace(HELD, attempted="online", attempted_at=1900.0, attempted_until=2000.0),
            "Chaport ends online at <2500>; nothing else happens",
            id="a renewal may have been executed",
        ),
        pytest.param(
            replace(HELD, attempted="offline", attempted_at=1290.0),
            "offline was sent at <1290>, and whether Chaport took it is not known; nothing else happens",
            id="a change that may have been executed",
        ),
        pytest.param(replace(HELD, yielded_to=Verdict.ONLINE), "nothing happens until", id="somebody set it"),
        pytest.param(replace(HELD, written="offline"), "nothing happens until", id="offline already"),
        pytest.param(OperatorState("op326"), "nothing happens until", id="nothing was written"),
        pytest.param(GRACE, "Chaport ends online at <2000>; nothing else happens", id="nobody ends the grace"),
    ],
)
def test_without_a_daemon(state: OperatorState, words: str) -> None:
    """S5: what a dead daemon will not do is not promised; Chaport ends what is held by itself."""
    said = what_next(OperatorSeen("op326", status="online"), state, (ANN,), RULES, clock, now=1300.0, at_work=False)
    assert said.startswith(words)
    assert said.endswith("happens until the daemon runs again")


@pytest.mark.parametrize(
    ("status", "reason", "agents", "words"),
    [
        pytest.param(
            "online", AS_ASKED, (ANN,), "Jon is online in Chaport because Ann is in Online (1 → online)", id="asked"
        ),
        pytest.param(
            "online",
            AS_ASKED,
            (BOB, ANN),
            "Jon is online in Chaport because Ann is in Online (1 → online)",
            id="shared",
        ),
        pytest.param(
            "offline", LEFT_ALONE, (KEPT, BOB), "Jon is offline in Chaport because Ann is in 120273 (→ keep)", id="kept"
        ),
        pytest.param("online", IN_GRACE, (BOB,), "Jon is online in Chaport because its agents left", id="grace"),
        pytest.param("online", AS_ASKED, (), "Jon is online in Chaport because it is as its agents ask", id="nobody"),
        pytest.param("", IN_GRACE, (), "Jon is without a status in Chaport because its agents left", id="no status"),
    ],
)
def test_the_answer(status: str, reason: tuple[str, str], agents: tuple[AgentSeen, ...], words: str) -> None:
    """S2, S4: one sentence: the status, the agents who ask for it or the reason, and the gist of what comes next."""
    jon = OperatorSeen("op326", "Jon", status=status, rule=reason[0], reason=reason[1])
    assert answer(jon, agents, {}, "it goes offline at 9; no more") == f"{words}; it goes offline at 9."
    before = answer(jon, agents, {}, "it is sent again", "When Chaport was read last, at 8")
    assert before.startswith(
        f"When Chaport was read last, at 8, Jon was {status or 'without a status'} in Chaport because "
    )
