"""A human changed the operator in Chaport (S7)."""

from dataclasses import replace

import pytest

from chaport_sync.core.model import Verdict
from chaport_sync.core.statuses.lease import Kind, OperatorState, Write
from chaport_sync.core.statuses.presence import Notice
from tests.core.statuses.operators import (
    AS_ASKED,
    CONTESTED,
    NOW,
    OFFLINE,
    ONLINE,
    OVERRIDDEN,
    RESPECT,
    RESPECTED,
    decided,
    decision,
    operator,
)

AGAIN = Write("online", 600, Kind.CHANGE, override=True)


def test_an_override() -> None:
    """S7: with `override` Deskie's status is written again, and that is told."""
    assert decided("offline", "online", ONLINE) == decision(
        operator("offline"), ONLINE, Verdict.ONLINE, OVERRIDDEN, AGAIN, (Notice.MANUAL,)
    )


def test_an_override_of_offline() -> None:
    """S7: an operator that a human set online without any agent there is set offline again, for a day."""
    assert decided("online", "offline", OFFLINE) == decision(
        operator("online"),
        OFFLINE,
        Verdict.OFFLINE,
        OVERRIDDEN,
        Write("offline", 86400, Kind.CHANGE, override=True),
        (Notice.MANUAL,),
    )


@pytest.mark.parametrize(
    ("state", "status", "verdict"),
    [
        pytest.param(replace(ONLINE, lease_until=NOW), "offline", "online", id="the lease is over"),
        pytest.param(replace(ONLINE, written=""), "offline", "online", id="nothing was written"),
        pytest.param(
            replace(ONLINE, written_at=NOW + 1), "offline", "online", id="written later: a clock stepped back"
        ),
        pytest.param(replace(ONLINE, stray="offline", stray_until=NOW + 1), "offline", "online", id="a late request"),
        pytest.param(ONLINE, "online", "invisible", id="as we wrote it; the verdict has changed"),
        pytest.param(ONLINE, None, "invisible", id="nobody tells"),
    ],
)
def test_what_is_no_change_by_hand(state: OperatorState, status: str | None, verdict: str) -> None:
    """S7: by hand means: not the status last written, while our lease is not over."""
    found = decided(status, verdict, state)
    assert found.notices == ()
    assert found.write == Write(verdict, 600, Kind.CHANGE)


def test_what_a_lost_attempt_left_behind() -> None:
    """S7: an attempt without an answer may have taken effect and run out: what then shows is nobody's change."""
    before = replace(OFFLINE, verdict=Verdict.ONLINE, unavailable_since=None)
    state = replace(before, attempted="online", attempted_at=NOW - 600, attempted_until=NOW)
    found = decided("invisible", "online", state, RESPECT)
    assert found.notices == ()
    assert found.write == Write("online", 600, Kind.CHANGE)


def test_the_last_seconds_of_the_lease() -> None:
    """S7: clocks differ and `validUntil` has whole seconds: what shows in the last five may be the former one."""
    assert decided("offline", "online", replace(ONLINE, lease_until=NOW + 5.1)).write == AGAIN
    found = decided("offline", "online", replace(ONLINE, lease_until=NOW + 5), RESPECT)
    assert found.notices == ()
    assert found.write == Write("online", 600, Kind.CHANGE)


def test_changed_in_the_second_of_the_write() -> None:
    """S7: a change right after our write is a change by hand."""
    assert decided("offline", "online", replace(ONLINE, written_at=NOW)).write == AGAIN


def test_respect() -> None:
    """S7: with `respect` a change by hand is left and told once; it ended our lease."""
    left = replace(ONLINE, yielded_to=Verdict.ONLINE, lease_until=NOW)
    assert decided("offline", "online", ONLINE, RESPECT) == decision(
        operator("offline"), left, Verdict.ONLINE, RESPECTED, notices=(Notice.MANUAL,)
    )
    assert decided("offline", "online", left, RESPECT, now=NOW + 15) == decision(
        operator("offline"), left, Verdict.ONLINE, RESPECTED
    )


def test_respect_renews_nothing() -> None:
    """S7: a lease that is due is not renewed under a change by hand, not even where a person chose the same status."""
    state = replace(ONLINE, written_at=NOW - 300, lease_until=NOW + 300, yielded_to=Verdict.ONLINE)
    assert decided("online", "online", state, RESPECT) == decision(operator("online"), state, Verdict.ONLINE, RESPECTED)


