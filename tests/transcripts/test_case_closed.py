"""A closed case that shows a chat by notes only: a note there reopens nothing and notifies nobody (T4 a)."""

import pytest

from chaport_sync.sandbox.deskie.records import Case
from tests.transcripts.stories import Story, another, begin, body, forms
from tests.world import World


async def another_customers(world: World, *lines: str) -> tuple[Story, Case]:
    """Return a visitor's chat whose case has become another customer's, and that case."""
    story = await begin(world, *lines)
    story.visitor_says("Hi")
    story.bot_says("Hello")
    await world.run(0)
    other = world.deskie.add_user("Bob", custom_id="somebody", channel="cch12")
    case = world.case()
    case.user_id = other.id
    story.bot_says("How can I help?")
    await world.run(20)
    assert forms(case) == ["customer", "note", "note"]
    return story, case


def close(world: World, case: Case) -> None:
    """An agent closes a case."""
    world.deskie.set_case_status(case, "closed", by=world.deskie.staff[1])


@pytest.mark.parametrize("restart", [False, True])
async def test_the_visitors_next_words_open_a_new_case(world: World, restart: bool) -> None:  # noqa: FBT001 - a table
    """T4 (a): whoever writes again is not left in a case that nobody looks at; what only follows stays there."""
    story, case = await another_customers(world)
    close(world, case)
    story.bot_says("Anything else?")
    if restart:
        await world.start()
    await world.run(20)
    assert len(world.deskie.cases) == 1
    story.bot_says("Are you there?")
    story.visitor_says("Yes", "One more thing")
    story.bot_says("Which one?")
    await world.run(60)
    assert body(case)[-2:] == ["Robin (bot): Anything else?", "Robin (bot): Are you there?"]
    assert case.status == "closed"
    assert body(world.deskie.cases[1]) == ["Yes", "One more thing", "Robin (bot): Which one?"]
    assert forms(world.deskie.cases[1]) == ["customer", "note"]
    assert world.deskie.cases[1].messages[1].text.startswith("Chaport chat 1")
    assert world.deskie.cases[1].status == "waiting"
    story.visitor_says("And one more")
    await world.run(60)
    assert body(world.deskie.cases[1])[-1] == "And one more"


async def test_another_case_of_the_visitor(world: World) -> None:
    """T4 (b): a usable case of the visitor's is used before a new one is opened."""
    story, case = await another_customers(world)
    close(world, case)
    user = next(user for user in world.deskie.users if user.custom_id == story.visitor.id)
    theirs = world.deskie.open_case(user, "cch12", text="From before")
    story.visitor_says("Yes")
    await world.run(60)
    assert body(theirs) == ["From before", "Yes"]
    assert len(world.deskie.cases) == 2


async def test_merged_into_a_case_of_another_channel(world: World) -> None:
    """T4 (a): so it is where the case was merged into one that came by e-mail."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(0)
    parent = world.deskie.open_case(world.deskie.add_user("Bob", email="bob@mail.example"), "email")
    world.deskie.merge(world.deskie.cases[0], parent)
    close(world, parent)
    story.visitor_says("Hello?")
    await world.run(60)
    assert body(world.deskie.cases[-1]) == ["Hello?"]
    assert len(world.deskie.cases) == 3


async def test_words_that_are_not_shown(world: World) -> None:
    """T4 (a), T1: where the visitor's words are not included they open no case of their own."""
    story, case = await another_customers(world, 'transcripts.include = ["bot"]')
    close(world, case)
    story.visitor_says("Yes")
    story.bot_says("Which one?")
    await world.run(60)
    assert len(world.deskie.cases) == 1
    assert body(case)[-1] == "Robin (bot): Which one?"


async def test_other_chats_stay(world: World) -> None:
    """T4 (a): whose case it is goes on in it; the case's own customer reopens it by writing."""
    world.deskie.quirks.closed_case_reopens = True
    story = await begin(world)
    other = another(story)
    story.visitor_says("Hi")
    other.visitor_says("Good morning")
    await world.run(20)
    mary, nina = sorted(world.deskie.cases, key=lambda case: body(case)[0], reverse=True)
    world.deskie.merge(mary, nina)
    await world.run(20)
    close(world, nina)
    story.visitor_says("Hello?")
    await world.run(60)
    other.visitor_says("Me again")
    await world.run(60)
    assert body(nina)[-1] == "Me again"
    assert nina.status == "open"
    assert [body(case) for case in world.deskie.cases[2:]] == [["Hello?"]]
