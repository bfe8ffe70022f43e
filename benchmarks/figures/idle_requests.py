"""Requests of an idle cycle, of each flow: against the floor, which is one request for each page and side."""

from collections.abc import Iterator
from functools import partial

from benchmarks.row import Goal, Row
from benchmarks.worlds import in_a_world
from chaport_sync.core.model import DAY
from chaport_sync.sandbox.company import make_company
from tests.world import World

CYCLES, PAGE, SETTLED = 10, 100, 1200.0


def rows(*, small: bool) -> Iterator[Row]:
    """Count the requests of a company in which nothing happens."""
    agents, visitors = (9, 5) if small else (199, 300)
    counted = in_a_world(partial(count, agents=agents, visitors=visitors, cycles=1 if small else CYCLES))
    # With the daemon's own agent; operators, visitors and cases are one page, of which nothing is new.
    floor = {"statuses": -(-(agents + 1) // PAGE) + 1, "transcripts": 1, "replies": 1}
    for flow, requests in counted.items():
        yield Row(f"requests of an idle cycle, {flow}", requests, "requests", floor[flow], "floor", Goal("ratio", 1.0))


async def count(world: World, agents: int, visitors: int, cycles: int) -> dict[str, float]:
    """Return how many requests a cycle of each flow takes, renewals aside: those are no reading."""
    make_company(world.sandbox, agents=agents, visitors=visitors)
    world.deskie.requests_per_minute = 6000
    world.wait(3 * DAY)
    app = await world.start("replies.enabled = true")
    await world.run(SETTLED if cycles > 1 else 40)
    found = {}
    for flow in app.flows:
        world.sandbox.forget_requests()
        for _ in range(cycles):
            world.wait(flow.poll)
            await flow.cycle()
        found[flow.name] = sum(each.method == "GET" for each in world.sandbox.journal) / cycles
    return found
