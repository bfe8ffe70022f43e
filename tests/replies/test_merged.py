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


@pytest.mark.parametrize("moves", [True, False])
async def test_what_moved_was_not_deleted(world: World, moves: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """R1: nobody is told that an answer was deleted which stands in the other case now."""
    world.deskie.quirks.merge_moves_messages = moves
    await _two(world)
    said = [message.text for case in world.deskie.cases for message in case.messages]
    assert not [text for text in said if "visitor keeps" in text]
