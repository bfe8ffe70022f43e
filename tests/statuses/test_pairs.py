"""Who drives whom (S3): pairs in their life."""

import pytest

from chaport_sync.sandbox.faults import Kind
from tests.statuses.steps import LEASE, LUNCH, OFFLINE, ONLINE, SLOWLY, TRAINING, polls, polls_for, sent, settled, shown
from tests.world import World, only

SEAT = (
    'agents.pairs = [{ agent = "ann@acme.example", operator = "seat@acme.example" },'
    ' { agent = "bob@acme.example", operator = "seat@acme.example" }]'
)


async def test_a_shared_seat_is_as_available_as_anybody_there(world: World) -> None:
    """S3: the operator has the most available verdict of its agents, and goes offline with the last of them."""
    ann = world.deskie.add_agent("Ann", "ann@acme.example", OFFLINE)
    bob = world.deskie.add_agent("Bob", "bob@acme.example", ONLINE)
    world.chaport.add_operator("Seat", "seat@acme.example")
    await settled(
        world,
        SEAT,
        "status.offline_grace = 0",
        f'status.map.{TRAINING} = "invisible"',
        f'status.map.{LUNCH} = "keep"',
    )
    found = []
    for one, other in ((OFFLINE, ONLINE), (TRAINING, OFFLINE), (TRAINING, LUNCH), (ONLINE, LUNCH), (OFFLINE, OFFLINE)):
        world.deskie.set_status(ann, one)
        world.deskie.set_status(bob, other)
        await polls(world)
        found += shown(world)
    assert found == ["online", "away", "away", "online", "offline"]


async def test_keep_holds_a_shared_seat(world: World) -> None:
    """S3: while one of them is at lunch the seat stays as it is, though the other has gone."""
    world.deskie.add_agent("Ann", "ann@acme.example", LUNCH)
    bob = world.deskie.add_agent("Bob", "bob@acme.example", ONLINE)
    world.chaport.add_operator("Seat", "seat@acme.example")
    await settled(world, SEAT, SLOWLY, "status.offline_grace = 0", f'status.map.{LUNCH} = "keep"')
    world.deskie.set_status(bob, OFFLINE)
    await polls_for(world, 2 * LEASE)
    assert shown(world) == ["online"]


async def test_one_agent_drives_several_operators(world: World) -> None:
    """S3: an agent with two pairs takes both operators along."""
    ann = world.deskie.add_agent("Ann", "ann@acme.example")
    shop = world.chaport.add_operator("Shop", "shop@acme.example")
    world.chaport.add_operator("Help", "help@acme.example")
    both = f'[{{ agent = {ann.id}, operator = "{shop.id}" }}, {{ agent = {ann.id}, operator = "help@acme.example" }}]'
    await settled(world, f"agents.pairs = {both}", "status.offline_grace = 0")
    assert shown(world) == ["online", "online"]
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    assert shown(world) == ["offline", "offline"]


async def test_an_explicit_pair_leaves_the_owner_of_the_address_in(world: World) -> None:
    """S3: an operator with an explicit pair is still shared with the unpaired agent of its own address."""
    world.deskie.add_agent("Ann", "ann@acme.example", OFFLINE)
    bob, _ = world.pair("Bob", OFFLINE)
    pairs = '[{ agent = "ann@acme.example", operator = "bob@acme.example" }]'
    await settled(world, f"agents.pairs = {pairs}")
    assert shown(world) == ["offline"]
    world.deskie.set_status(bob, ONLINE)
    await polls(world)
    assert shown(world) == ["online"]
    assert only(world.events("status.changed"))["agents"] == ["ann@acme.example", "bob@acme.example"]


async def test_who_is_not_to_be_touched(world: World) -> None:
    """S3: excluded agents, the daemon's own agent and operators without an agent are left alone."""
    world.pair("Ann", OFFLINE)
    world.chaport.add_operator("Sync", world.deskie.api_agent.email)
    world.chaport.add_operator("Eve", "eve@acme.example")
    for operator in world.chaport.operators:
        world.chaport.operator_sets(operator, "online")
    await settled(world, 'agents.exclude = ["ANN@acme.example"]', "status.offline_grace = 0", SLOWLY)
    await polls(world, 10)
    assert (shown(world), sent(world)) == (["online"] * 3, [])
    assert world.events("agent.unpaired", "status.changed") == []


@pytest.mark.parametrize("exclude", ['["ann@acme.example"]', "[{id}]", '["{id}"]'])
async def test_a_pair_that_the_configuration_ends(world: World, exclude: str) -> None:
    """S3: a pair that ends is released: nothing more is written, and its lease runs out."""
    ann, _ = world.pair("Ann")
    await settled(world, SLOWLY)
    await world.start("agents.exclude = " + exclude.replace("{id}", str(ann.id)))
    await polls_for(world, LEASE - 240)
    assert shown(world) == ["online"]
    await polls(world, 2)
    assert shown(world) == ["offline"]
    assert sent(world) == []


