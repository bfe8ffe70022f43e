"""A world, and the report of it as an administrator makes it."""

from pathlib import Path

import pytest

from tests.report.reporting import Reporting
from tests.world import World


@pytest.fixture
def reporting(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Reporting:
    """Return what makes reports of the world; the journal is empty."""
    return Reporting(world, monkeypatch, capsys)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Return where the report goes."""
    return tmp_path / "report.txt"
