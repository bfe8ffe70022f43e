"""A half that is down for long is reported; a short failure is not."""

import pytest

from chaport_sync.core.vitals import Vital, down


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(1000.0, "", id="well"),
        pytest.param(1900.0, "", id="down just as long as is tolerated"),
        pytest.param(1901.0, "statuses: down for 15 min: Deskie: 503", id="down for longer"),
    ],
)
def test_tolerated(now: float, expected: str) -> None:
    """`tolerate` seconds after it was well last, a half counts as down, and the reason is said."""
    vitals = {"statuses": Vital(1000.0, "Deskie: 503"), "transcripts": Vital(now)}
    assert down(vitals, 900.0, now) == expected


def test_both() -> None:
    """Each half that is down has its own words; one that never said anything is down as well."""
    vitals = {"statuses": Vital(0.0), "transcripts": Vital(3600.0, "Chaport: 401")}
    assert down(vitals, 900.0, 7200.0) == "statuses: down for 120 min; transcripts: down for 60 min: Chaport: 401"