async def test_a_pair_that_ends_with_its_agent(world: World) -> None:
    """S3: nobody writes for an agent who is gone, neither offline nor renewals; a new pair starts afresh."""
    ann, _ = world.pair("Ann")
    await settled(world, SLOWLY)
    world.deskie.delete_agent(ann)
    await polls_for(world, LEASE + 240)
    assert (shown(world), sent(world)) == (["offline"], [])
    world.deskie.add_agent("Ann", "ann@acme.example")
    await polls(world)
    assert shown(world) == ["online"]


async def test_a_released_pair_is_not_held(world: World) -> None:
    """S3, S8: who is no longer paired when Deskie fails is not renewed with the others."""
    ann, jon = world.pair("Ann")
    _, bob = world.pair("Bob")
    await settled(world, SLOWLY)
    world.deskie.delete_agent(ann)
    await polls(world, 2)
    world.sandbox.faults.outage("deskie")
    await polls_for(world, LEASE)
    assert shown(world, jon, bob) == ["offline", "online"]
    assert sent(world, jon) == []


@pytest.mark.parametrize("fault", ["shifted_page", "duplicate_page"])
async def test_an_agent_between_two_pages_is_not_gone(world: World, fault: Kind) -> None:
    """S3, P2: pages shift while they are read; a seat is not decided without an agent who is missing once."""
    world.deskie.add_agent("Ann", "ann@acme.example", OFFLINE)
    for number in range(98):
        world.deskie.add_agent(f"agent{number}", f"agent{number}@acme.example", OFFLINE)
    world.deskie.add_agent("Bob", "bob@acme.example", ONLINE)
    world.deskie.add_agent("Cay", "cay@acme.example", OFFLINE)
    world.chaport.add_operator("Seat", "seat@acme.example")
    await settled(world, SEAT, "status.offline_grace = 0")
    for _ in range(3):
        world.sandbox.faults.add(fault, side="deskie", path="staff.json")
        assert (await polls(world)).good
        assert shown(world) == ["online"]
        await polls(world)
    assert world.events("status.grace_started", "status.manual") == []
    assert sent(world) == []


async def test_who_is_online_is_seen_whoever_is_missing(world: World) -> None:
    """S2, S3: an agent who comes online need not wait for one who is missing for the first time."""
    ann = world.deskie.add_agent("Ann", "ann@acme.example", TRAINING)
    bob = world.deskie.add_agent("Bob", "bob@acme.example", OFFLINE)
    world.chaport.add_operator("Seat", "seat@acme.example")
    await settled(world, SEAT, f'status.map.{TRAINING} = "invisible"')
    assert shown(world) == ["away"]
    world.deskie.delete_agent(ann)
    world.deskie.set_status(bob, ONLINE)
    await polls(world)
    assert shown(world) == ["online"]


@pytest.mark.parametrize("status", [TRAINING, LUNCH], ids=["invisible", "keep"])
async def test_who_is_seen_available_ends_the_wait_whoever_is_missing(world: World, status: int) -> None:
    """S3, S4: a poll without somebody decides nothing, but an agent who is seen available in it is available."""
    ann = world.deskie.add_agent("Ann", "ann@acme.example", ONLINE)
    bob = world.deskie.add_agent("Bob", "bob@acme.example", OFFLINE)
    world.chaport.add_operator("Seat", "seat@acme.example")
    mapped = (f'status.map.{TRAINING} = "invisible"', f'status.map.{LUNCH} = "keep"')
    await settled(world, SEAT, "status.offline_grace = 60", *mapped)
    world.deskie.set_status(ann, OFFLINE)
    await polls_for(world, 50)
    world.deskie.delete_agent(ann)
    world.deskie.set_status(bob, status)
    await polls(world)
    assert len(world.events("status.grace_cancelled")) == 1
    world.deskie.set_status(bob, OFFLINE)
    await polls_for(world, 50)
    assert "offline" not in shown(world)
    await polls_for(world, 30)
    assert shown(world) == ["offline"]


async def test_an_operator_that_is_missing_once_is_not_released(world: World) -> None:
    """S3: what is remembered of an operator is kept for one poll without it."""
    _, jon = world.pair("Ann")
    _, bob = world.pair("Bob")
    await settled(world)
    world.chaport.operators = [bob]
    await polls(world)
    world.chaport.operators = [jon, bob]
    await polls(world)
    assert sent(world) == []
    assert shown(world) == ["online", "online"]


async def test_an_agent_that_is_missing_twice_is_gone(world: World) -> None:
    """S3, P2: the second poll without the only one who was online takes the seat offline."""
    world.deskie.add_agent("Ann", "ann@acme.example", OFFLINE)
    bob = world.deskie.add_agent("Bob", "bob@acme.example", ONLINE)
    world.chaport.add_operator("Seat", "seat@acme.example")
    await settled(world, SEAT, "status.offline_grace = 0")
    world.deskie.delete_agent(bob)
    await polls(world)
    assert shown(world) == ["online"]
    await polls(world)
    assert shown(world) == ["offline"]
