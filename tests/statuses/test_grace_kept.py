"""The wait before offline is a stored time: restarts, gaps and wrong clocks (S4)."""

import pytest

from chaport_sync.sandbox.requests import Side
from tests.statuses.steps import GRACE, OFFLINE, ONLINE, POLL, polls, sent, settled, shown, until_good
from tests.world import World


@pytest.mark.parametrize("crash", [False, True], ids=["restart", "crash"])
async def test_the_wait_is_kept_over_a_restart(world: World, crash: bool) -> None:  # noqa: FBT001
    """S4: the time that the daemon was away counts; offline comes after the second good poll."""
    ann, _ = world.pair("Ann")
    await settled(world)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    if crash:
        world.app.store.close()
    await world.stop()
    world.wait(GRACE - POLL)
    await world.start()
    await world.statuses()
    assert shown(world) == ["online"]
    await polls(world)
    assert shown(world) == ["offline"]


async def test_a_restart_does_not_shorten_the_wait(world: World) -> None:
    """S4: three restarts later the end of the wait is where it was."""
    ann, _ = world.pair("Ann")
    await settled(world)
    world.deskie.set_status(ann, OFFLINE)
    for _ in range(3):
        await polls(world, 4)
        await world.start()
    await world.statuses()
    assert shown(world) == ["online"]
    await polls(world)
    assert shown(world) == ["offline"]
    assert len(world.events("status.grace_started")) == 1


async def test_after_a_start_offline_needs_a_second_poll(world: World) -> None:
    """S4: the first poll after a start takes nobody offline, even without a grace."""
    _, jon = world.pair("Jon", OFFLINE)
    world.chaport.operator_sets(jon, "online")
    await world.start("status.offline_grace = 0")
    await world.statuses()
    assert (shown(world), sent(world)) == (["online"], [])
    await polls(world)
    assert shown(world) == ["offline"]


@pytest.mark.parametrize(
    ("seconds", "confirmed"),
    [
        pytest.param(3 * POLL, True, id="three polls"),
        pytest.param(3 * POLL + 1, False, id="more than three polls"),
        pytest.param(8 * 3600, False, id="a night"),
    ],
)
async def test_after_a_gap_offline_needs_a_second_poll(
    world: World,
    seconds: float,
    confirmed: bool,  # noqa: FBT001
) -> None:
    """S4: after more than three polls without a good one the first poll takes nobody offline."""
    ann, _ = world.pair("Ann")
    await settled(world, "status.offline_grace = 0", "status.lease = 86400")
    world.wait(seconds)
    world.deskie.set_status(ann, OFFLINE)
    await world.statuses()
    assert shown(world) == ["offline" if confirmed else "online"]
    await polls(world)
    assert shown(world) == ["offline"]


@pytest.mark.parametrize("side", ["deskie", "chaport"])
async def test_an_outage_is_a_gap(world: World, side: Side) -> None:
    """S4: the service is back, but its first answer may be half awake."""
    ann, _ = world.pair("Ann")
    await settled(world, "status.offline_grace = 0")
    world.sandbox.faults.outage(side)
    await polls(world, 10)
    world.sandbox.faults.recover(side)
    world.deskie.set_status(ann, OFFLINE)
    await until_good(world)
    assert shown(world) == ["online"]
    world.deskie.set_status(ann, ONLINE)
    await polls(world, 4)
    assert {body["status"] for body in sent(world)} <= {"online"}


@pytest.mark.parametrize("error", [-3600.0, -30.0], ids=["an hour", "half a minute"])
async def test_a_clock_that_is_stepped_back_restarts_the_wait(world: World, error: float) -> None:
    """S4: the wait is never shorter than the grace, and ends all the same."""
    ann, _ = world.pair("Ann")
    await settled(world)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    world.clock.error = error
    await polls(world, GRACE // POLL)
    assert shown(world) == ["online"]
    await polls(world, 3)
    assert shown(world) == ["offline"]


async def test_a_clock_that_jumps_ahead_takes_nobody_offline_by_itself(world: World) -> None:
    """S4: the wait seems over, but a second poll must confirm it, and it finds the agent back."""
    ann, _ = world.pair("Ann")
    await settled(world)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    world.clock.error = 3600.0
    await polls(world)
    world.deskie.set_status(ann, ONLINE)
    await polls(world, 3)
    assert {body["status"] for body in sent(world)} == {"online"}


async def test_slow_answers_are_no_gap(world: World) -> None:
    """S4, P2: where each poll takes longer than three polls, offline is written nevertheless."""
    ann, _ = world.pair("Ann")
    await settled(world, "status.poll = 1", "status.offline_grace = 0")
    world.sandbox.faults.add("latency", side="deskie", times=None, seconds=5.0)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world, 3, every=1)
    assert shown(world) == ["offline"]
