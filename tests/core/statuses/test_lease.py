"""What is ours of an operator's status, and until when (S5, S7)."""

from dataclasses import replace

import pytest

from chaport_sync.core.model import Operator
from chaport_sync.core.statuses.lease import (
    OperatorState,
    PresenceRules,
    lifetime_of,
    set_back,
    settle,
)
from chaport_sync.core.statuses.presence import seen

NOW = 1_800_000_000.0
RULES = PresenceRules()
#: Online since a minute, for ten.
OURS = OperatorState("op326", written="online", written_at=NOW - 60, lease_until=NOW + 540)


def test_the_defaults_are_the_documented_ones() -> None:
    """Grace 180 s, lease 600 s, hold 1800 s, a change by hand is overridden."""
    assert PresenceRules() == PresenceRules(offline_grace=180, lease=600, hold=1800, respect=False)


def test_an_operator_met_for_the_first_time() -> None:
    """S4, S5, S7: nothing was decided, written, attempted or overridden, and no clock runs."""
    assert OperatorState("a") == OperatorState(
        "a",
        verdict=None,
        unavailable_since=None,
        written="",
        written_at=0,
        lease_until=0,
        attempted="",
        attempted_at=0,
        attempted_until=0,
        stray="",
        stray_until=0,
        yielded_to=None,
        overrides=(),
        mismatches=0,
    )


@pytest.mark.parametrize(
    ("poll", "rules", "with_chaport", "with_deskie"),
    [
        pytest.param(15, PresenceRules(lease=600, hold=300), 120, 120, id="a fifth of the lease"),
        pytest.param(15, PresenceRules(lease=600, hold=1800), 120, 600, id="with Deskie a third of the hold"),
        pytest.param(130, PresenceRules(lease=600, hold=300), 130, 130, id="a poll"),
    ],
)
def test_how_long_the_flow_pauses(poll: float, rules: PresenceRules, with_chaport: float, with_deskie: float) -> None:
    """P4, S8: so short that leases are renewed, and the end of the hold is noticed, but no shorter than a poll."""
    assert rules.patience_with_chaport(poll) == with_chaport
    assert rules.patience_with_deskie(poll) == with_deskie


@pytest.mark.parametrize(
    ("status", "lifetime"),
    [
        pytest.param("online", 600, id="online for a lease"),
        pytest.param("invisible", 600, id="invisible for a lease"),
        pytest.param("offline", 86400, id="offline for a day"),
    ],
)
def test_lifetime(status: str, lifetime: float) -> None:
    """S5: online and invisible are written with `status.lease`, offline for a day."""
    assert lifetime_of(status, RULES) == lifetime


@pytest.mark.parametrize(
    ("state", "held"),
    [
        pytest.param(OURS, True, id="ours"),
        pytest.param(replace(OURS, lease_until=NOW + 1), True, id="one second early"),
        pytest.param(replace(OURS, lease_until=NOW), False, id="run out"),
        pytest.param(replace(OURS, written=""), False, id="never written"),
    ],
)
def test_has_lease(state: OperatorState, held: bool) -> None:  # noqa: FBT001 - a table
    """S5: a status that we wrote is ours until its lifetime ends."""
    assert state.has_lease(NOW) is held


@pytest.mark.parametrize(
    ("left", "soon"),
    [
        pytest.param(120, False, id="a fifth"),
        pytest.param(119, True, id="less"),
        pytest.param(0, True, id="nothing"),
    ],
)
def test_runs_out(left: float, soon: bool) -> None:  # noqa: FBT001 - a table
    """S5: a renewal that can wait no longer is one with less than a fifth of its lease left."""
    assert replace(OURS, written_at=NOW + left - 600, lease_until=NOW + left).runs_out(NOW) is soon


