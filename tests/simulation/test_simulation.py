"""The simulation itself: each invariant can fail."""

import pytest

from tests.simulation.command import simulate
from tests.simulation.sabotage import SABOTAGES, one_each

#: So many processes share them, as a process takes a second to begin.
PARTS = 2


@pytest.mark.processes
@pytest.mark.parametrize("part", range(PARTS))
def test_a_deliberate_fault_is_reported(part: int) -> None:
    """A rule that is broken in the daemon is missed by the invariant that stands for it; `--prove all` has more."""
    names = one_each()[part::PARTS]
    missed_by = simulate(*(word for name in names for word in ("--prove", name)))
    assert missed_by == {name: [SABOTAGES[name].invariant] for name in names}
