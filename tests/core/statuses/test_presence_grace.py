"""Delayed offline: the clock of the grace, and the second good poll (S4)."""

from dataclasses import replace

import pytest

from chaport_sync.core.model import Verdict
from chaport_sync.core.statuses.lease import Kind, OperatorState, PresenceRules, Write
from chaport_sync.core.statuses.presence import Notice
from tests.core.statuses.operators import (
    AS_ASKED,
    ASKED_INVISIBLE,
    ASKED_ONLINE,
    GRACE_OVER,
    IN_GRACE,
    LEFT_ALONE,
    NOW,
    OFFLINE,
    ONLINE,
    RULES,
    UNCONFIRMED,
    decided,
    decision,
    operator,
)

STARTED, CANCELLED = (Notice.GRACE_STARTED,), (Notice.GRACE_CANCELLED,)
AT_ONCE = replace(RULES, offline_grace=0)
LEFT = replace(ONLINE, verdict=Verdict.OFFLINE, unavailable_since=NOW - 600)


@pytest.mark.parametrize(
    ("since", "status", "verdict", "after", "notices"),
    [
        pytest.param(None, "online", "offline", NOW, STARTED, id="the first poll that finds nobody available"),
        pytest.param(NOW - 100, "online", "offline", NOW - 100, (), id="it runs on"),
        pytest.param(NOW, "online", "offline", NOW, (), id="it began in this second"),
        pytest.param(NOW + 1, "online", "offline", NOW, STARTED, id="the clock was stepped back: it restarts"),
        pytest.param(None, "offline", "offline", NOW, (), id="offline already: nothing to tell"),
        pytest.param(None, None, "offline", NOW, STARTED, id="nobody knows the status"),
        pytest.param(NOW - 100, "online", "online", None, CANCELLED, id="somebody is available"),
        pytest.param(NOW - 100, "online", "invisible", None, CANCELLED, id="invisible is available"),
        pytest.param(NOW - 100, "online", "keep", None, CANCELLED, id="keep is available"),
        pytest.param(NOW - 100, "offline", "online", None, (), id="offline already: nothing to cancel"),
        pytest.param(None, "online", "online", None, (), id="it did not run"),
    ],
)
def test_the_clock(
    since: float | None, status: str | None, verdict: str, after: float | None, notices: tuple[Notice, ...]
) -> None:
    """S4: it starts with the first good poll that finds no agent available, and is cleared by one that does."""
    found = decided(status, verdict, OperatorState("op326", unavailable_since=since))
    assert (found.state.unavailable_since, found.notices) == (after, notices)


@pytest.mark.parametrize("verdict", ["offline", "online"])
def test_without_grace_there_is_nothing_to_tell(verdict: str) -> None:
    """S4: with `offline_grace = 0` nothing starts and nothing is cancelled that anybody would see."""
    since = None if verdict == "offline" else NOW - 1
    assert decided("online", verdict, replace(ONLINE, unavailable_since=since), AT_ONCE).notices == ()


@pytest.mark.parametrize(("grace", "told"), [pytest.param(1, STARTED, id="a second"), pytest.param(0, (), id="none")])
def test_the_shortest_grace_is_told(grace: float, told: tuple[Notice, ...]) -> None:
    """S4: any grace is one."""
    assert decided("online", "offline", ONLINE, replace(RULES, offline_grace=grace)).notices == told


@pytest.mark.parametrize(
    ("since", "confirmed", "why", "until"),
    [
        pytest.param(None, True, IN_GRACE, NOW + 180, id="it starts now"),
        pytest.param(NOW - 179, True, IN_GRACE, NOW + 1, id="one second early"),
        pytest.param(NOW - 179, False, IN_GRACE, NOW + 1, id="one second early, not confirmed"),
        pytest.param(NOW - 180, False, UNCONFIRMED, None, id="over, not confirmed"),
    ],
)
def test_offline_waits(since: float | None, confirmed: bool, why: tuple[str, str], until: float | None) -> None:  # noqa: FBT001
    """S4: going to offline waits `status.offline_grace`, and after a start or a gap for a second good poll."""
    state = replace(ONLINE, unavailable_since=since)
    found = decided("online", "offline", state, confirmed=confirmed)
    assert found == decision(
        operator("online"),
        replace(state, verdict=Verdict.OFFLINE, unavailable_since=NOW if since is None else since),
        Verdict.OFFLINE,
        why,
        notices=STARTED if since is None else (),
        until=until,
    )


