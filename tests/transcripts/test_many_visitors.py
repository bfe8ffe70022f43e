"""Many visitors at once, and none who waits behind the others (T7)."""

import asyncio

import pytest

from chaport_sync.api.chaport import SUSPICIOUS
from chaport_sync.sandbox.chaport.records import Bot, Chat
from chaport_sync.sync.concurrency import AT_ONCE
from tests.transcripts.stories import shown_times
from tests.world import World


def come(world: World, count: int, bot: Bot | None = None) -> list[Chat]:
    """Let so many visitors come, each of whom writes a few words."""
    chats = []
    for number in range(count):
        visitor = world.chaport.add_visitor(f"Visitor {len(world.chaport.visitors)}")
        chats.append(world.chaport.start_chat(visitor, bot))
        world.chaport.visitor_says(chats[-1], f"Hello {number:04}.")
    return chats


async def test_an_account_that_nobody_ever_visited(world: World) -> None:
    """T7: the first crowd of an account that was empty is found at once, on however many pages it stands."""
    world.pair("Ann")
    await world.start("status.enabled = false")
    await world.transcripts()
    world.wait(20)
    come(world, 60)
    await world.transcripts()
    assert [number for number in range(60) if not shown_times(world, f"Hello {number:04}.")] == []


async def test_all_visitors_were_deleted(world: World) -> None:
    """T7: nor is an account that became empty taken for one that was never looked at."""
    world.pair("Ann")
    come(world, 1)
    await world.start("status.enabled = false")
    await world.transcripts()
    world.chaport.delete_visitor(world.chaport.visitors[0])
    world.wait(20)
    await world.transcripts()
    await world.start()
    come(world, 60)
    await world.transcripts()
    assert [number for number in range(60) if not shown_times(world, f"Hello {number:04}.")] == []


async def test_an_empty_account_is_swept_once_an_hour(world: World) -> None:
    """T7: a sweep that finds nobody is one: it is not made again at the next start."""
    world.pair("Ann")
    await world.start("status.enabled = false")
    await world.transcripts()
    await world.start()
    world.sandbox.forget_requests()
    await world.transcripts()
    assert sum(request.path.endswith("/visitors") for request in world.sandbox.journal) == 1


async def start_slowly(world: World) -> None:
    """Start with a Chaport that answers slowly."""
    world.pair("Ann")
    await world.start("status.enabled = false")
    await world.transcripts()
    world.sandbox.forget_requests()
    slow_down(world)


def slow_down(world: World) -> None:
    """Let each answer of Chaport's take two seconds, which is much longer than its pace would make readings wait."""
    world.sandbox.faults.add("latency", side="chaport", times=None, seconds=2)


def chats_asked_for(world: World) -> list[str]:
    """Return whose chats were asked for, in the order of the requests."""
    return [request.path.split("/")[4] for request in world.sandbox.journal if "/chats" in request.path]


async def test_a_few_are_read_at_once(world: World) -> None:
    """T7: what one answer of Chaport's takes is not added to what the others take, and each line counts."""
    await start_slowly(world)
    come(world, 2 * AT_ONCE)
    began = world.time.elapsed
    report = await world.transcripts()
    the_list, the_chats = 2, 2 * 2
    assert world.time.elapsed - began == pytest.approx(the_list + the_chats, abs=0.5)
    assert report.new_lines == 2 * AT_ONCE
    assert [shown_times(world, f"Hello {number:04}.") for number in range(2 * AT_ONCE)] == [1] * 2 * AT_ONCE


async def test_one_after_another_where_the_pace_is_slow(world: World) -> None:
    """T7: who was begun is read to the end before another, so that reading does not go on long after its time."""
    world.pair("Ann")
    await world.start("status.enabled = false", "chaport.requests_per_second = 2")
    await world.transcripts()
    world.sandbox.faults.add("latency", side="chaport", times=None, seconds=0.2)
    for chat in come(world, AT_ONCE):
        # So many that the events are read by a second request.
        for number in range(SUSPICIOUS - 1):
            world.chaport.visitor_says(chat, f"And {number:04}.")
    world.sandbox.forget_requests()
    await world.run(0)
    asked = chats_asked_for(world)
    assert asked == [each for each in dict.fromkeys(asked) for _ in range(2)]
    assert len(asked) == 2 * AT_ONCE


async def test_an_author_whom_a_few_met_at_once(world: World) -> None:
    """T1, T7: one reading of the list of operators serves all of them."""
    world.chaport.quirks.bots = "H2"
    bot = world.chaport.add_bot("Robin")
    await start_slowly(world)
    for chat in come(world, AT_ONCE, bot):
        world.chaport.bot_says(chat, "Hello!", bot)
    assert (await world.transcripts()).new_lines == 2 * AT_ONCE
    assert len(world.sandbox.requests_of("chaport", path_prefix="/api/v1/operators")) == 1


async def test_who_is_read_beside_one_that_fails(world: World) -> None:
    """T7, P4: what ends reading for all, such as a refused token, cuts off nobody who is being read."""
    await start_slowly(world)
    refused, *others = come(world, AT_ONCE + 2)[::-1]
    visitors = [world.chaport.visitor_of(chat).id for chat in others]
    world.sandbox.faults.clear()
    world.sandbox.faults.add("error", side="chaport", path=world.chaport.visitor_of(refused).id, status=401)
    slow_down(world)
    assert not (await world.transcripts()).good
    read = {person.id for person in world.app.store.transcripts.visitors()}
    assert read == set(visitors[: AT_ONCE - 1])


async def test_a_stop_while_a_few_are_read(world: World) -> None:
    """P8: what was sent is answered and recorded, and nothing more is asked."""
    await start_slowly(world)
    come(world, 3 * AT_ONCE)
    cycle = asyncio.create_task(world.transcripts())
    await asyncio.sleep(3)
    world.clock.stop()
    await cycle
    assert len(chats_asked_for(world)) == AT_ONCE
    assert len(world.app.store.transcripts.visitors()) == AT_ONCE
    assert world.writes("deskie") == []
