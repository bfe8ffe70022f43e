"""A sync channel: Deskie ends the chat ten minutes after its last message, and sets the status by itself (C5, C6)."""

import pytest

from chaport_sync.core.transcripts.chats import CaseState
from tests.transcripts.stories import Story, settings_of_status, with_bot
from tests.world import World

#: Seconds after which Deskie has ended a silent chat, and a poll.
ENDED = 620


async def ended(world: World) -> Story:
    """A bot has answered, then nobody has written for ten minutes, and Deskie has opened the case."""
    world.deskie.channels[0].type = "sync"
    story = await with_bot(world)
    assert world.case().status == "waiting"
    await world.run(ENDED)
    assert (world.case().status, world.case().active_chat) == ("open", False)
    return story


def known(world: World) -> CaseState:
    """Return what is remembered of the only case."""
    case = world.app.store.transcripts.case(str(world.case().id))
    assert case is not None
    return case


@pytest.mark.parametrize("restart", [False, True])
async def test_what_deskie_opens_is_nobodys_act(world: World, restart: bool) -> None:  # noqa: FBT001 - a table
    """C5, C1 (b): it is pending again after the visitor's next words to the bot, and not before."""
    story = await ended(world)
    if restart:
        await world.start()
    story.bot_says("Are you still there?")
    await world.run(60)
    assert world.case().status == "open"
    assert known(world).left_alone == ""
    story.visitor_says("Yes")
    story.bot_says("Good!")
    await world.run(20)
    assert world.case().status == "waiting"
    assert settings_of_status(world) == ["waiting"]


async def test_it_goes_on_like_that(world: World) -> None:
    """C5: as often as Deskie opens it; what kind of channel it is, is asked once."""
    story = await ended(world)
    for number in range(3):
        story.bot_says(f"Are you there? {number}")
        await world.run(20)
        story.visitor_says(f"Yes {number}")
        story.bot_says("Good!")
        await world.run(20)
        assert world.case().status == "waiting"
        await world.run(ENDED)
        assert world.case().status == "open"
    asked = [each.path for each in world.sandbox.requests_of("deskie", "GET")]
    assert asked.count("/api/custom_channels.json") == 1


async def test_an_agent_took_it(world: World) -> None:
    """C5: a case that somebody is assigned to is left alone, though Deskie opened it."""
    story = await ended(world)
    world.deskie.assign(world.case(), world.deskie.staff[1])
    story.visitor_says("I am back")
    story.bot_says("Good!")
    await world.run(60)
    assert world.case().status == "open"
    assert known(world).left_alone == "an agent is assigned"


async def test_an_agent_answered_last(world: World) -> None:
    """C5: then Deskie makes it pending, which is that agent's doing and stays."""
    world.deskie.channels[0].type = "sync"
    story = await with_bot(world)
    story.operator_joins()
    await world.run(20)
    assert world.case().status == "open"
    world.deskie.agent_replies(world.case(), world.deskie.staff[1], "I'll look into it")
    await world.run(ENDED)
    assert world.case().status == "waiting"
    story.bot_says("Beep")
    await world.run(60)
    assert known(world).left_alone == "its status was set to waiting by somebody else"


async def test_a_channel_of_which_nothing_is_known(world: World) -> None:
    """C5: if the list of channels is refused, an open case is a person's, as in an async channel."""
    story = await ended(world)
    world.deskie.forbidden.add("/api/custom_channels.json")
    story.bot_says("Are you still there?")
    await world.run(60)
    assert known(world).left_alone == "its status was set to open by somebody else"


async def test_a_channel_that_cannot_be_read_for_a_while(world: World) -> None:
    """C5, P4: nothing is decided by a list that did not come."""
    story = await ended(world)
    world.sandbox.faults.add("error", side="deskie", path="custom_channels.json", status=503, times=4)
    story.bot_says("Are you still there?")
    await world.run(600)
    assert known(world).left_alone == ""