def test_offline_is_written_when_the_grace_is_over() -> None:
    """S4: at the end of the grace, with a second good poll, offline is written."""
    state = replace(ONLINE, unavailable_since=NOW - 180)
    assert decided("online", "offline", state) == decision(
        operator("online"),
        replace(state, verdict=Verdict.OFFLINE),
        Verdict.OFFLINE,
        GRACE_OVER,
        Write("offline", 86400, Kind.CHANGE),
    )


@pytest.mark.parametrize("confirmed", [True, False])
def test_the_lease_is_kept_while_offline_waits(confirmed: bool) -> None:  # noqa: FBT001 - a row of a table
    """S4, S5: an operator in its grace stays online: its lease is renewed in time."""
    state = replace(ONLINE, written_at=NOW - 300, lease_until=NOW + 300, unavailable_since=NOW - 100)
    assert decided("online", "offline", state, confirmed=confirmed).write == Write("online", 600, Kind.RENEWAL)


@pytest.mark.parametrize(
    ("status", "verdict", "why"),
    [
        pytest.param("offline", "offline", AS_ASKED, id="offline already"),
        pytest.param("offline", "online", ASKED_ONLINE, id="online is written at once"),
        pytest.param("offline", "invisible", ASKED_INVISIBLE, id="invisible too"),
        pytest.param("online", "invisible", ASKED_INVISIBLE, id="from one to the other"),
    ],
)
def test_nothing_else_waits(status: str, verdict: str, why: tuple[str, str]) -> None:
    """S4: only going to offline waits, for the grace or for a second poll."""
    found = decided(status, verdict, OperatorState("op326"), confirmed=False)
    assert (found.reason, found.until) == (why, None)


def test_another_unavailable_status_does_not_restart_the_clock() -> None:
    """S4: the clock is a stored time; it is not restarted by further polls, and survives them."""
    state = replace(ONLINE, verdict=Verdict.OFFLINE, unavailable_since=NOW - 170)
    first = decided("online", "offline", state)
    assert (first.until, first.write) == (NOW + 10, None)
    second = decided("online", "offline", first.state, now=NOW + 10)
    assert second.write == Write("offline", 86400, Kind.CHANGE)


def test_the_rules_may_change_while_it_runs() -> None:
    """S4: a stored time, never a countdown: another grace holds from the next poll on."""
    state = replace(OFFLINE, written="online", unavailable_since=NOW - 180)
    assert decided("online", "offline", state, PresenceRules(offline_grace=181)).until == NOW + 1
    assert decided("online", "offline", state, PresenceRules(offline_grace=179)).write is not None


@pytest.mark.parametrize(
    ("status", "verdict", "state", "confirmed", "why"),
    [
        pytest.param("online", "offline", ONLINE, True, IN_GRACE, id="in the grace"),
        pytest.param("online", "offline", LEFT, False, UNCONFIRMED, id="to be confirmed"),
        pytest.param("online", "offline", LEFT, True, GRACE_OVER, id="the grace is over"),
        pytest.param("online", "keep", ONLINE, True, LEFT_ALONE, id="left alone"),
        pytest.param("online", "invisible", ONLINE, True, ASKED_INVISIBLE, id="asked for"),
    ],
)
def test_what_the_agents_have_of_reasons_is_told(
    status: str,
    verdict: str,
    state: OperatorState,
    confirmed: bool,  # noqa: FBT001
    why: tuple[str, str],
) -> None:
    """S2: what decides in place of the agents' statuses stands behind the reason that comes of it."""
    found = decided(status, verdict, state, confirmed=confirmed, cause="the agent is disabled")
    assert found.reason == (why[0], f"{why[1]} (the agent is disabled)")