@pytest.mark.parametrize(
    ("verdict", "status", "write"),
    [
        pytest.param("invisible", "offline", Write("invisible", 600, Kind.CHANGE), id="another status is written"),
        pytest.param("keep", "offline", None, id="keep"),
    ],
)
def test_respect_ends_with_the_verdict(verdict: str, status: str, write: Write | None) -> None:
    """S7: a change by hand is left until the operator's verdict next changes."""
    state = replace(ONLINE, yielded_to=Verdict.ONLINE, lease_until=NOW)
    found = decided(status, verdict, state, RESPECT)
    assert (found.state, found.write) == (replace(state, verdict=Verdict(verdict), yielded_to=None), write)


def test_the_verdict_changes_in_the_poll_that_shows_the_change() -> None:
    """S7: a verdict that changed is written, whatever a person did meanwhile."""
    found = decided("offline", "invisible", ONLINE, RESPECT)
    assert (found.state.yielded_to, found.write) == (None, Write("invisible", 600, Kind.CHANGE))


def test_respect_of_an_operator_met_for_the_first_time() -> None:
    """S7: a state without a verdict (from a crash before the first one was recorded) is no change of it."""
    found = decided("offline", "online", replace(ONLINE, verdict=None), RESPECT)
    assert (found.reason, found.state.yielded_to) == (RESPECTED, Verdict.ONLINE)


def test_override_takes_back_what_was_left() -> None:
    """S7: with `override` configured now, what `respect` left is written."""
    found = decided("offline", "online", replace(ONLINE, yielded_to=Verdict.ONLINE, lease_until=NOW))
    assert (found.state.yielded_to, found.write) == (None, Write("online", 600, Kind.CHANGE))


def test_respect_keeps_what_nobody_changed() -> None:
    """S7: without a change by hand `respect` changes nothing."""
    assert decided("online", "online", ONLINE, RESPECT) == decision(
        operator("online"), ONLINE, Verdict.ONLINE, AS_ASKED
    )


def overridden(times: int, *, last: float = 60.0) -> OperatorState:
    """Return an operator that was overridden so often within ten minutes."""
    overrides = tuple(NOW - last - number for number in reversed(range(times)))
    return replace(ONLINE, written_at=NOW - last, attempted_at=NOW - last, overrides=overrides)


@pytest.mark.parametrize(
    ("times", "notices"),
    [
        pytest.param(3, (Notice.MANUAL,), id="the fourth"),
        pytest.param(4, (Notice.MANUAL, Notice.CONTESTED), id="the fifth"),
        pytest.param(5, (Notice.MANUAL,), id="the sixth: told already"),
    ],
)
def test_contested_is_told_once(times: int, notices: tuple[Notice, ...]) -> None:
    """S7: five overrides in ten minutes mean that something else is setting the operator: warn once."""
    found = decided("offline", "online", overridden(times))
    assert (found.notices, found.write) == (notices, AGAIN)


@pytest.mark.parametrize(
    ("written", "attempted", "write"),
    [
        pytest.param(60.0, 60.0, AGAIN, id="a minute ago"),
        pytest.param(59.0, 70.0, None, id="written less than a minute ago"),
        pytest.param(70.0, 59.0, None, id="attempted less than a minute ago"),
    ],
)
def test_contested_is_written_once_a_minute(written: float, attempted: float, write: Write | None) -> None:
    """S7: a contested operator is written at most once a minute."""
    state = replace(overridden(5), written_at=NOW - written, attempted_at=NOW - attempted)
    found = decided("offline", "online", state)
    assert found.write == write
    if write is None:
        assert found == decision(operator("offline"), state, Verdict.ONLINE, CONTESTED)


def test_before_the_fifth_nothing_is_held_back() -> None:
    """S7: four overrides within a minute are not contested yet."""
    assert decided("offline", "online", overridden(4, last=15.0)).write == AGAIN


def test_overrides_are_forgotten() -> None:
    """S7: what is older than ten minutes no longer counts and is no longer remembered."""
    state = replace(ONLINE, overrides=(NOW - 601, NOW - 600, NOW - 599))
    assert decided("online", "online", state).state == replace(ONLINE, overrides=(NOW - 599,))


def test_notices_come_in_the_order_of_their_causes() -> None:
    """S4, S7: what the grace has to tell comes before what is told of a change by hand."""
    state = replace(ONLINE, unavailable_since=NOW - 10)
    assert decided("away", "online", state).notices == (Notice.GRACE_CANCELLED, Notice.MANUAL)
