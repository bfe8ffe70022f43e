"""What it costs when nothing happens (S6, T7)."""

from chaport_sync.sandbox.company import make_company
from tests.world import World

DAY = 86400.0


async def test_a_steady_state_of_200_agents_and_300_visitors(world: World) -> None:
    """S6, T7: per cycle one request per 100 agents, one for the operators, two for chats; no write but renewals."""
    make_company(world.sandbox, agents=199, visitors=300)
    world.deskie.requests_per_minute = 6000
    world.wait(3 * DAY)
    await world.start("chaport.requests_per_second = 100")
    await world.run(1200)
    world.sandbox.forget_requests()
    statuses = [await world.statuses() for _ in range(10)]
    agents = len(world.sandbox.requests_of("deskie", "GET"))
    operators = len(world.sandbox.requests_of("chaport", "GET"))
    assert len(world.deskie.staff) == 200
    assert (agents, operators) == (2 * 10, 1 * 10)
    assert all(decision.write.kind == "renewal" for each in statuses for decision in each.written if decision.write)
    world.sandbox.forget_requests()
    for _ in range(10):
        world.wait(20)
        await world.transcripts()
    assert len(world.sandbox.journal) == 2 * 10
