"""This machine's clock and those of the services: what is said of a difference, and what it does not do."""

import asyncio
from collections.abc import Mapping
from email.utils import formatdate

import httpx
import pytest

from chaport_sync.api.errors import Unavailable
from chaport_sync.remembered import Remembered
from chaport_sync.store import Store
from tests.api.accounts import Account
from tests.daemon.running import running
from tests.virtual_time import START, VirtualTime
from tests.world import World


def _remembered(world: World) -> Mapping[str, float]:
    """Return what `status` finds of the clocks."""
    store = Store.copy_of(world.folder / "state.db")
    try:
        return Remembered(world.folder / "state.db", store, running=True, now=world.now()).clocks
    finally:
        store.close()


@pytest.mark.parametrize("error", [90.0, -90.0, 3600.0, -3600.0])
async def test_a_difference_is_told_once(world: World, error: float) -> None:
    """A difference of more than a minute is a warning for each service, once; once it is over that is said."""
    world.pair("Ann")
    async with running(world):
        await asyncio.sleep(120)
        assert not world.events("clock.differs", "clock.agrees")
        world.clock.error = error
        await asyncio.sleep(600)
        told = world.events("clock.differs")
        assert sorted(event["service"] for event in told) == ["Chaport", "Deskie"]
        for event in told:
            assert event["log_level"] == "warning"
            assert event["seconds"] == pytest.approx(error, abs=2)
            assert event["hint"].endswith("let this machine keep time by NTP")
        assert _remembered(world) == pytest.approx({"Chaport": error, "Deskie": error}, abs=2)
        world.clock.error = 0.0
        await asyncio.sleep(300)
        assert sorted(event["service"] for event in world.events("clock.agrees")) == ["Chaport", "Deskie"]
        assert len(world.events("clock.differs")) == 2
        assert _remembered(world) == {}


async def test_another_difference_is_told_again(world: World) -> None:
    """What is told is how it is now."""
    world.pair("Ann")
    async with running(world):
        for error in (600.0, 1200.0):
            world.clock.error = error
            await asyncio.sleep(300)
        assert [round(event["seconds"], -2) for event in world.events("clock.differs")] == [600, 600, 1200, 1200]


@pytest.mark.parametrize(("error", "slow"), [(50.0, 1.0), (0.0, 19.0), (-45.0, 19.0)])
async def test_what_is_no_difference(world: World, error: float, slow: float) -> None:
    """Less than a minute is not worth a word, and slow answers do not make more of it."""
    world.pair("Ann")
    world.sandbox.faults.add("latency", times=None, seconds=slow)
    async with running(world):
        world.clock.error = error
        await asyncio.sleep(1200)
        assert not world.events("clock.differs")


@pytest.mark.parametrize("error", [3600.0, -3600.0])
async def test_a_lease_that_ends_at_a_time_of_day(world: World, error: float) -> None:
    """S5: a lifetime that is sent as a time ends when it is that time in Chaport."""
    _, operator = world.pair("Ann")
    async with running(world, 'chaport.lifetime_field = "validUntil"'):
        world.clock.error = error
        await asyncio.sleep(120)
        assert world.chaport.status_of(operator) == "online"
        await asyncio.sleep(3000)
        assert world.chaport.status_of(operator) == "online"
    world.wait(700)
    assert world.chaport.status_of(operator) == "offline"


async def test_a_date_in_retry_after_is_the_servers(time: VirtualTime) -> None:
    """P4: a wait that ends at a time of day ends when it is that time there."""
    there = START.timestamp() + 7200
    headers = {"Date": formatdate(there, usegmt=True), "Retry-After": formatdate(there + 90, usegmt=True)}
    account = Account(httpx.Response(503, headers=headers), time=time)
    with pytest.raises(Unavailable) as raised:
        await account.deskie.agents()
    assert raised.value.retry_after == pytest.approx(90, abs=1.5)
