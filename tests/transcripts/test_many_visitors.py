"""Many visitors at once, and none who waits behind the others (T7)."""

from chaport_sync.sandbox.chaport.records import Bot, Chat
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