@pytest.mark.parametrize(
    ("operator", "state", "status"),
    [
        pytest.param(Operator("op326", last_status="offline"), OURS, "offline", id="what Chaport says"),
        pytest.param(Operator("op326", real_status="busy"), OURS, "busy", id="in effect, where none was chosen"),
        pytest.param(
            Operator("op326", last_status="online", real_status="offline"), OURS, "online", id="chosen before in effect"
        ),
        pytest.param(Operator("op326"), OURS, "online", id="Chaport says nothing: what we hold"),
        pytest.param(Operator("op326"), replace(OURS, lease_until=NOW), None, id="nothing, and our lease is over"),
    ],
)
def test_seen(operator: Operator, state: OperatorState, status: str | None) -> None:
    """S6: `lastStatus`, or `realStatus` where it is missing; without both, what we wrote and still hold."""
    assert seen(operator, state, NOW) == status


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        pytest.param("online", True, id="the one written"),
        pytest.param("invisible", True, id="the stray one"),
        pytest.param("offline", False, id="neither"),
    ],
)
def test_may_be_ours(status: str, ours: bool) -> None:  # noqa: FBT001 - a table
    """S7: a status is a person's only if none of our writes explains it."""
    state = replace(OURS, stray="invisible", stray_until=NOW + 1)
    assert state.may_be_ours(status, NOW) is ours


def test_a_stray_request_is_expected_no_longer() -> None:
    """S7: once the time for a late execution is over, its status is a person's."""
    assert not replace(OURS, stray="invisible", stray_until=NOW).may_be_ours("invisible", NOW)


ATTEMPTED = replace(OURS, attempted="offline", attempted_at=NOW - 299, attempted_until=NOW + 86101)


@pytest.mark.parametrize(
    ("state", "status", "settled"),
    [
        pytest.param(OURS, "offline", OURS, id="nothing was attempted"),
        pytest.param(ATTEMPTED, "online", ATTEMPTED, id="another status, one second early"),
        pytest.param(
            replace(ATTEMPTED, attempted_at=NOW - 300),
            "online",
            replace(ATTEMPTED, attempted_at=NOW - 300, attempted=""),
            id="another status, after five minutes",
        ),
        pytest.param(
            replace(ATTEMPTED, attempted_at=NOW - 300),
            "invisible",
            replace(ATTEMPTED, attempted_at=NOW - 300, attempted="", lease_until=NOW),
            id="a third one, after five minutes",
        ),
        pytest.param(
            replace(ATTEMPTED, attempted_at=NOW - 300),
            None,
            replace(ATTEMPTED, attempted_at=NOW - 300, attempted=""),
            id="no status, after five minutes",
        ),
        pytest.param(ATTEMPTED, None, ATTEMPTED, id="no status"),
        pytest.param(
            ATTEMPTED,
            "offline",
            OperatorState(
                "op326",
                written="offline",
                written_at=NOW - 299,
                lease_until=NOW + 86101,
                attempted="",
                attempted_at=NOW - 299,
                attempted_until=NOW + 86101,
                stray="offline",
                stray_until=NOW + 1,
            ),
            id="the status attempted",
        ),
    ],
)
def test_settle(state: OperatorState, status: str | None, settled: OperatorState) -> None:
    """S7: an attempt without an answer was executed if Chaport shows it; it may be executed for five minutes yet."""
    assert settle(state, status, NOW) == settled


def test_a_clock_that_was_stepped_back() -> None:
    """S5, S4: what is ours by Chaport's time moves along; the grace is started again by another rule."""
    state = replace(
        OURS, attempted="offline", attempted_at=NOW, attempted_until=NOW + 600, stray="invisible", stray_until=NOW + 9
    )
    state = replace(state, unavailable_since=NOW - 5, overrides=(NOW - 7,))
    assert set_back(state, 100) == replace(
        state,
        written_at=NOW - 160,
        lease_until=NOW + 440,
        attempted_at=NOW - 100,
        attempted_until=NOW + 500,
        stray_until=NOW - 91,
    )
