"""Equal texts, other chats and other people in the same case, and requests whose outcome is not known (P1)."""

from typing import Any

import pytest

from tests.transcripts.stories import Story, another, assert_mirrored, begin, body
from tests.world import World


async def test_equal_texts_in_a_row(world: World) -> None:
    """P1: two equal texts are two events, of which one may stand there already."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(5)
    for _ in range(3):
        world.sandbox.faults.add("reset_after", side="deskie", method="POST")
        story.visitor_says("Hello?")
        await world.run(60)
        story.visitor_says("Hello?")
        await world.run(60)
    assert body(world.case()) == ["Hi", *["Hello?"] * 6]


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
async def test_an_equal_text_in_the_earlier_chat(world: World, kind: Any) -> None:
    """P1: an equal text of the visitor's earlier chat in the same case is not taken for this one."""
    story = await begin(world)
    story.visitor_says("Hello")
    await world.run(60)
    story.new_chat()
    world.sandbox.faults.add(kind, side="deskie", method="POST", path="messages.json")
    story.visitor_says("Hello")
    await world.run(60)
    assert body(world.case()) == ["Hello", "Hello"]


@pytest.mark.parametrize("said_after", ["the same chat", "a new chat", "a merge"])
async def test_an_equal_text_after_a_restart(world: World, said_after: str) -> None:
    """P1: neither by the read-back before the first write after a start, nor by that in another case."""
    story = await begin(world)
    story.visitor_says("Hello", "Hello")
    story.operator_says("Yes?")
    await world.run(60)
    if said_after == "a merge":
        user = world.deskie.users[0]
        world.deskie.merge(world.case(), world.deskie.open_case(user, "cch12", text="From before"))
    await world.start()
    if said_after == "a new chat":
        story.new_chat()
    story.visitor_says("Hello")
    await world.run(60)
    assert [row for case in world.deskie.cases for row in body(case)].count("Hello") == 3


@pytest.mark.parametrize("merges", [1, 2])
async def test_the_opening_words_of_a_case_that_was_merged(world: World, merges: int) -> None:
    """P1: of words that came into the case by a merge, or by several, it is known which opened a case of ours."""
    story = await begin(world)
    story.visitor_says("Hello")
    await world.run(30)
    world.deskie.set_case_status(world.case(), "closed", world.deskie.staff[1])
    story.new_chat()
    story.visitor_says("Good morning")
    await world.run(30)
    first, second = world.deskie.cases
    if merges == 2:
        between = world.deskie.open_case(world.deskie.add_user("Somebody"), text="A question")
        world.deskie.merge(first, between)
        first = between
    world.deskie.merge(first, second)
    world.sandbox.faults.add("reset_before", side="deskie", method="POST", path="messages.json")
    story.visitor_says("Hello")
    await world.run(60)
    assert body(second).count("Hello") == 2


@pytest.mark.parametrize("restart", [False, True])
async def test_the_opening_words_again(world: World, restart: bool) -> None:  # noqa: FBT001 - a table
    """P1: the words that opened the case, said again while nothing else stands there, are said again."""
    story = await begin(world)
    story.visitor_says("Hello")
    await world.run(30)
    if restart:
        await world.start()
    story.visitor_says("Hello")
    await world.run(30)
    assert body(world.case()) == ["Hello", "Hello"]


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
async def test_a_new_chat_waits_for_the_old_ones_outcome(world: World, kind: Any) -> None:
    """P1: a second chat of the case does not write over the place where the first one's line may stand."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(10)
    world.sandbox.faults.add(kind, side="deskie", method="POST", path="messages.json")
    story.visitor_says("Last words")
    await world.run(1)
    story.new_chat()
    story.visitor_says("New words")
    await world.run(120)
    assert body(world.case()) == ["Hi", "Last words", "New words"]


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
async def test_a_new_chat_waits_for_the_old_ones_opening(world: World, kind: Any) -> None:
    """P1: nor does it open a second case while nobody knows whether there is one."""
    story = await begin(world)
    world.sandbox.faults.add(kind, side="deskie", method="POST", path="cases.json")
    story.visitor_says("First words")
    await world.run(1)
    story.new_chat()
    story.visitor_says("New words")
    await world.run(120)
    assert body(world.case()) == ["First words", "New words"]


async def test_other_visitors_do_not_wait(world: World) -> None:
    """P1, P3: an unclear outcome holds up its own visitor only."""
    story = await begin(world)
    other: Story = another(story)
    world.sandbox.faults.add("truncated", side="deskie", method="POST", path="cases.json")
    story.visitor_says("I am Mary")
    other.visitor_says("I am Nina")
    await world.run(25)
    assert len(world.deskie.cases) == 2
    await world.run(300)
    assert_mirrored(world)


async def test_people_write_meanwhile(world: World) -> None:
    """P1: what agents and customers write into the case in between is neither taken for ours nor in the way."""
    story = await begin(world)
    story.visitor_says("Hi")
    story.bot_says("Hello")
    await world.run(0)
    case, agent = world.case(), world.deskie.staff[1]
    for kind in ("reset_before", "reset_after"):
        world.sandbox.faults.add(kind, side="deskie", method="POST", path="note.json")
        world.deskie.agent_notes(case, agent, "Robin (bot): Anything else?")
        world.deskie.agent_replies(case, agent, "Anything else?")
        world.deskie.customer_writes(case, "Anything else?")
        story.bot_says("Anything else?")
        await world.run(60)
    ours = [message for message in case.messages if message.note and message.staff_id == world.deskie.api_agent.id]
    assert [message.text.count("Anything else?") for message in ours] == [0, 1, 1]


async def test_words_of_the_second_in_which_another_customers_case_was_opened(world: World) -> None:
    """P1: of two customers in one case each message is that of its own: only who was opened for has opening words."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(60)
    other = another(story, "Nina")
    world.wait(300)
    world.sandbox.faults.add("reset_after", side="deskie", method="POST", path="messages.json")
    story.visitor_says("Are you there?")
    other.visitor_says("Good morning")
    await world.transcripts()
    mary, nina = world.deskie.cases
    assert nina.created_at.replace(microsecond=0) == mary.messages[-1].created_at.replace(microsecond=0)
    world.deskie.merge(mary, nina)
    await world.run(300)
    assert [body(nina).count(text) for text in ("Hi", "Are you there?", "Good morning")] == [1, 1, 1]
