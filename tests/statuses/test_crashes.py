"""Writes whose outcome nobody saw must not look like a person's change (S7, P8)."""

import asyncio
from contextlib import suppress

import pytest

from chaport_sync.clock import Stopping
from tests.statuses.steps import LEASE, OFFLINE, ONLINE, POLL, TRAINING, path_of, polls, sent, settled, shown
from tests.world import World

POLICIES = pytest.mark.parametrize("policy", ['"override"', '"respect"'])


@POLICIES
@pytest.mark.parametrize("downtime", [0, 60, 400], ids="{}s".format)
async def test_a_crash_after_the_write_took_effect(world: World, policy: str, downtime: int) -> None:
    """S7: the status was recorded before it was sent, so it is known as ours after a crash."""
    ann, jon = world.pair("Ann", OFFLINE)
    world.chaport.operator_sets(jon, "online")
    await settled(world, f"status.manual_change = {policy}", "status.offline_grace = 0")
    assert shown(world) == ["offline"]
    world.sandbox.faults.add("reset_after", side="chaport", path=path_of(jon), times=None)
    world.deskie.set_status(ann, ONLINE)
    await polls(world)
    await world.stop()
    world.sandbox.faults.clear()
    world.wait(downtime)
    await world.start()
    for _ in range(LEASE // 45):
        await polls(world, every=45)
        assert shown(world) == ["online"]
    assert world.events("status.manual") == []


@POLICIES
@pytest.mark.parametrize("delay", [1.0, 10.0, 40.0], ids="effect after {}s".format)
async def test_a_crash_before_the_write_took_effect(world: World, policy: str, delay: float) -> None:
    """S7: Chaport executes what it got although the daemon that sent it is dead, or alive again."""
    ann, jon = world.pair("Ann", OFFLINE)
    world.chaport.operator_sets(jon, "away")
    await settled(world, f"status.manual_change = {policy}", "status.offline_grace = 0")
    world.sandbox.faults.add("late_effect", side="chaport", path=path_of(jon), delay=delay)
    world.deskie.set_status(ann, ONLINE)
    world.wait(POLL)
    cycle = asyncio.create_task(world.statuses())
    await asyncio.sleep(0.5)
    cycle.cancel()
    await asyncio.gather(cycle, return_exceptions=True)
    world.deskie.set_status(ann, OFFLINE)
    await world.start()
    for _ in range(4):
        await world.statuses()
        await asyncio.sleep(POLL)
    assert shown(world) == ["offline"]
    assert world.events("status.manual") == []


async def nobody_is_blamed(world: World) -> None:
    """A few polls later the operator is offline, and no person is said to have set anything."""
    for _ in range(10):
        await asyncio.sleep(POLL)
        await world.statuses()
    assert shown(world) == ["offline"]
    assert world.events("status.manual") == []


@POLICIES
async def test_an_effect_after_a_time_out_and_a_change_of_mind(world: World, policy: str) -> None:
    """S7: a write that was given up takes effect after the next one; it is put right, and nobody is blamed."""
    ann, jon = world.pair("Ann", OFFLINE)
    world.chaport.operator_sets(jon, "away")
    await settled(world, f"status.manual_change = {policy}", "status.offline_grace = 0")
    world.sandbox.faults.add("late_effect", side="chaport", path=path_of(jon), times=2, delay=60.0)
    world.deskie.set_status(ann, ONLINE)
    await polls(world)
    world.deskie.set_status(ann, OFFLINE)
    await nobody_is_blamed(world)


@POLICIES
async def test_an_effect_of_a_repeated_request(world: World, policy: str) -> None:
    """S7: the request was repeated and answered, the status changed since, and then the first one takes effect."""
    ann, jon = world.pair("Ann", OFFLINE)
    world.chaport.operator_sets(jon, "away")
    await settled(world, f"status.manual_change = {policy}", "status.offline_grace = 0")
    world.sandbox.faults.add("late_effect", side="chaport", path=path_of(jon), delay=50.0)
    world.deskie.set_status(ann, ONLINE)
    await polls(world)
    assert shown(world) == ["online"]
    world.deskie.set_status(ann, OFFLINE)
    await asyncio.sleep(POLL)
    await world.statuses()
    assert shown(world) == ["offline"]
    await nobody_is_blamed(world)


@POLICIES
async def test_an_effect_of_a_lost_renewal(world: World, policy: str) -> None:
    """S7: a renewal that was given up takes effect after the agent has gone; it is put right, and nobody is blamed."""
    ann, jon = world.pair("Ann")
    await settled(world, f"status.manual_change = {policy}", "status.offline_grace = 0")
    world.sandbox.faults.add("late_effect", side="chaport", path=path_of(jon), times=2, delay=60.0)
    while not sent(world):
        await polls(world)
    world.deskie.set_status(ann, OFFLINE)
    await nobody_is_blamed(world)


@POLICIES
async def test_a_stop_between_two_attempts(world: World, policy: str) -> None:
    """S7, P8: the first attempt took effect without an answer; the daemon is stopped before the second."""
    ann, jon = world.pair("Ann", OFFLINE)
    world.chaport.operator_sets(jon, "away")
    await settled(world, f"status.manual_change = {policy}", "status.offline_grace = 0")
    world.sandbox.faults.add("reset_after", side="chaport", path=path_of(jon))
    world.deskie.set_status(ann, ONLINE)
    world.wait(POLL)
    clock = world.app.clock
    cycle = asyncio.create_task(world.statuses())
    while not sent(world):  # noqa: ASYNC110 - nothing else tells
        await asyncio.sleep(0.001)
    clock.stop()
    with suppress(Stopping):
        await cycle
    assert len(sent(world)) == 1
    await world.start()
    for _ in range(LEASE // 45):
        await polls(world, every=45)
        assert shown(world) == ["online"]
    assert world.events("status.manual") == []


@POLICIES
async def test_a_refusal_after_an_attempt_that_took_effect(world: World, policy: str) -> None:
    """S7: a reset, then a limit that is reached: the write may have had its effect all the same."""
    ann, jon = world.pair("Ann", OFFLINE)
    world.chaport.operator_sets(jon, "away")
    await settled(world, f"status.manual_change = {policy}", "status.offline_grace = 0")
    world.sandbox.faults.add("reset_after", side="chaport", path=path_of(jon))
    world.sandbox.faults.add("too_many", side="chaport", path=path_of(jon), retry_after=60)
    world.deskie.set_status(ann, ONLINE)
    await polls(world)
    assert shown(world) == ["online"]
    for _ in range(LEASE // 45):
        await polls(world, every=45)
        assert shown(world) == ["online"]
    assert world.events("status.manual") == []


@pytest.mark.parametrize("minutes", [6, 20])
async def test_an_attempt_is_not_suspected_for_ever(world: World, minutes: int) -> None:
    """S7: what was never executed does not explain a status that a person sets much later."""
    ann, jon = world.pair("Ann")
    await settled(world, 'status.manual_change = "respect"', "status.offline_grace = 0")
    world.sandbox.faults.add("reset_before", side="chaport", path=path_of(jon), times=4)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    world.deskie.set_status(ann, ONLINE)
    await polls(world, minutes * 4)
    assert shown(world) == ["online"]
    world.chaport.operator_sets(jon, "offline")
    await polls(world, 10)
    assert shown(world) == ["offline"]
    assert len(world.events("status.manual")) == 1


async def test_a_stop_changes_nothing(world: World) -> None:
    """P8: the cycle that is told to stop writes no more, and the statuses stay as they are."""
    agents = [world.pair(f"agent{number}", OFFLINE)[0] for number in range(5)]
    await settled(world, f'status.map.{TRAINING} = "invisible"')
    for agent in agents:
        world.deskie.set_status(agent, TRAINING)
    world.app.clock.stop()
    with suppress(Stopping):
        await world.statuses()
    assert set(shown(world)) == {"offline"}
    await world.start()
    await world.statuses()
    assert set(shown(world)) == {"away"}


async def test_a_stop_between_two_writes(world: World) -> None:
    """P8: the write under way is finished, and no further one begun."""
    agents = [world.pair(f"agent{number}", OFFLINE)[0] for number in range(3)]
    await settled(world)
    for agent in agents:
        world.deskie.set_status(agent, ONLINE)
    world.sandbox.faults.add("latency", side="chaport", method="POST", seconds=2.0)
    asyncio.get_running_loop().call_later(1.0, world.app.clock.stop)
    report = await world.statuses()
    assert (len(report.written), len(sent(world))) == (1, 1)
    assert not any(state.attempted for state in world.app.store.statuses.operators().values())


async def test_a_clock_set_back_during_the_downtime(world: World) -> None:
    """S7: a lease that seems to reach into the future is no proof that a person ended it."""
    world.pair("Ann")
    await settled(world, 'status.manual_change = "respect"')
    await world.stop()
    world.wait(LEASE)
    await world.start()
    world.clock.error = -7200.0
    await world.statuses()
    assert shown(world) == ["online"]
    assert world.events("status.manual") == []
