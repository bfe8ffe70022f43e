"""Which cases are read for answers though nothing in them changes (R1, R3)."""

import pytest

from chaport_sync.core.replies.selection import CasesAgain

KNOWN = CasesAgain({"1": (5.0, 4.0), "2": (7.0, 6.0)})


@pytest.mark.parametrize(
    ("case_id", "moments", "due"),
    [
        pytest.param("3", (9.0, 8.0), {"1": (5.0, 4.0), "2": (7.0, 6.0), "3": (9.0, 8.0)}, id="one more"),
        pytest.param("1", [9.0, 8.0], {"1": (9.0, 8.0), "2": (7.0, 6.0)}, id="another time"),
        pytest.param("1", [], {"2": (7.0, 6.0)}, id="no more"),
        pytest.param("3", (), {"1": (5.0, 4.0), "2": (7.0, 6.0)}, id="never"),
    ],
)
def test_but(case_id: str, moments: list[float], due: dict[str, tuple[float, float]]) -> None:
    """R3: one case is read at its time, or not again; the others as before."""
    assert KNOWN.but(case_id, moments) == CasesAgain(due)
