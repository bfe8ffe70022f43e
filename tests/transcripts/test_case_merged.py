"""A case that people merge into another one (C2, T4)."""

import pytest

from chaport_sync.sandbox.deskie.records import User
from tests.transcripts.stories import another, begin, body, forms, with_case
from tests.world import World, only


@pytest.mark.parametrize("moves", [True, False])
async def test_merged_into_the_visitors_other_case(world: World, moves: bool) -> None:  # noqa: FBT001 - a table
    """T4 (a): of a merged case the parent, and what stands there already is not written again."""
    world.deskie.quirks.merge_moves_messages = moves
    story = await with_case(world)
    case = world.case()
    parent = world.deskie.open_case(only_user(world), "cch12", text="From before")
    world.deskie.merge(case, parent)
    story.visitor_says("Goes on")
    story.bot_says("Yes")
    await world.run(20)
    story.visitor_says("And on")
    await world.run(20)
    assert body(parent)[-3:] == ["Goes on", "Robin (bot): Yes", "And on"]
    assert forms(parent)[-3:] == ["customer", "note", "customer"]
    assert len(parent.messages) == (6 if moves else 4)
    assert len(world.deskie.cases) == 2


def only_user(world: World) -> User:
    """Return the only customer there is."""
    (user,) = world.deskie.users
    return user


@pytest.mark.parametrize("channel", ["email", "cch12"])
async def test_merged_into_somebody_elses_case(world: World, channel: str) -> None:
    """T4 (a), T5: words never appear in another user's name; in their case everything is a note."""
    story = await with_case(world)
    custom_id = "somebody" if channel == "cch12" else ""
    other = world.deskie.add_user("Bob", email="bob@mail.example", custom_id=custom_id, channel=channel)
    parent = world.deskie.open_case(other, channel, text="I am Bob")
    world.deskie.merge(world.deskie.cases[0], parent)
    story.visitor_says("Goes on")
    story.bot_says("Yes")
    await world.run(20)
    assert body(parent)[-2:] == ["Mary (visitor): Goes on", "Robin (bot): Yes"]
    assert forms(parent)[-1] == "note"
    assert {message.user_id for message in parent.messages if "Goes on" in message.text} == {0}
    status = parent.status
    story.operator_joins()
    await world.run(300)
    assert parent.status == status


async def test_merged_into_another_customers_case_of_ours(world: World) -> None:
    """T4 (a), T5: nor are they put there in that customer's name where both cases are ours; hers goes on as it was."""
    story = await with_case(world)
    other = another(story)
    other.visitor_says("Good morning")
    await world.run(20)
    mary, nina = world.deskie.cases
    world.deskie.merge(mary, nina)
    for says in ("Goes on", "And on"):
        story.visitor_says(says)
        other.visitor_says(f"{says}, I say")
        await world.run(60)
    by_user = {message.user_id: message.text for message in nina.messages if message.user_id}
    assert by_user == {mary.user_id: "Hi", nina.user_id: "And on, I say"}
    assert [row for row in body(nina) if row.startswith("Mary (visitor): ")] == [
        "Mary (visitor): Goes on",
        "Mary (visitor): And on",
    ]
    story.new_chat()
    story.visitor_says("Another thing")
    await world.run(60)
    assert [body(case) for case in world.deskie.cases[2:]] == [["Another thing"]]


async def test_a_customer_follows_into_the_own_case(world: World) -> None:
    """T4 (b): a case that another customer's was merged into is its own customer's all the same."""
    story = await with_case(world)
    other = another(story)
    user = world.deskie.add_user("Nina", custom_id=other.visitor.id, channel="cch12")
    parent = world.deskie.open_case(user, "cch12", text="From before")
    world.deskie.merge(world.deskie.cases[0], parent)
    story.visitor_says("Goes on")
    await world.run(60)
    other.visitor_says("Good morning")
    await world.run(60)
    assert [message.text for message in parent.messages if message.user_id == user.id] == [
        "From before",
        "Good morning",
    ]


