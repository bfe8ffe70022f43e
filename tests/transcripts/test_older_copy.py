"""A state file from a backup, or none: what it does not know is looked up (P1, T6, C1 to C5)."""

import shutil
from collections.abc import Awaitable, Callable

import pytest

from tests.transcripts.stories import assert_mirrored, begin, forms, shown_times
from tests.world import World, only

Comeback = Callable[[], Awaitable[None]]


async def copied(world: World) -> Comeback:
    """Keep a copy of the state file as it is now, and return what starts the daemon on it later."""
    await world.stop()
    shutil.copy(world.folder / "state.db", world.folder / "copy.db")
    await world.start()

    async def come_back() -> None:
        await world.stop()
        for file in world.folder.glob("state.db*"):
            file.unlink()
        shutil.copy(world.folder / "copy.db", world.folder / "state.db")
        await world.start()

    return come_back


async def test_a_chat_that_is_looked_up_a_start_later(world: World) -> None:
    """P1: what a run on an older state file found in a case hides nothing of a chat that only the next run looks up."""
    story = await begin(world)
    story.visitor_says("<1>")
    await world.run(20)
    world.sandbox.faults.outage("deskie")
    for number in range(2, 4):
        story.new_chat()
        story.visitor_says(f"<{number}>")
    await world.run(20)
    come_back = await copied(world)
    world.sandbox.faults.recover("deskie")
    await world.run(900)
    assert_mirrored(world)
    world.sandbox.faults.add("error", side="deskie", path="messages.json", times=4, status=500)
    await come_back()
    await world.transcripts()
    assert [event["chat"] for event in world.events("delivery.confirmed")] == ["3"]
    await world.stop()
    await world.start()
    await world.run(900)
    assert_mirrored(world)


async def test_what_is_read_after_the_case(world: World) -> None:
    """P1: of one message the part is recognised that a backup knows, and the rest once Chaport tells it again."""
    story = await begin(world)
    world.sandbox.faults.outage("deskie")
    story.visitor_says("<1>")
    await world.run(20)
    come_back = await copied(world)
    story.visitor_says("<2>")
    await world.run(20)
    world.sandbox.faults.recover("deskie")
    await world.run(900)
    assert forms(world.case()) == ["customer"]
    world.sandbox.faults.outage("chaport")
    await come_back()
    await world.run(60)
    assert only(world.events("case.attached"))["chat"] == "1"
    world.sandbox.faults.recover("chaport")
    await world.run(900)
    assert_mirrored(world)


async def test_the_same_words_in_two_chats_of_a_case(world: World) -> None:
    """P1: of two chats in which the visitor said the same, none takes the other one's message for its own."""
    story = await begin(world)
    story.bot_says("Hello")
    first = story.chat
    await world.run(20)
    come_back = await copied(world)
    story.new_chat()
    story.visitor_says("ok", "<2>")
    await world.run(20)
    world.chaport.visitor_says(first, "ok")
    world.chaport.visitor_says(first, "<1>")
    await world.run(60)
    await come_back()
    await world.run(900)
    assert [shown_times(world, text) for text in ("ok", "<1>", "<2>")] == [2, 1, 1]


async def without_a_copy(world: World) -> Comeback:
    """Return what starts the daemon without a state file."""

    async def come_back() -> None:
        await world.stop()
        for file in world.folder.glob("state.db*"):
            file.unlink()
        await world.start()

    return come_back


@pytest.mark.parametrize("memory", [copied, without_a_copy])
@pytest.mark.parametrize("author", ["us", "a person"])
async def test_a_pending_case_that_is_not_remembered(
    world: World, memory: Callable[[World], Awaitable[Comeback]], author: str
) -> None:
    """C2, C5: whoever waits in a case that we made pending is not hidden; what a person made pending stays so."""
    story = await begin(world, 'transcripts.start = "2026-01-01"')
    story.operator_says("Hello")
    await world.run(20)
    come_back = await memory(world)
    story.new_chat()
    story.visitor_says("Hi")
    story.bot_says("Hello")
    await world.run(20)
    assert world.case().status == "waiting"
    if author == "a person":
        world.deskie.set_case_status(world.case(), "open", by=world.deskie.staff[1])
        world.deskie.set_case_status(world.case(), "waiting", by=world.deskie.staff[1])
    await come_back()
    story.visitor_says("Is anybody there?")
    await world.run(20)
    world.deskie.change(world.case(), "status", new="waiting", by=world.deskie.cases[0].changelog[-1].by)
    await world.run(600)
    assert world.case().status == ("open" if author == "us" else "waiting")
