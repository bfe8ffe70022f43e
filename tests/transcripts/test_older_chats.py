"""A visitor's older chats (T7)."""

import pytest

from tests.transcripts.stories import assert_mirrored, begin, body
from tests.world import World


async def test_the_old_chat_is_read_to_its_end_first(world: World) -> None:
    """T7: when the chat id rises, the last words of the old chat come before those of the new one."""
    story = await begin(world)
    story.visitor_says("Old 1")
    await world.run(10)
    story.visitor_says("Old 2")
    story.operator_says("Old 3")
    world.chaport.close(story.chat)
    story.new_chat()
    story.visitor_says("New 1")
    await world.run(20)
    assert body(world.case()) == ["Old 1", "Old 2", "Ann: Old 3", "New 1"]


@pytest.mark.parametrize("links", ["absolute", "relative"])
async def test_chats_between_two_looks(world: World, links: str) -> None:
    """T7: chats that began and ended between two looks are found by `links.more`, past ten too."""
    world.chaport.quirks.links_more = links  # type: ignore[assignment]
    story = await begin(world)
    story.visitor_says("Chat <1>")
    await world.run(10)
    for number in range(2, 13):
        story.new_chat()
        story.visitor_says(f"Chat <{number}>")
        story.bot_says(f"Answer <{number}>")
    await world.run(60)
    shown = [f"Chat <{number}>" for number in range(1, 13)]
    assert [row for row in body(world.case()) if row.startswith("Chat <")] == shown
    assert_mirrored(world)


async def test_without_links_the_old_chat_is_still_read(world: World) -> None:
    """T7: the old chat is known by its id, whether or not there are links."""
    world.chaport.quirks.links_more = "absent"
    story = await begin(world)
    story.visitor_says("Old 1")
    await world.run(10)
    story.visitor_says("Old 2")
    story.new_chat()
    story.visitor_says("New 1")
    await world.run(20)
    assert body(world.case()) == ["Old 1", "Old 2", "New 1"]


async def test_a_visitor_who_is_new_with_several_chats(world: World) -> None:
    """T7: all chats since the start of a visitor who was never seen before, oldest first."""
    story = await begin(world)
    for number in range(1, 4):
        story.visitor_says(f"Chat {number}")
        story.new_chat()
        world.wait(1)
    await world.run(20)
    assert body(world.case()) == ["Chat 1", "Chat 2", "Chat 3"]


async def test_chats_from_before_the_start_are_not_read(world: World) -> None:
    """T7, T6: older chats that cannot be newer than the start cost nothing."""
    world.pair("Ann")
    visitor = world.chaport.add_visitor("Mary")
    for number in range(1, 6):
        world.chaport.visitor_says(world.chaport.start_chat(visitor), f"Chat {number}")
        world.wait(10)
    await world.start("status.enabled = false")
    await world.transcripts()
    chats = [each.path for each in world.sandbox.requests_of("chaport") if "/chats" in each.path]
    assert chats == [f"/api/v1/visitors/{visitor.id}/chats"]


async def test_an_old_chat_that_vanished(world: World) -> None:
    """T7, P3: an older chat that cannot be read does not stop the newer one."""
    story = await begin(world)
    story.visitor_says("Old")
    await world.run(10)
    story.new_chat()
    story.visitor_says("New")
    world.sandbox.faults.add("error", side="chaport", path="chats/1$", status=404, times=None)
    await world.run(60)
    assert body(world.case()) == ["Old", "New"]


async def test_a_failure_on_the_way_loses_nothing(world: World) -> None:
    """T7: if the old chat cannot be read now, both are read later, the old one first."""
    story = await begin(world)
    story.visitor_says("Old 1")
    await world.run(10)
    story.visitor_says("Old 2")
    story.new_chat()
    story.visitor_says("New 1")
    world.sandbox.faults.add("error", side="chaport", path="chats/1$", status=500, times=6)
    await world.run(600)
    assert body(world.case()) == ["Old 1", "Old 2", "New 1"]
