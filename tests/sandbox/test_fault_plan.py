"""Which request is struck by which fault."""

from collections import Counter

import pytest

from chaport_sync.sandbox import Fault, FaultPlan
from chaport_sync.sandbox.faults import named


def test_script() -> None:
    """A rule strikes what it describes, so many times, after so many others, and one rule at a time."""
    plan = FaultPlan()
    plan.add("hang", side="deskie", method="PUT", path=r"^/api/cases/\d+\.json$", after=1, times=2)

    def kinds(path: str, count: int) -> list[str]:
        faults = [plan.pick("deskie", "PUT", path, 1) for _ in range(count)]
        return [fault.kind if fault else "" for fault in faults]

    assert kinds("/api/cases.json", 2) == ["", ""]
    assert plan.pick("deskie", "GET", "/api/cases/1.json", 1) is None
    assert plan.pick("chaport", "PUT", "/api/cases/1.json", 1) is None
    assert kinds("/api/cases/1.json", 4) == ["", "hang", "hang", ""]
    plan.add("html", times=None)
    assert kinds("/anything", 3) == ["html"] * 3
    plan.outage("deskie")
    assert kinds("/anything", 1) == ["outage"]
    plan.clear()
    assert kinds("/anything", 1) == [""]


def test_dice() -> None:
    """Random faults come at their rates, only where asked for, and alike for one seed."""

    def draws(seed: int) -> list[Fault | None]:
        plan = FaultPlan()
        plan.random(seed=seed, rates={"reset_after": 0.2, "error_500": 0.1}, sides=["deskie"], methods=["PUT"])
        assert plan.pick("chaport", "PUT", "/", 1) is None
        assert plan.pick("deskie", "GET", "/", 1) is None
        return [plan.pick("deskie", "PUT", "/", 1) for _ in range(1000)]

    first = draws(1)
    assert first == draws(1) != draws(2)
    counts = Counter(fault.kind if fault else "" for fault in first)
    assert counts["reset_after"] == pytest.approx(200, abs=40)
    assert counts["error"] == pytest.approx(100, abs=40)
    delays = [fault.delay for fault in first if fault]
    assert 1 <= min(delays) < max(delays) <= 30


def test_dice_spare_first_pages() -> None:
    """Rows can only have moved between two pages."""
    plan = FaultPlan()
    plan.random(seed=1, rates={"shifted_page": 1.0})
    assert plan.pick("deskie", "GET", "/api/staff.json", 1) is None
    assert plan.pick("deskie", "GET", "/api/staff.json", 2)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("late_effect", Fault("late_effect")),
        ("error_503", Fault("error", status=503)),
        ("html_200", Fault("html", status=200)),
    ],
)
def test_names_of_rates(name: str, fault: Fault) -> None:
    """A rate's name is a kind, with a status where it has one."""
    assert named(name) == fault


def test_unknown_rates_are_errors() -> None:
    """A misspelt rate would test nothing."""
    with pytest.raises(ValueError, match="no such fault: resets"):
        FaultPlan().random(seed=1, rates={"resets": 0.1})