async def test_who_waits_in_a_merged_case_is_not_hidden(world: World) -> None:
    """C2: by the wait of a customer the case is opened into which people merged that customer's."""
    story = await begin(world)
    other = another(story)
    other.visitor_says("Good morning")
    other.bot_says("How can I help?")
    story.visitor_says("Hi")
    story.bot_says("Hello!")
    await world.run(20)
    nina, mary = sorted(world.deskie.cases, key=lambda case: body(case)[0])
    story.visitor_says("Is there anybody?")
    await world.run(20)
    assert (nina.status, mary.status) == ("waiting", "waiting")
    world.deskie.merge(mary, nina)
    await world.run(300)
    assert nina.status == "open"


@pytest.mark.parametrize("act", ["set to waiting", "closed"])
async def test_merged_into_a_case_that_a_person_has_taken_over(world: World, act: str) -> None:
    """C5: nor is that case opened for somebody's wait, though it was ours once."""
    story = await begin(world)
    other = another(story)
    other.visitor_says("Good morning")
    other.bot_says("How can I help?")
    await world.run(20)
    story.visitor_says("Is there anybody?")
    story.bot_says("Hello!")
    await world.run(20)
    story.visitor_says("Hello?")
    await world.run(20)
    nina, mary = world.deskie.cases
    world.deskie.assign(nina, world.deskie.staff[1])
    for each in ("open", act.removeprefix("set to ")):
        world.deskie.set_case_status(nina, each, world.deskie.staff[1])
    status = nina.status
    world.deskie.merge(mary, nina)
    await world.run(300)
    assert nina.status == status


async def test_merged_twice(world: World) -> None:
    """T4 (a): a parent that was merged itself is followed too."""
    story = await with_case(world)
    case, user = world.case(), only_user(world)
    second, third = (world.deskie.open_case(user, "cch12", text=text) for text in ("Second", "Third"))
    world.deskie.merge(case, second)
    world.deskie.merge(second, third)
    story.visitor_says("Goes on")
    await world.run(20)
    assert body(third)[-1] == "Goes on"


async def test_merged_and_the_parent_deleted(world: World) -> None:
    """T4 (a): a parent that is deleted silences the chat like its own case."""
    story = await with_case(world)
    parent = world.deskie.open_case(only_user(world), "cch12", text="From before")
    world.deskie.merge(world.deskie.cases[0], parent)
    world.deskie.trash(parent)
    before = len(parent.messages)
    story.visitor_says("Hello?")
    await world.run(60)
    assert len(parent.messages) == before
    assert only(world.events("case.silenced"))["case"] == str(parent.id)


async def test_another_parents_gone(world: World) -> None:
    """T4 (a): so does one that was erased."""
    story = await with_case(world)
    parent = world.deskie.open_case(only_user(world), "cch12", text="From before")
    world.deskie.merge(world.deskie.cases[0], parent)
    world.deskie.erase(parent)
    story.visitor_says("Hello?")
    await world.run(60)
    assert len(world.events("case.silenced")) == 1
    assert len(world.deskie.cases) == 1


async def test_merged_while_its_visitor_waits_into_a_case_that_becomes_pending(world: World) -> None:
    """C2: a customer who waits is not hidden by a bot that goes on talking to another one in the merged case."""
    story = await begin(world)
    other = another(story)
    other.visitor_says("Good morning")
    other.bot_says("How can I help?")
    story.visitor_says("Hi")
    story.bot_says("Hello!")
    await world.run(20)
    nina, mary = sorted(world.deskie.cases, key=lambda case: body(case)[0])
    story.visitor_says("Is there anybody?")
    await world.run(300)
    assert mary.status == "open"
    world.deskie.merge(mary, nina)
    other.visitor_says("I have a question")
    other.bot_says("Which one?")
    await world.run(900)
    assert nina.status == "open"
