"""Some of the seeds, each a busy half hour; `python -m tests.simulation` runs as many as one likes."""

import pytest

from tests.simulation.command import simulate, told

#: In the second two crowds come, in the third agents answer.
SEEDS = (200, 201, 216, 217, 404, 405)


@pytest.mark.processes
def test_no_promise_is_broken() -> None:
    """Whatever happens, each event is displayed once and nobody is offline without cause."""
    result = simulate(*(word for seed in SEEDS for word in ("--seed", str(seed))))
    assert result["found"] == [], told(result)
    assert result["seeds"] == len(SEEDS)
    assert result["requests"] > 500 * len(SEEDS)
