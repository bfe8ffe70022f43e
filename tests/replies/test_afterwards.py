"""What happens after an answer: edits, refusals, a visitor who is gone, a hand-over (R1, R2, C2)."""

from typing import Any

import pytest

from tests.replies.answering import answering
from tests.world import World, only


@pytest.mark.parametrize("what", ["changed", "deleted"])
async def test_taken_back(world: World, what: str) -> None:
    """R1: the visitor keeps what was sent; a note says so once."""
    scene = await answering(world)
    message = scene.answer("It left this mourning.")
    await scene.polls(4)
    if what == "changed":
        world.deskie.agent_edits(scene.case, message, "It left this morning.")
    else:
        world.deskie.agent_deletes(scene.case, message)
    await scene.polls(10)
    assert scene.heard() == ["It left this mourning."]
    assert scene.notes() == [f"The visitor keeps the answer that was {what} here."]


async def test_a_visitor_who_is_gone(world: World) -> None:
    """R1: the agent learns that the answer reached nobody."""
    scene = await answering(world)
    world.chaport.delete_visitor(scene.story.visitor)
    scene.answer("It left this morning.")
    await scene.polls(8)
    (note,) = scene.notes()
    assert note.startswith("Not sent to the visitor: Chaport does not know the visitor any more.")


async def test_an_answer_that_is_refused(world: World) -> None:
    """P3, R1: it is tried five times, then given up with a note; the next one is sent."""
    scene = await answering(world)
    world.chaport.quirks.longest_message = 50
    scene.answer("x" * 60)
    scene.answer("It left this morning.")
    await scene.polls(12)
    assert scene.heard() == ["It left this morning."]
    (note,) = scene.notes()
    assert note.startswith("Not sent to the visitor: Chaport refused it")
    tried = [each for each in world.sandbox.requests_of("chaport", "POST") if "x" * 60 in str(each.body)]
    assert len(tried) == 5


async def test_it_counts_as_a_person(world: World) -> None:
    """C2: the chat is assigned, and a case that was pending is open and stays so."""
    scene = await answering(world)
    scene.story.bot_says("How can I help?")
    scene.story.visitor_says("Where is it?")
    await scene.polls(4)
    assert scene.case.status == "waiting"
    scene.answer("It left this morning.")
    await scene.polls(4)
    assert scene.chat.bot is None
    scene.story.visitor_says("Thanks!")
    await scene.polls(4)
    assert scene.case.status == "open"


@pytest.mark.parametrize("how", ["forbidden", "rejected"])
async def test_a_chat_that_cannot_be_assigned(world: World, how: Any) -> None:
    """That is said once, and answers are sent all the same."""
    world.chaport.quirks.assign = how
    scene = await answering(world)
    for number in range(3):
        scene.answer(f"Answer {number}.")
        await scene.polls(3)
    assert scene.heard() == [f"Answer {number}." for number in range(3)]
    assert only(world.events("reply.not_assigned"))["log_level"] == "warning"


async def test_a_chat_of_last_week(world: World) -> None:
    """R2: where Chaport begins a new chat for the answer, it comes back in that, and is not shown as somebody's."""
    world.chaport.quirks.external_id_place = "ignored"
    scene = await answering(world, "state.keep = 30")
    world.wait(3 * 86400.0)
    await scene.polls(4)
    scene.answer("Has it come?")
    await scene.polls(20)
    assert scene.heard() == ["Has it come?"]
    assert len(scene.story.visitor.chats) == 2
    assert sum("Has it come?" in message.text for message in scene.case.messages) == 1


async def test_it_is_looked_for_twice(world: World) -> None:
    """R2: an answer whose request got lost is sent once more, after two looks 15 s apart, with the same id."""
    scene = await answering(world)
    world.sandbox.faults.add("reset_before", side="chaport", method="POST", path="/messages", times=None)
    scene.answer("It left this morning.")
    await scene.polls(1)
    world.sandbox.faults.clear()
    await scene.polls(10)
    assert scene.heard() == ["It left this morning."]
    posts = world.sandbox.requests_of("chaport", "POST")
    assert len({str(each.body) for each in posts}) == 1
