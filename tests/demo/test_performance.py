"""The performance itself, over real HTTP and in real time, as far as a test can wait."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from chaport_sync.cli.demo.playback import StoryClock, perform
from chaport_sync.sandbox.story.play import Play
from tests.logs.log_lines import restored

_restored = pytest.fixture(autouse=True)(restored)


class Impatient:
    """A view that interrupts the performance as soon as the daemon works, as Ctrl-C does."""

    def __init__(self) -> None:
        self.shown = 0
        self.told: list[str] = []

    def show(self, play: Play) -> None:
        """Count."""
        assert not play.over
        self.shown += 1

    def tell(self, at: float, event: dict[str, Any]) -> None:
        """Interrupt once."""
        assert at >= 0
        self.told.append(event["event"])
        if event["event"] == "daemon.ready":
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.processes
async def test_a_signal_ends_it_cleanly(tmp_path: Path) -> None:
    """The daemon stops, both servers are closed, nothing goes on."""
    view = Impatient()
    assert await perform(tmp_path, view, speed=5) is None
    assert view.shown
    assert view.told[-2:] == ["daemon.stopping", "daemon.stopped"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.processes
async def test_the_clock_keeps_one_time_at_any_speed() -> None:
    """Both clocks and the sleep agree, and a clock of the same time is not stopped with the other."""
    clock = StoryClock(speed=50)
    another = clock.another()
    clock.stop()
    began, at_first = another.now(), another.monotonic()
    await another.sleep(5)
    assert another.now() - began == pytest.approx(another.monotonic() - at_first, abs=1)
    assert another.now() - began >= 4.9
    assert another.utc().timestamp() == pytest.approx(clock.now(), abs=1)
