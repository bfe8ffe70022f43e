"""`deliver = "handoff"`: nothing while a bot answers, then one note with everything so far, then live (T2)."""

import pytest

from tests.transcripts.stories import Story, begin, body, forms
from tests.world import World

HANDOFF = 'transcripts.deliver = "handoff"'


async def talking_to_the_bot(world: World, *lines: str) -> Story:
    """A visitor talks with the bot, which answers, for some minutes; nothing may be in Deskie meanwhile."""
    story = await begin(world, HANDOFF, *lines)
    story.bot_says("Hello!")
    for number in range(3):
        story.visitor_says(f"Question {number}")
        story.bot_says(f"Answer {number}")
        await world.run(100)
        assert world.deskie.cases == []
    assert world.writes("deskie") == []
    return story


CONVERSATION = [
    "Question 0",
    "Robin (bot): Hello!",
    "Robin (bot): Answer 0",
    "Mary (visitor): Question 1",
    "Robin (bot): Answer 1",
    "Mary (visitor): Question 2",
    "Robin (bot): Answer 2",
]


async def test_a_human_joins(world: World) -> None:
    """T2: when an operator joins, one note with the conversation so far, less the case's first message, then live."""
    story = await talking_to_the_bot(world)
    story.operator_joins()
    await world.run(20)
    assert forms(world.case()) == ["customer", "note"]
    assert body(world.case()) == CONVERSATION
    story.operator_says("I am Ann")
    await world.run(20)
    story.visitor_says("Hi Ann")
    await world.run(20)
    assert forms(world.case()) == ["customer", "note", "note", "customer"]
    assert body(world.case())[-2:] == ["Ann: I am Ann", "Hi Ann"]
    assert world.case().status == "open"


async def test_a_human_writes(world: World) -> None:
    """T2: an operator who writes begins the hand-over too, with these words in the note."""
    story = await talking_to_the_bot(world)
    story.operator_says("I am Ann")
    await world.run(20)
    assert forms(world.case()) == ["customer", "note"]
    assert body(world.case()) == [*CONVERSATION, "Ann: I am Ann"]


@pytest.mark.parametrize("pending", ["true", "false"])
async def test_the_visitor_stays_unanswered(world: World, pending: str) -> None:
    """T2: after `pending.unanswered`, also where pending is off, and not before."""
    story = await talking_to_the_bot(world, f"pending.enabled = {pending}")
    story.visitor_says("Is anybody there?")
    await world.run(110)
    world.wait(9)
    await world.run(0)
    assert world.deskie.cases == []
    world.wait(2)
    await world.run(0)
    assert body(world.case()) == [*CONVERSATION, "Mary (visitor): Is anybody there?"]
    assert world.case().status == "open"


async def test_the_chat_is_closed(world: World) -> None:
    """T2: a closed chat has ended."""
    story = await talking_to_the_bot(world)
    world.chaport.close(story.chat)
    await world.run(120)
    assert body(world.case()) == CONVERSATION
    assert forms(world.case()) == ["customer", "note"]


async def test_the_chat_is_silent(world: World) -> None:
    """T2: so has one that is silent for `transcripts.ended_after`, and not before."""
    await talking_to_the_bot(world, "transcripts.ended_after = 600")
    await world.run(480)
    assert world.deskie.cases == []
    await world.run(40)
    assert body(world.case()) == CONVERSATION


async def test_live_after_the_note(world: World) -> None:
    """T2: the rest follows live, also what the bot says later, and forms are the usual ones again."""
    story = await talking_to_the_bot(world)
    world.chaport.close(story.chat)
    await world.run(300)
    story.visitor_says("One more question")
    story.bot_says("One more answer")
    await world.run(300)
    assert forms(world.case()) == ["customer", "note", "customer", "note"]
    assert body(world.case())[-2:] == ["One more question", "Robin (bot): One more answer"]


@pytest.mark.parametrize("closed", [False, True])
async def test_greetings_that_were_left_alone_do_not_begin_a_hand_over(world: World, closed: bool) -> None:  # noqa: FBT001
    """T2, T3: a visitor who writes long after the greeting talks with the bot, so nothing is written."""
    story = await begin(world, HANDOFF, "transcripts.ended_after = 400")
    story.bot_says("Hello!")
    if closed:
        world.chaport.close(story.chat)
    await world.run(800)
    story.visitor_says("Where is my order?")
    story.bot_says("On its way.")
    await world.run(310)
    assert world.deskie.cases == []
    story.operator_joins()
    await world.run(320)
    assert body(world.case()) == ["Where is my order?", "Robin (bot): Hello!", "Robin (bot): On its way."]


async def test_into_a_case_that_is_there(world: World) -> None:
    """T2, T4: in a case that the visitor has already, the whole conversation is one note."""
    story = await begin(world, HANDOFF)
    user = world.deskie.add_user("Mary", custom_id=story.visitor.id, channel="cch12")
    case = world.deskie.open_case(user, "cch12", text="An earlier question")
    story.bot_says("Hello!")
    story.visitor_says("Hi")
    story.bot_says("How can I help?")
    world.chaport.close(story.chat)
    await world.run(20)
    assert forms(case) == ["customer", "note"]
    assert body(case) == [
        "An earlier question",
        "Robin (bot): Hello!",
        "Mary (visitor): Hi",
        "Robin (bot): How can I help?",
    ]


async def test_a_restart_does_not_begin_a_hand_over(world: World) -> None:
    """T2: what is held back stays so over a restart."""
    story = await talking_to_the_bot(world)
    await world.start()
    await world.run(60)
    assert world.deskie.cases == []
    story.operator_joins()
    await world.run(20)
    assert body(world.case()) == CONVERSATION
