"""Which case in the own channel (T4 a and b)."""

import pytest

from chaport_sync.sandbox.deskie.records import Case
from tests.transcripts.stories import Story, begin, body, forms
from tests.world import World, only


def has_case(story: Story, status: str = "open", channel: str = "cch12") -> Case:
    """Return the visitor a case from before."""
    deskie = story.world.deskie
    known = [user for user in deskie.users if (user.custom_id, user.channel) == (story.visitor.id, channel)]
    user = known[0] if known else deskie.add_user("Mary", custom_id=story.visitor.id, channel=channel)
    return deskie.open_case(user, channel, status, text="From before")


async def test_the_chats_own_case(world: World) -> None:
    """T4 (a): later events go into the case that the chat has, without another search."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(0)
    world.sandbox.forget_requests()
    newer = has_case(story)
    story.visitor_says("Hello again")
    await world.run(20)
    assert body(world.deskie.cases[0]) == ["Hi", "Hello again"]
    assert body(newer) == ["From before"]
    assert [each for each in world.sandbox.requests_of("deskie", "GET") if each.path == "/api/cases.json"] == []


@pytest.mark.parametrize("channel_type", ["sync", "async"])
@pytest.mark.parametrize("status", ["open", "waiting"])
async def test_an_older_case_is_used(world: World, status: str, channel_type: str) -> None:
    """T4 (b): the visitor's usable case in the channel is used, also while it is an active chat."""
    story = await begin(world)
    only(vars(channel) for channel in world.deskie.channels)["type"] = channel_type
    case = has_case(story, status)
    story.visitor_says("Hi")
    await world.run(0)
    assert world.deskie.cases == [case]
    assert body(case) == ["From before", "Hi"]
    assert forms(case) == ["customer", "customer"]
    assert only(world.events("case.attached"))["case"] == str(case.id)


async def test_the_newest_by_updated_at(world: World) -> None:
    """T4 (b): of several usable cases, the one updated last."""
    story = await begin(world)
    first = has_case(story)
    second = has_case(story)
    world.wait(60)
    world.deskie.agent_notes(first, world.deskie.staff[0], "I had a look")
    story.visitor_says("Hi")
    await world.run(0)
    assert body(first)[-1] == "Hi"
    assert body(second) == ["From before"]


@pytest.mark.parametrize("fate", ["closed", "trash", "spam", "merge", "another channel"])
async def test_not_usable(world: World, fate: str) -> None:
    """T4: closed, deleted, spam, merged or in another channel: not usable, a new case is opened."""
    story = await begin(world)
    world.deskie.add_channel(13)
    case = has_case(story, "closed" if fate == "closed" else "open", "cch13" if fate == "another channel" else "cch12")
    if fate in ("trash", "spam"):
        getattr(world.deskie, fate)(case)
    if fate == "merge":
        world.deskie.merge(case, world.deskie.open_case(world.deskie.add_user("X", email="x@y.example")))
    before = list(world.deskie.cases)
    story.visitor_says("Hi")
    await world.run(0)
    (opened,) = [each for each in world.deskie.cases if each not in before]
    assert body(opened) == ["Hi"]


async def test_substrings_are_no_matches(world: World) -> None:
    """T4: text filters match substrings, so every answer is compared exactly, through its user."""
    story = await begin(world)
    stranger = world.deskie.add_user("Not Mary", custom_id=f"{story.visitor.id}0", channel="cch12")
    theirs = world.deskie.open_case(stranger, "cch12", text="Secret")
    mine = has_case(story)
    world.wait(10)
    world.deskie.customer_writes(theirs, "More secrets")
    story.visitor_says("Hi")
    await world.run(0)
    assert body(mine) == ["From before", "Hi"]
    assert body(theirs) == ["Secret", "More secrets"]


async def test_only_substrings(world: World) -> None:
    """T4: if only other users' cases are found, a new one is opened."""
    story = await begin(world)
    stranger = world.deskie.add_user("Not Mary", custom_id=f"x{story.visitor.id}", channel="cch12")
    theirs = world.deskie.open_case(stranger, "cch12", text="Secret")
    story.visitor_says("Hi")
    await world.run(0)
    assert body(theirs) == ["Secret"]
    assert body(world.deskie.cases[-1]) == ["Hi"]


async def test_every_search_shows_active_chats(world: World) -> None:
    """T4: every search passes show_active_chats."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(0)
    await world.start("cases.create = false")
    story.new_chat()
    story.visitor_says("Hi")
    await world.run(60)
    searches = [each for each in world.sandbox.requests_of("deskie") if each.path == "/api/cases.json"]
    assert [each.parameter("show_active_chats") for each in searches if each.method == "GET"] != []
    assert {each.parameter("show_active_chats") for each in searches if each.method == "GET"} == {"1"}


async def test_a_chat_that_goes_on_is_found_in_either_spelling(world: World) -> None:
    """T4: also where Deskie wants active chats to be asked for by another word, no second case is opened for one."""
    world.deskie.quirks.show_active_chats = "true"
    world.deskie.channels[0].type = "sync"
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(0)
    await world.stop()
    (world.folder / "state.db").unlink()
    await world.start()
    await world.transcripts()
    story.new_chat()
    story.visitor_says("Hi again")
    await world.run(20)
    assert body(world.case()) == ["Hi", "Hi again"]


async def test_a_closed_case_that_rejects_a_note(world: World) -> None:
    """T3, T4, P3: lines that cannot open a case are parked visibly, and shown when the visitor has opened the next."""
    story = await begin(world)
    world.deskie.quirks.closed_rejects_messages = True
    story.visitor_says("Hi")
    story.operator_says("Hello")
    await world.run(0)
    closed = world.case()
    world.deskie.set_case_status(closed, "closed", by=world.deskie.staff[1])
    story.operator_says("Goodbye")
    await world.run(200)
    assert only(world.events("delivery.parked"))["events"] == 1
    story.visitor_says("One more thing")
    await world.run(400)
    assert body(world.deskie.cases[1]) == ["One more thing"]
    world.app.store.transcripts.retry_parked()
    await world.run(20)
    assert body(world.deskie.cases[1])[-1] == "Ann: Goodbye"


async def test_the_user_of_an_answer_without_one(world: World) -> None:
    """T4: two visitors of one name are two users."""
    first = await begin(world)
    first.visitor_says("I am the first")
    visitor = world.chaport.add_visitor("Mary")
    chat = world.chaport.start_chat(visitor, first.bot)
    world.chaport.visitor_says(chat, "I am the second")
    await world.run(0)
    assert sorted(body(case) for case in world.deskie.cases) == [["I am the first"], ["I am the second"]]
