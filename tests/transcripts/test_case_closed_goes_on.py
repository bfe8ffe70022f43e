"""A closed case in which a chat goes on, or whose closing crosses the visitor's words: it hides nobody (T4 a)."""

import pytest

from chaport_sync.sandbox.deskie.records import Case, Message
from tests.transcripts.stories import Story, begin, body, forms, settings_of_status, with_bot
from tests.world import World, only

GOES_ON = 'cases.when_closed = "continue"'


def close(world: World, case: Case) -> None:
    """An agent closes a case."""
    world.deskie.set_case_status(case, "closed", by=world.deskie.staff[1])


async def closed(world: World, *lines: str) -> Story:
    """A visitor and a bot have talked, and an agent has closed the case."""
    story = await with_bot(world, GOES_ON, *lines)
    close(world, world.case())
    return story


@pytest.mark.parametrize("pending", ["true", "false"])
@pytest.mark.parametrize("reopens", [False, True])
async def test_it_goes_on(world: World, reopens: bool, pending: str) -> None:  # noqa: FBT001 - a table
    """T4 (a): the words go into the closed case, which is set to open only if they did not open it by themselves."""
    world.deskie.quirks.closed_case_reopens = reopens
    story = await closed(world, f"pending.enabled = {pending}")
    story.bot_says("Anything else?")
    await world.run(20)
    assert world.case().status == "closed"
    story.visitor_says("Yes")
    await world.run(20)
    assert body(world.case()) == ["Hi", "Robin (bot): Hello!", "Robin (bot): Anything else?", "Yes"]
    assert forms(world.case())[-1] == "customer"
    assert world.case().status == "open"
    assert settings_of_status(world) == ([] if reopens else ["open"])
    assert [each["reason"] for each in world.events("case.reopened")] == (
        [] if reopens else ["it was closed when the visitor wrote"]
    )


async def test_an_agent_keeps_the_say(world: World) -> None:
    """T4 (a), C5: whoever closed it decides about its status: it does not become pending again."""
    story = await closed(world)
    story.visitor_says("One more thing")
    story.bot_says("Which one?")
    await world.run(60)
    assert world.case().status == "open"
    close(world, world.case())
    await world.run(3600)
    assert world.case().status == "closed"


async def test_it_is_assigned(world: World) -> None:
    """T4 (a): also where an agent is assigned, whose case it was."""
    story = await closed(world)
    world.deskie.assign(world.case(), world.deskie.staff[1])
    world.sandbox.forget_requests()
    story.visitor_says("One more thing")
    await world.run(600)
    assert world.case().status == "open"
    case = f"{world.case().id}.json"
    asked = [(each.method, each.path.rpartition("/")[2]) for each in world.sandbox.requests_of("deskie")]
    assert asked == [("GET", case), ("POST", "messages.json"), ("GET", case), ("PUT", case)]


async def test_by_notes(world: World) -> None:
    """T4 (a), T5: what can only be a note in it opens it as well."""
    story = await begin(world, GOES_ON, "cases.create = false")
    case = world.deskie.open_case(world.deskie.add_user("Mary", email="mary@mail.example"), text="By mail")
    story.visitor_says("Hi")
    await world.run(0)
    close(world, case)
    story.bot_says("Anything else?")
    await world.run(20)
    assert case.status == "closed"
    story.visitor_says("Yes")
    await world.run(20)
    assert body(case)[-1] == "Mary (visitor): Yes"
    assert case.status == "open"


async def test_it_takes_no_messages(world: World) -> None:
    """T4 (a): where a closed case rejects the words, they open a new one after all."""
    story = await closed(world)
    world.deskie.quirks.closed_rejects_messages = True
    story.visitor_says("One more thing")
    await world.run(60)
    assert [body(case) for case in world.deskie.cases[1:]] == [["One more thing"]]
    assert world.deskie.cases[0].status == "closed"


async def test_opening_it_is_refused_for_a_while(world: World) -> None:
    """T4 (a), C4: it is tried again until it works, also by the next start."""
    story = await closed(world)
    world.sandbox.faults.add("error", side="deskie", method="PUT", times=None, status=400, body={"error": "incorrect"})
    story.visitor_says("One more thing")
    await world.run(700)
    assert len(settings_of_status(world)) == 2
    await world.start()
    await world.run(60)
    assert len(settings_of_status(world)) == 3
    world.sandbox.faults.clear()
    await world.run(700)
    assert world.case().status == "open"


def crossing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an agent close each case at the moment at which the visitor's words come into it."""
    new_reply = world.deskie.new_reply

    def closed_before(case: Case, user_id: int, content: str, content_html: str = "") -> Message:
        close(world, case)
        return new_reply(case, user_id, content, content_html)

    monkeypatch.setattr(world.deskie, "new_reply", closed_before)


@pytest.mark.parametrize("pending", ["true", "false"])
@pytest.mark.parametrize("restart", [False, True])
async def test_a_closing_that_crosses_the_words(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    restart: bool,  # noqa: FBT001 - a table
    pending: str,
) -> None:
    """T4 (a): whoever closed it did not see the words, so the case is opened again; here a new one opens too late."""
    story = await with_bot(world, f"pending.enabled = {pending}")
    crossing(world, monkeypatch)
    story.visitor_says("One more thing")
    if restart:
        world.sandbox.faults.add("reset_after", side="deskie", method="POST", path="messages.json")
    await world.run(0)
    if restart:
        await world.start()
    await world.run(100)
    assert body(world.case())[-1] == "One more thing"
    assert world.case().status == "open"
    assert settings_of_status(world) == ["open"]


async def test_an_agent_closes_it_after_the_words(world: World) -> None:
    """T4 (a), C5: with the words in it; nobody works against that, however late the case is looked at."""
    story = await with_bot(world, "pending.enabled = false")
    story.visitor_says("Thank you, that was all")
    await world.run(0)
    world.wait(5)
    close(world, world.case())
    await world.run(600)
    assert world.case().status == "closed"
    assert settings_of_status(world) == []


async def test_what_the_look_costs(world: World) -> None:
    """T4 (a), P5: who writes on is seen by the look before the next words; after the last ones there is one more."""
    story = await with_bot(world, "pending.enabled = false")
    world.sandbox.forget_requests()
    for number in range(4):
        story.visitor_says(f"Words {number}")
        await world.run(20)
    await world.run(600)
    asked = [each.path.rpartition("/")[2] for each in world.sandbox.requests_of("deskie")]
    case = f"{world.case().id}.json"
    assert asked == [case, "messages.json"] * 4 + [case]


async def test_what_was_refused_before(world: World) -> None:
    """T4 (a), P3: words that come late into a closed case open it too."""
    story = await with_bot(world)
    world.deskie.quirks.reject_text = "Bad"
    story.visitor_says("Bad words")
    await world.run(200)
    assert only(world.events("delivery.parked"))["events"] == 1
    close(world, world.case())
    world.deskie.quirks.reject_text = ""
    world.wait(5)
    world.app.store.transcripts.retry_parked()
    await world.run(100)
    assert body(world.case())[-1] == "Mary (visitor): Bad words"
    assert world.case().status == "open"
