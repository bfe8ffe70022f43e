"""What the status flow costs (S6, P2): counted in the journal, with two hundred agents."""

from collections import Counter

from tests.statuses.steps import LEASE, OFFLINE, SLOWLY, polls, sent, settled, shown
from tests.world import World


async def test_a_steady_state_costs_one_read_per_side(world: World) -> None:
    """S6: each cycle costs one request per hundred agents and one for all operators, and writes due renewals only."""
    for number in range(200):
        world.pair(f"agent{number}", status=1 if number < 150 else OFFLINE)
    await settled(world, SLOWLY)
    cycles = LEASE // 120
    await polls(world, cycles)
    reads = Counter((request.side, request.path) for request in world.sandbox.journal if request.method == "GET")
    assert reads == {("deskie", "/api/staff.json"): 3 * cycles, ("chaport", "/api/v1/operators"): cycles}
    writes = Counter(path for _, path in world.writes("chaport"))
    assert len(writes) == 150
    assert set(writes.values()) <= {1, 2}
    assert {body["status"] for body in sent(world)} == {"online"}
    assert world.writes("deskie") == []


async def test_a_full_page_is_followed_by_no_empty_one(world: World) -> None:
    """S6: exactly a hundred agents, the daemon's own among them, are one request."""
    for number in range(99):
        world.pair(f"agent{number}", OFFLINE)
    await settled(world)
    await polls(world, 4)
    assert len(world.sandbox.requests_of("deskie")) == 4
    assert len(world.sandbox.requests_of("chaport")) == 4


async def test_everybody_comes_and_goes(world: World) -> None:
    """S6, P2: each change is one write an operator."""
    agents = [world.pair(f"agent{number}", OFFLINE)[0] for number in range(20)]
    await settled(world, "status.offline_grace = 0")
    for status in (1, OFFLINE, 1):
        for agent in agents:
            world.deskie.set_status(agent, status)
        await polls(world)
    assert set(shown(world)) == {"online"}
    assert Counter(path for _, path in world.writes("chaport")).most_common(1)[0][1] == 3
    assert len(sent(world)) == 60


async def test_nothing_is_recorded_when_nothing_happens(world: World) -> None:
    """S6: a steady state leaves the state file alone, also where a write has no effect."""
    world.pair("Ann", OFFLINE)
    _, jon = world.pair("Bob")
    world.chaport.quirks.ineffective.add(jon.id)
    await settled(world, "status.lease = 86400")
    await polls(world, 4)
    before = world.app.store.statuses.operators()
    await polls(world, 10)
    assert world.app.store.statuses.operators() == before
