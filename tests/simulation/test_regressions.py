"""What seeds found stays mended."""

import pytest

from tests.simulation.command import simulate, told
from tests.simulation.found import SHORT


@pytest.mark.processes
def test_nothing_is_found_again() -> None:
    """What a seed found is not found again; `--found` runs those as well that take longer."""
    result = simulate("--keep-going", *(word for seed in SHORT for word in ("--seed", str(seed))))
    again = {found["seed"]: SHORT[found["seed"]] for found in result["found"]}
    assert again == {}, told(result)
    assert result["seeds"] == len(SHORT)
