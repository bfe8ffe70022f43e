"""Leases and changes when Chaport's pace allows few requests: nobody lapses, nobody starves (S5, S6)."""

import pytest

from chaport_sync.sandbox.chaport.records import Operator
from chaport_sync.sandbox.deskie.records import Staff
from tests.statuses.steps import GRACE, HOLD, OFFLINE, ONLINE, TRAINING, moments, polls, sent, settled, shown
from tests.world import World

#: At a request a second a lease of a minute can be kept up for fifteen operators.
SLOW = ("chaport.requests_per_second = 1", "status.lease = 60")
FEW = 15


async def until_written(world: World, count: int) -> None:
    """Let cycles follow each other until so many statuses were written."""
    while len(sent(world)) < count:
        await polls(world, every=0)


def crowd(world: World, count: int, status: int = ONLINE) -> list[tuple[Staff, Operator]]:
    """Add so many pairs."""
    return [world.pair(f"agent{number}", status) for number in range(count)]


@pytest.mark.parametrize("count", [FEW, 4 * FEW])
async def test_nobody_lapses_for_want_of_pace(world: World, count: int) -> None:
    """S5: while all is well no lease runs out, however many there are to be renewed."""
    crowd(world, count)
    await world.start("transcripts.enabled = false", *SLOW)
    await world.statuses()
    await until_written(world, count)
    # Until each lease, of a minute or of four, has been renewed at least five times.
    for _ in range(100):
        world.wait(15 - world.time.elapsed % 15)
        # Before the poll: what has run out is written anew by it.
        assert set(shown(world)) == {"online"}
        await world.statuses()


async def test_a_lease_is_as_configured_while_that_can_be_kept_up(world: World) -> None:
    """S5: only who cannot be renewed otherwise is lent more."""
    crowd(world, FEW)
    await settled(world, *SLOW)
    await polls(world, 4)
    assert {body["ttl"] for body in sent(world)} == {60}


async def test_who_arrives_in_one_burst_is_counted_at_once(world: World) -> None:
    """S5: the first of a crowd is written with the lease that the crowd needs."""
    agents = [agent for agent, _ in crowd(world, 4 * FEW, OFFLINE)]
    await settled(world, *SLOW)
    for agent in agents:
        world.deskie.set_status(agent, ONLINE)
    await polls(world)
    assert {body["ttl"] for body in sent(world)} == {240}


async def test_a_burst_of_changes_lets_no_running_lease_end(world: World) -> None:
    """S5: changes go before renewals, but not before those of leases that are about to end."""
    early = [operator for _, operator in crowd(world, FEW)]
    late = [world.pair(f"late{number}", OFFLINE)[0] for number in range(8 * FEW)]
    await settled(world, *SLOW)
    await polls(world, 4)
    for agent in late:
        world.deskie.set_status(agent, ONLINE)
    while "offline" in shown(world):
        await polls(world, every=1)
        assert set(shown(world, *early)) == {"online"}


async def test_a_burst_is_cut_at_a_poll_and_decided_anew(world: World) -> None:
    """S6: who is back before being written offline is not written offline: lists are read anew meanwhile."""
    people = crowd(world, 4 * FEW)
    await settled(world, *SLOW, "status.lease = 3600", "status.offline_grace = 0")
    await polls(world, every=GRACE)
    for agent, _ in people:
        world.deskie.set_status(agent, OFFLINE)
    report = await polls(world)
    assert 1 <= len(report.written) <= 16
    for agent, _ in people:
        world.deskie.set_status(agent, ONLINE)
    world.sandbox.forget_requests()
    for _ in range(4):
        await polls(world, every=1)
    assert {body["status"] for body in sent(world)} == {"online"}
    assert set(shown(world)) == {"online"}


async def test_each_cycle_writes_something(world: World) -> None:
    """S6: where reading takes longer than a poll, writing still gets its turn, and as long a one."""
    people = crowd(world, 4 * FEW, OFFLINE)
    await settled(world, *SLOW)
    for agent, _ in people:
        world.deskie.set_status(agent, ONLINE)
    world.sandbox.faults.add("latency", side="deskie", method="GET", times=None, seconds=18)
    for _ in range(2):
        report = await polls(world)
        assert 16 <= len(report.written) <= 20


async def test_nobody_waits_behind_those_who_come_and_go_all_the_time(world: World) -> None:
    """S6: of several changes the one of whoever was written longest ago goes first."""
    ann, jon = world.pair("Ann")
    restless = [agent for agent, _ in crowd(world, 4 * FEW)]
    changing = ("status.lease = 3600", "status.offline_grace = 0", f'status.map.{TRAINING} = "invisible"')
    await world.start("transcripts.enabled = false", *SLOW, *changing)
    await until_written(world, len(restless) + 1)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    assert shown(world, jon) == ["offline"]
    for turn in range(9):
        for number, agent in enumerate(restless):
            world.deskie.set_status(agent, ONLINE if (number + turn) % 2 else TRAINING)
        if turn == 2:
            world.deskie.set_status(ann, ONLINE)
        await polls(world, every=1)
        assert shown(world, jon) == ["online"] or turn < 7


async def test_what_is_held_is_renewed_with_the_lease_in_force(world: World) -> None:
    """S8, S5: while the agents cannot be read no lease is cut short of what the pace can keep up."""
    crowd(world, 4 * FEW)
    await world.start("transcripts.enabled = false", *SLOW)
    await until_written(world, 4 * FEW)
    world.sandbox.faults.outage("deskie")
    world.sandbox.forget_requests()
    for _ in range(HOLD // 15 - 20):
        await polls(world, every=max(0.0, 15 - world.time.elapsed % 15))
        assert set(shown(world)) == {"online"}
    assert moments(world)
    assert {body["ttl"] for body in sent(world)} == {240}
