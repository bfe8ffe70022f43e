"""Some of the seeds, each a busy half hour; `python -m tests.simulation` runs as many as one likes."""

import pytest

from tests.simulation.command import simulate, told

#: From this seed on so many parts, each in a process of its own, of so many seeds: with those of the regressions
#: about a minute on two cores.
FIRST, PARTS, SEEDS = 200, 2, 3


@pytest.mark.processes
@pytest.mark.parametrize("part", range(PARTS))
def test_no_promise_is_broken(part: int) -> None:
    """Section 5: whatever happens, each event is displayed once and nobody is offline without cause."""
    result = simulate("--first", str(FIRST + part * SEEDS), "--seeds", str(SEEDS))
    assert result["found"] == [], told(result)
    assert result["seeds"] == SEEDS
    assert result["requests"] > 500
