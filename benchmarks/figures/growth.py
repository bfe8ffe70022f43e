"""What an operator, a visitor and a line cost among few and many, and a cycle with few chats remembered and many."""

import time
from collections.abc import Iterator
from functools import partial

from benchmarks import lines, reading, statuses
from benchmarks.remembered import remember
from benchmarks.row import Goal, Row
from benchmarks.worlds import in_a_world
from tests.world import World

MOST, FEW, TIMES = 3.0, 100, 5
#: How many there are of each, besides few.
MANY, MANY_CHATS = (1000, 10_000), (1000, 10_000, 100_000)


def rows(*, small: bool) -> Iterator[Row]:
    """Measure each number, and compare it with the smallest: what stays near 1 grows linearly."""
    few, many, many_chats = (10, (20,), (20,)) if small else (FEW, MANY, MANY_CHATS)
    goal, among = Goal("ratio", MOST), f"among {few}"
    operators = [in_a_world(partial(statuses.measure, count=number)) for number in (few, *many)]
    for each in operators[1:]:
        figure = f"status cycle, an operator of {each.operators:,}"
        yield Row(figure, each.each("cycle"), "µs", operators[0].each("cycle"), among, goal)
    for cost in reading.all_costs((few, *many)):
        if cost.known != few:
            figure = f"chat cycle, {cost.cycle}, a visitor of {cost.known:,}"
            yield Row(figure, cost.microseconds, "µs", cost.microseconds / cost.ratio, among, goal)
    for line in lines.measured((few, *many)):
        if line.number == many[-1]:
            figure = f"{line.what}, a line of {line.number:,}"
            yield Row(figure, line.microseconds, "µs", line.microseconds / line.ratio, among, goal)
    remembered = {number: in_a_world(partial(cycle, chats=number)) for number in (few, *many_chats)}
    for number in many_chats:
        figure = f"chat cycle, nothing happens, {number:,} chats remembered"
        yield Row(figure, remembered[number], "ms", remembered[few], f"with {few}", goal)


async def cycle(world: World, chats: int) -> float:
    """Return the milliseconds of a cycle that finds nothing new, with so many chats remembered."""
    world.pair("Ann")
    app = await world.start("status.enabled = false")
    remember(app.store, chats, world.now())
    taken = []
    for _ in range(TIMES):
        began = time.process_time()
        assert (await world.transcripts()).well
        taken.append(time.process_time() - began)
        world.wait(20)
    return 1000 * min(taken)
