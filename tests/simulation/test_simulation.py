"""The simulation itself: equal seeds give equal runs, and each invariant can fail."""

import pytest

from tests.simulation.command import simulate
from tests.simulation.sabotage import SABOTAGES


@pytest.mark.processes
def test_a_seed_decides_everything() -> None:
    """Two runs of a seed with deaths, faults and a wrong clock are the same to the last request."""
    first, second = (simulate("--seed", "172") for _ in range(2))
    assert first == second
    assert first["deaths"] > 0
    assert first["faults"] > 0


@pytest.mark.processes
@pytest.mark.parametrize("name", [name for name, sabotage in SABOTAGES.items() if not sabotage.day])
def test_a_deliberate_fault_is_reported(name: str) -> None:
    """A rule that is broken in the daemon is missed by the invariant that stands for it."""
    sabotage = SABOTAGES[name]
    result = simulate("--seed", str(sabotage.seed), "--break", name)
    assert [found["invariant"] for found in result["found"]] == [sabotage.invariant]
