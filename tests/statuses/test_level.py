"""Every poll compares what is with what should be (S6)."""

import pytest

from chaport_sync.sandbox.faults import Kind
from tests.statuses.steps import GRACE, LEASE, OFFLINE, ONLINE, path_of, polls, sent, settled, shown, until_good
from tests.world import World, only


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "error", "html", "truncated", "hang"])
async def test_a_lost_write_heals_in_the_next_cycle(world: World, kind: Kind) -> None:
    """S6: whatever became of a write, the next poll sees what Chaport has and puts it right."""
    ann, jon = world.pair("Ann", OFFLINE)
    await settled(world)
    world.sandbox.faults.add(kind, side="chaport", path=path_of(jon), times=4)
    world.deskie.set_status(ann, ONLINE)
    await polls(world)
    world.sandbox.faults.clear()
    await polls(world)
    assert shown(world) == ["online"]
    await polls(world, 3)
    assert world.events("status.manual", "status.contested") == []


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "error"])
async def test_a_lost_offline_heals_too(world: World, kind: Kind) -> None:
    """S6: the grace is not waited twice."""
    ann, jon = world.pair("Ann")
    await settled(world)
    world.sandbox.faults.add(kind, side="chaport", path=path_of(jon), times=4)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world, GRACE // 15 + 1)
    world.sandbox.faults.clear()
    await polls(world)
    assert shown(world) == ["offline"]


async def test_it_is_the_level_that_counts(world: World) -> None:
    """S6: a difference is put right though no agent did anything: after a lease that lapsed, or any other cause."""
    _, jon = world.pair("Ann")
    await settled(world)
    world.sandbox.faults.outage("chaport")
    await polls(world, LEASE // 15 + 4)
    assert shown(world) == ["offline"]
    world.sandbox.faults.recover("chaport")
    await until_good(world)
    assert shown(world) == ["online"]
    assert world.events("status.manual") == []
    world.chaport.put_status(jon, "offline", None)
    await polls(world)
    assert shown(world) == ["online"]


async def test_the_status_in_effect_serves_where_the_chosen_one_is_missing(world: World) -> None:
    """S6: an account that gives only `realStatus` is understood."""
    world.chaport.quirks.last_status_missing = True
    ann, _ = world.pair("Ann")
    await settled(world, "status.offline_grace = 0")
    await polls(world, 4)
    assert (shown(world), sent(world)) == (["online"], [])
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    assert shown(world) == ["offline"]


async def test_the_status_last_chosen_counts_before_the_one_in_effect(world: World) -> None:
    """S6: where both are given `lastStatus` is compared: a write without effect is not repeated each cycle."""
    _, jon = world.pair("Ann")
    world.chaport.quirks.ineffective.add(jon.id)
    await settled(world)
    await polls(world, 10)
    assert sent(world) == []


async def test_no_status_at_all(world: World) -> None:
    """S6: while Chaport says nothing, what was written and still holds is taken as what is there."""
    world.chaport.quirks.last_status_missing = world.chaport.quirks.real_status_missing = True
    ann, _ = world.pair("Ann")
    await settled(world, "status.offline_grace = 0")
    await polls(world, 4)
    assert sent(world) == []
    world.deskie.set_status(ann, OFFLINE)
    await polls(world, 4)
    assert [body["status"] for body in sent(world)] == ["offline"]
    assert world.events("status.manual") == []


async def test_a_write_without_effect_is_told_once(world: World) -> None:
    """S6: three cycles after a write both words still differ: said once, with both, and not again for renewals."""
    _, jon = world.pair("Ann")
    world.chaport.quirks.ineffective.add(jon.id)
    await world.start()
    await world.statuses()
    await polls(world, 2)
    assert world.events("status.ineffective") == []
    await polls(world)
    assert only(world.events("status.ineffective")) == {
        "event": "status.ineffective",
        "log_level": "warning",
        "operator": "ann@acme.example",
        "agents": ["ann@acme.example"],
        "last_status": "online",
        "real_status": "offline",
    }
    await polls(world, LEASE // 15)
    await world.start()
    await polls(world, 4)
    assert len(world.events("status.ineffective")) == 1


async def test_an_effect_that_lags_is_none_of_that(world: World) -> None:
    """S6: two cycles are no reason to speak, and the next write is watched anew."""
    ann, jon = world.pair("Ann")
    await settled(world, "status.offline_grace = 0")
    world.chaport.quirks.ineffective.add(jon.id)
    await polls(world, 2)
    world.chaport.quirks.ineffective.clear()
    await polls(world, 1)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world, 2)
    world.chaport.quirks.ineffective.add(jon.id)
    world.deskie.set_status(ann, ONLINE)
    await polls(world, 3)
    assert world.events("status.ineffective") == []
    await polls(world, 1)
    assert len(world.events("status.ineffective")) == 1
