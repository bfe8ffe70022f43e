"""Some of the seeds, each a busy half hour; `python -m tests.simulation` runs as many as one likes."""

import pytest

from tests.simulation.command import simulate, told

#: From each of these on, in a process of its own, so many seeds: with those of the regressions about a minute on two
#: cores. In the second part crowds come, in the third agents answer.
FIRSTS, SEEDS = (200, 216, 404), 2


@pytest.mark.processes
@pytest.mark.parametrize("first", FIRSTS)
def test_no_promise_is_broken(first: int) -> None:
    """Whatever happens, each event is displayed once and nobody is offline without cause."""
    result = simulate("--first", str(first), "--seeds", str(SEEDS))
    assert result["found"] == [], told(result)
    assert result["seeds"] == SEEDS
    assert result["requests"] > 500
