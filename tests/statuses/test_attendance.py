"""The chat leaves the website with the last operator, and comes back with the first: both are told."""

from tests.statuses.steps import GRACE, HOLD, LEASE, OFFLINE, ONLINE, SLOWLY, polls_for, settled, until_good
from tests.world import World


def told(world: World) -> list[tuple[str, int]]:
    """Return what was told of it, with how many are online."""
    events = world.events("status.nobody_online", "status.somebody_online")
    return [(event["event"].removeprefix("status."), event["online"]) for event in events]


async def test_the_last_one_leaves_and_the_first_is_back(world: World) -> None:
    """Told once each time, and not of those who leave others behind."""
    ann, _ = world.pair("Ann")
    bob, _ = world.pair("Bob")
    await settled(world)
    assert told(world) == [("somebody_online", 2)]
    world.deskie.set_status(ann, OFFLINE)
    await polls_for(world, GRACE + 60)
    assert told(world) == [("somebody_online", 2)]
    world.deskie.set_status(bob, OFFLINE)
    await polls_for(world, GRACE + 60)
    assert told(world)[1:] == [("nobody_online", 0)]
    world.deskie.set_status(ann, ONLINE)
    await polls_for(world, 60)
    assert told(world)[2:] == [("somebody_online", 1)]


async def test_leases_run_out_after_a_long_outage(world: World) -> None:
    """S8: what is not held any longer runs out, and the chat is gone although nothing was written."""
    world.pair("Ann")
    await settled(world, SLOWLY)
    world.sandbox.faults.add("error", side="deskie", path="staff.json", times=None, status=503)
    await polls_for(world, HOLD + LEASE + 240)
    assert told(world) == [("somebody_online", 1), ("nobody_online", 0)]


async def test_leases_run_out_while_chaport_cannot_be_read(world: World) -> None:
    """S5: when the last lease is over the chat is gone, although nobody can see it; a lease that is left is none."""
    world.pair("Ann")
    await settled(world, SLOWLY)
    world.sandbox.faults.outage("chaport")
    await polls_for(world, LEASE - 240)
    assert told(world) == [("somebody_online", 1)]
    await polls_for(world, 360)
    assert told(world) == [("somebody_online", 1), ("nobody_online", 0)]
    world.sandbox.faults.recover("chaport")
    await until_good(world)
    assert told(world)[2:] == [("somebody_online", 1)]


async def test_nobody_is_paired(world: World) -> None:
    """Without pairs nobody can be missed."""
    world.deskie.add_agent("Ann", "ann@acme.example", ONLINE)
    await settled(world)
    assert told(world) == []
