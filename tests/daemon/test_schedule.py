"""The flows' turns while this machine's clock is set: they go by the clock that never steps (S5, P2, P10)."""

import asyncio
import time as real_time
from datetime import datetime, timedelta, tzinfo
from typing import Self

import pytest

from tests.daemon.running import running
from tests.virtual_time import START
from tests.world import World

HOUR, YEAR = 3600.0, 365 * 86400.0


class Wall:
    """The wall clock of the machine, for the daemon and for its scheduler."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self._world = world
        wall = self

        class WallTime(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Self:
                """Tell the time as this machine has it."""
                error = timedelta(seconds=wall.error + world.time.elapsed)
                return cls.fromtimestamp((START + error).timestamp(), tz)

        self.error = 0.0
        for module in ("apscheduler.schedulers.base", "chaport_sync.schedule"):
            monkeypatch.setattr(f"{module}.datetime", WallTime)

    def step(self, seconds: float) -> None:
        """Set the clock."""
        self.error += seconds
        self._world.clock.error = self.error


def _polls(world: World) -> int:
    return sum(request.path.endswith("/operators") for request in world.sandbox.requests_of("chaport"))


@pytest.mark.parametrize("step", [-YEAR, -HOUR, -90.0, -10.0, 10.0, HOUR, YEAR, 10 * YEAR])
async def test_polls_go_on_when_the_clock_is_set(world: World, monkeypatch: pytest.MonkeyPatch, step: float) -> None:
    """P2, S5: a clock that is set, backward or forward, keeps no flow from polling, and nobody goes offline."""
    wall = Wall(world, monkeypatch)
    _, operator = world.pair("Ann")
    async with running(world, "status.poll = 15", "status.lease = 60"):
        await asyncio.sleep(40)
        wall.step(step)
        world.sandbox.forget_requests()
        for _ in range(40):
            await asyncio.sleep(15)
            assert world.chaport.status_of(operator) == "online"
        assert 35 <= _polls(world) <= 45


async def test_polls_go_on_when_the_clock_is_set_again_and_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """P10: also where each step comes before the turn that the one before it put off."""
    wall = Wall(world, monkeypatch)
    _, operator = world.pair("Ann")
    async with running(world, "status.poll = 15", "status.lease = 60"):
        for _ in range(100):
            await asyncio.sleep(6)
            wall.step(-12)
        assert _polls(world) >= 30
        assert world.chaport.status_of(operator) == "online"


async def test_a_step_forward_costs_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """P10: turns that a clock seems to have missed are not counted one by one."""
    wall = Wall(world, monkeypatch)
    world.pair("Ann")
    async with running(world, "status.poll = 1", "transcripts.poll = 1"):
        await asyncio.sleep(5)
        wall.step(YEAR)
        began = real_time.process_time()
        await asyncio.sleep(5)
        assert real_time.process_time() - began < 5
