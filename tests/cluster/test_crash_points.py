"""P1, K2, K3: who takes over finds out what the worker has done that was killed or stopped in a write."""

import signal
from pathlib import Path

import pytest

from tests.cluster.crash_points import struck

pytestmark = pytest.mark.processes


@pytest.mark.parametrize(
    ("point", "by"), [("appended", signal.SIGKILL), ("answered", signal.SIGKILL), ("appended", signal.SIGSTOP)]
)
async def test_struck_in_a_write(tmp_path: Path, url: str, point: str, by: signal.Signals) -> None:
    """P1, K2: each line stands once and in order; whoever was stopped in between sends nothing when it wakes."""
    assert await struck(tmp_path, url, point, by) == ["Hi acme", "Hi again", "Hi once more", "Hi for the last time"]
