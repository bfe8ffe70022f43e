"""Answers in cases that are merged (R1, T4)."""

import pytest

from tests.replies.answering import Answering, answering
from tests.transcripts.stories import another
from tests.world import World


async def _two(world: World) -> Answering:
    """Two visitors with a case each, and an answer that the first has got."""
    scene = await answering(world)
    other = another(scene.story)
    other.visitor_says("Do you deliver on Sundays?")
    await world.run(600)
    scene.answer("It left this morning.")
    await scene.polls(4)
    assert scene.heard() == ["It left this morning."]
    world.deskie.merge(world.deskie.cases[0], world.deskie.cases[1])
    await world.run(300)
    return scene


async def test_what_was_sent_is_not_sent_to_another(world: World) -> None:
    """R2: an answer that moved into another customer's case has been sent already, and not to that customer."""
    await _two(world)
    told = [event.text for visitor in world.chaport.visitors for event in visitor.chats[0].events]
    assert told.count("It left this morning.") == 1


async def test_an_answer_that_moved_before_it_was_seen(world: World) -> None:
    """R1: words meant for one customer are not sent to another into whose case they were merged; a note says so."""
    scene = await answering(world)
    other = another(scene.story, "Nina")
    other.visitor_says("Do you deliver on Sundays?")
    await world.run(600)
    mary, nina = world.deskie.cases
    scene.answer("Your parcel for 12 Elm Street has left.")
    world.deskie.merge(mary, nina)
    await scene.polls(4)
    assert world.chaport.sent_to_visitors == []
    notes = [message.text for message in nina.messages if message.form == "note" and "Not sent" in message.text]
    assert len(notes) == 1
    assert "it may be meant for the customer of a case that was merged into this one" in notes[0]
    world.deskie.agent_replies(nina, scene.agent, "For Nina: yes, we do.")
    await scene.polls(4)
    assert [event.text for event in world.chaport.sent_to_visitors] == ["For Nina: yes, we do."]


@pytest.mark.parametrize("moves", [True, False])
async def test_what_moved_was_not_deleted(world: World, moves: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """R1: nobody is told that an answer was deleted which stands in the other case now."""
    world.deskie.quirks.merge_moves_messages = moves
    await _two(world)
    said = [message.text for case in world.deskie.cases for message in case.messages]
    assert not [text for text in said if "visitor keeps" in text]
