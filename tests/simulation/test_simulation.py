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


#: So many processes share them, as a process takes a second to begin.
PARTS = 2


@pytest.mark.processes
@pytest.mark.parametrize("part", range(PARTS))
def test_a_deliberate_fault_is_reported(part: int) -> None:
    """A rule that is broken in the daemon is missed by the invariant that stands for it."""
    names = [name for name, sabotage in SABOTAGES.items() if sabotage.kind != "day"][part::PARTS]
    missed_by = simulate(*(word for name in names for word in ("--prove", name)))
    assert missed_by == {name: [SABOTAGES[name].invariant] for name in names}
