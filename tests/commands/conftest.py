"""What tests of the commands ask for."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from chaport_sync import app
from chaport_sync.cli import check, init, once
from chaport_sync.doctor.examination import examine
from chaport_sync.setup import gather
from tests.commands.asking import Asking
from tests.commands.setting_up import Newcomer
from tests.virtual_time import JumpingLoop
from tests.world import World


@pytest.fixture
def asking(world: World, capsys: pytest.CaptureFixture[str]) -> Asking:
    """The commands, on the world's state file."""
    return Asking(world, capsys)


@pytest.fixture
def newcomer(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Newcomer:
    """A newcomer at a terminal, to whom both accounts answer; the pace of requests takes no time."""
    monkeypatch.setattr(asyncio.events, "new_event_loop", lambda: JumpingLoop(world.time))
    over = world.sandbox.transport()
    for module, name in ((gather, "connect_both"), (once, "build")):
        monkeypatch.setattr(module, name, partial(getattr(app, name), over=over))
    monkeypatch.setattr(check, "examine", partial(examine, over=over))
    monkeypatch.setattr(init, "has_terminal", lambda: True)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    world.pair("Ann")
    world.pair("Bob")
    folder = tmp_path / "etc"
    folder.mkdir()
    return Newcomer(world, folder)
