"""A chat whose case was closed: the visitor's next words open a new one, as they do in the help desk (T4 a)."""

import pytest

from chaport_sync.sandbox.deskie.records import Case
from tests.transcripts.stories import Story, another, begin, body, forms, with_bot
from tests.world import World, only


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


@pytest.mark.parametrize("rejects", [False, True])
@pytest.mark.parametrize("restart", [False, True])
async def test_the_visitors_next_words(world: World, restart: bool, rejects: bool) -> None:  # noqa: FBT001 - a table
    """T4 (a): they open a new case, of whose status the daemon decides; what follows no such words stays there."""
    story = await with_bot(world)
    case = world.case()
    close(world, case)
    if not rejects:
        story.bot_says("Anything else?")
    world.deskie.quirks.closed_rejects_messages = rejects
    if restart:
        await world.start()
    await world.run(20)
    assert len(world.deskie.cases) == 1
    story.visitor_says("Yes", "One more thing")
    story.bot_says("Which one?")
    await world.run(60)
    assert body(case) == ["Hi", "Robin (bot): Hello!", *([] if rejects else ["Robin (bot): Anything else?"])]
    assert case.status == "closed"
    other = world.deskie.cases[1]
    assert body(other) == ["Yes", "One more thing", "Robin (bot): Which one?"]
    assert forms(other) == ["customer", "note"]
    assert other.messages[1].text.startswith("Chaport chat 1")
    assert (other.status, other.changelog) == ("waiting", [])
    assert only(world.events("case.left"))["case"] == str(case.id)
    story.operator_joins()
    await world.run(20)
    assert (case.status, other.status) == ("closed", "open")


async def test_who_waited_too_long_before(world: World) -> None:
    """T4 (a), C2: a chat that was opened because nobody answered stays so in its next case."""
    story = await with_bot(world)
    story.visitor_says("Is anybody there?")
    await world.run(200)
    assert world.case().status == "open"
    close(world, world.case())
    story.visitor_says("Hello?")
    story.bot_says("Beep")
    await world.run(60)
    assert (world.deskie.cases[1].status, world.deskie.cases[1].changelog) == ("open", [])


async def test_without_cases_of_our_own(world: World) -> None:
    """T4 (a, c): with `create = false` the words wait for the visitor's next case, and the closed one stays so."""
    story = await begin(world, "cases.create = false")
    mary = world.deskie.add_user("Mary", email="mary@mail.example")
    case = world.deskie.open_case(mary, text="By mail")
    story.visitor_says("Hi")
    await world.run(5)
    close(world, case)
    story.bot_says("Anything else?")
    await world.run(20)
    story.visitor_says("Yes")
    await world.run(300)
    assert body(case) == ["By mail", "Mary (visitor): Hi", "Robin (bot): Anything else?"]
    other = world.deskie.open_case(mary, text="By mail again")
    await world.run(700)
    assert body(other) == ["By mail again", "Mary (visitor): Yes"]
    assert case.status == "closed"


@pytest.mark.parametrize("restart", [False, True])
async def test_the_visitors_next_words_in_anothers_case(world: World, restart: bool) -> None:  # noqa: FBT001 - a table
    """T4 (a): nor are they a note in a case that has become another customer's."""
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


async def test_two_visitors_of_a_case(world: World) -> None:
    """T4 (a): each gets a case of their own again."""
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
    assert body(nina)[-1] == "Hi"
    assert nina.status == "closed"
    assert [body(case) for case in world.deskie.cases[2:]] == [["Hello?"], ["Me again"]]
