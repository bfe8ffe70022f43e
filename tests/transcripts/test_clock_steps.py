"""A clock that is set while the daemon runs: nothing waits for ever because of it, nothing ends early (P1, P7)."""

import asyncio
from contextlib import suppress

import pytest

from chaport_sync.store import StoreError
from tests.transcripts.stories import assert_mirrored, begin, body, shown_times
from tests.world import World

DAY = 86_400.0


async def test_what_was_put_off_by_a_clock_that_was_ahead(world: World) -> None:
    """P1: words that were read while the clock was a day ahead do not wait for that day."""
    story = await begin(world)
    world.clock.error = DAY
    world.sandbox.faults.outage("deskie")
    story.visitor_says("Hi")
    await world.run(60)
    world.sandbox.faults.clear()
    world.clock.error = 0
    await world.run(600)
    assert body(world.case()) == ["Hi"]


async def test_a_search_that_was_put_off(world: World) -> None:
    """T4: a case that appears is found soon after the clock was put right."""
    story = await begin(world, "cases.create = false")
    world.clock.error = DAY
    story.visitor_says("Hi")
    await world.run(60)
    world.clock.error = 0
    world.deskie.open_case(world.deskie.add_user("Mary", email="mary@mail.example"))
    await world.run(900)
    assert shown_times(world, "Hi") == 1


async def test_a_clock_that_was_ahead_for_a_part_of_one_cycle(world: World) -> None:
    """P1, T4: it is noticed where it is read, also if it was wrong at no cycle's beginning."""
    story = await begin(world, "cases.create = false")
    story.visitor_says("Hi")
    world.sandbox.faults.add("latency", side="chaport", path="chat", seconds=4)
    world.sandbox.faults.add("latency", side="deskie", path="users.json", seconds=8)
    cycle = asyncio.ensure_future(world.transcripts())
    await asyncio.sleep(2)
    world.clock.error = DAY
    await asyncio.sleep(6)
    assert not cycle.done()
    world.clock.error = 0
    await cycle
    world.deskie.open_case(world.deskie.add_user("Mary", email="mary@mail.example"))
    await world.run(900)
    assert shown_times(world, "Hi") == 1


async def test_an_unclear_outcome_and_a_clock_that_jumps_ahead(world: World) -> None:
    """P1: the 15 s before the look count by a clock that does not jump, so a late effect is still seen."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(10)
    world.sandbox.faults.add("late_effect", side="deskie", method="POST", path="messages.json", delay=33.0)
    story.visitor_says("Are you there?")
    await world.run(30)
    world.clock.error = 3600
    await world.run(120)
    assert body(world.case()) == ["Hi", "Are you there?"]


@pytest.mark.parametrize("hours", [23, 24 * 40])
async def test_nothing_is_forgotten_by_a_clock_that_is_wrong_for_a_while(world: World, hours: int) -> None:
    """P7: what a wrong clock makes look old is neither forgotten nor shown again, and what follows is shown."""
    story = await begin(world, "state.keep = 1")
    story.visitor_says("<1>")
    await world.run(3600)
    world.clock.error = hours * 3600
    await world.run(600)
    world.clock.error = 0
    story.visitor_says("<2>")
    await world.run(600)
    assert_mirrored(world)
    assert body(world.case()) == ["<1>", "<2>"]


async def test_a_disk_that_refuses_when_the_clock_is_put_right(world: World) -> None:
    """P1: what a wrong clock had put off is looked at anew as soon as that can be recorded."""
    story = await begin(world)
    world.clock.error = DAY
    world.sandbox.faults.outage("deskie")
    story.visitor_says("Hi")
    await world.run(60)
    world.clock.error = 0
    world.app.store.connection._sqlite.execute("PRAGMA query_only = ON")
    for _ in range(3):
        with suppress(StoreError):
            await world.transcripts()
        world.wait(20)
    world.app.store.connection._sqlite.execute("PRAGMA query_only = OFF")
    world.sandbox.faults.clear()
    await world.run(600)
    assert body(world.case()) == ["Hi"]
