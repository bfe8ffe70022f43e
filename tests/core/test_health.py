"""A flow that is down for long is reported; a short failure is not."""

import pytest

from chaport_sync.core.health import Beat, Vital, down, stale_after


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(1000.0, "", id="well"),
        pytest.param(1900.0, "", id="down just as long as is tolerated"),
        pytest.param(1901.0, "statuses: down for 15 min: Deskie: 503", id="down for longer"),
    ],
)
def test_tolerated(now: float, expected: str) -> None:
    """`tolerate` seconds after it was well last, a flow counts as down, and the reason is said."""
    vitals = {"statuses": Vital(1000.0, "Deskie: 503"), "transcripts": Vital(now)}
    assert down(vitals, 900.0, now) == expected


def test_both() -> None:
    """Each flow that is down has its own words; one that never said anything is down as well."""
    vitals = {"statuses": Vital(0.0), "transcripts": Vital(3600.0, "Chaport: 401")}
    assert down(vitals, 900.0, 7200.0) == "statuses: down for 120 min; transcripts: down for 60 min: Chaport: 401"


@pytest.mark.parametrize(
    ("idle", "expected"),
    [
        pytest.param(90.0, "", id="just as long as a few polls take"),
        pytest.param(91.0, "statuses: nothing done for 91 s", id="longer"),
        pytest.param(5000.0, "statuses: nothing done for 5000 s", id="said instead of what failed before"),
    ],
)
def test_standing_still(idle: float, expected: str) -> None:
    """P10: a flow that does nothing is told by its patience, not by what is tolerated of failures."""
    vitals = {"statuses": Vital(5000.0 - idle, "Deskie: 503", idle, 90.0)}
    assert down(vitals, 900.0, 5000.0) == expected


@pytest.mark.parametrize(
    ("beat", "last"),
    [
        (Beat(), None),
        (Beat(good_at=5.0), 5.0),
        (Beat(good_at=5.0, failing_since=6.0, at=9.0), 9.0),
        (Beat(failing_since=6.0, at=0.0), 0.0),
    ],
    ids=["never", "of an older version", "failing", "the beginning of time"],
)
def test_when_a_flow_was_at_work_last(beat: Beat, last: float | None) -> None:
    """P10: the last word of it, well or not."""
    assert beat.last == last


def test_how_long_a_poll_tells_something() -> None:
    """P10: a few polls, and some time for slow answers."""
    assert [stale_after(poll) for poll in (1, 15, 600)] == [34, 90, 2430]
