"""What is mirrored, when, and in which form (T1, T2, T3, T5)."""

import pytest

from tests.transcripts.stories import HEADER_END, another, begin, body, forms
from tests.world import World, later


async def test_a_conversation(world: World) -> None:
    """T5: visitor lines are the customer's messages, bot and operator lines are notes, in the order of the events."""
    story = await begin(world, phone="+15550100")
    story.visitor_says("Where is my order?", "Number 12.")
    story.bot_says("One moment.")
    await world.run(0)
    story.visitor_says("Thanks")
    story.operator_joins()
    story.operator_says("It is on its way.")
    await world.run(20)
    header = (
        "Chaport chat 1 · Mary (visitor), mary@mail.example, +15550100 (as typed in the chat, not verified)"
        " · page https://acme.example/ · bot Robin"
    )
    assert world.thread() == [
        ("customer", "Where is my order?\nNumber 12."),
        ("note", f"{header}\n{HEADER_END}\nRobin (bot): One moment."),
        ("customer", "Thanks"),
        ("note", "Ann: It is on its way."),
    ]
    assert world.deskie.sent_to_customers == []
    case = world.case()
    assert (case.channel, case.subject) == ("cch12", "Chaport chat: Mary")
    assert [user.custom_id for user in world.deskie.users] == [story.visitor.id]


async def test_live_in_the_cycle_that_sees_the_event(world: World) -> None:
    """T2: live means that what a cycle reads is in Deskie at its end."""
    story = await begin(world)
    for number in range(3):
        story.visitor_says(f"Words {number}")
        story.bot_says(f"Answer {number}")
        report = await world.transcripts()
        assert report.good
        assert body(world.case())[-2:] == [f"Words {number}", f"Robin (bot): Answer {number}"]
        world.wait(20)


async def test_greetings_alone_open_nothing(world: World) -> None:
    """T3: bots greet everyone; a case is opened only once the visitor has written."""
    story = await begin(world)
    story.bot_says("Hello!", "How can I help?")
    await world.run(1000)
    world.chaport.close(story.chat)
    await world.run(1000)
    assert world.deskie.cases == []
    assert world.sandbox.requests_of("deskie") == []


async def test_an_operator_alone_opens_nothing(world: World) -> None:
    """T3: neither do the words of an operator."""
    story = await begin(world)
    story.operator_joins()
    story.operator_says("Hello, may I help?")
    await world.run(600)
    assert world.deskie.cases == []


async def test_greetings_follow_as_a_note_with_their_times(world: World) -> None:
    """T3: the visitor's first words open the case, and bot lines from before follow as a note with their times."""
    story = await begin(world)
    began = world.time.elapsed
    story.bot_says("Hello!")
    world.wait(90)
    story.visitor_says("Hi")
    await world.run(0)
    first, second = world.case().messages
    assert (first.form, first.text) == ("customer", "Hi")
    assert second.form == "note"
    assert second.lines[-2] == f"{later(began)} Robin (bot): Hello!"


@pytest.mark.parametrize("include", ['["bot"]', '["bot", "operator"]', "[]"])
async def test_first_words_whatever_is_included(world: World, include: str) -> None:
    """T3: a case needs a first message, so the visitor's first words are it although `include` lacks the visitor."""
    story = await begin(world, f"transcripts.include = {include}")
    story.bot_says("Hello!")
    story.visitor_says("First words")
    story.visitor_says("Second words")
    story.bot_says("An answer")
    story.operator_says("An operator's answer")
    await world.run(0)
    story.visitor_says("Third words")
    story.bot_says("Another answer")
    await world.run(60)
    shown = body(world.case())
    assert shown[0] == "First words"
    assert "Third words" not in "".join(shown[1:])
    assert "Second words" not in "".join(shown[1:])
    assert ("Robin (bot): Hello!" in shown, "Robin (bot): Another answer" in shown) == (("bot" in include),) * 2
    assert ("Ann: An operator's answer" in shown) is ("operator" in include)


async def test_consecutive_events_of_one_form_make_one_delivery(world: World) -> None:
    """T5: bot and operator lines that follow one another are one note."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(0)
    story.bot_says("One", "Two")
    story.operator_says("Three")
    story.visitor_says("Four", "Five")
    story.bot_says("Six")
    await world.run(20)
    assert forms(world.case()) == ["customer", "note", "customer", "note"]
    assert body(world.case()) == [
        "Hi",
        "Robin (bot): One",
        "Robin (bot): Two",
        "Ann: Three",
        "Four",
        "Five",
        "Robin (bot): Six",
    ]
    sent = [(entry["form"], entry["events"]) for entry in world.events("delivery.sent")]
    assert sent == [("customer", 1), ("note", 3), ("customer", 2), ("note", 1)]


async def test_header_once_per_chat(world: World) -> None:
    """T5: a chat's first note starts with what an agent needs, the later ones do not; another chat has its own."""
    story = await begin(world)
    story.visitor_says("Hi")
    for number in range(3):
        story.bot_says(f"Line {number}")
        await world.run(20)
    story.new_chat()
    story.visitor_says("Hi again")
    for number in range(3, 5):
        story.bot_says(f"Line {number}")
        await world.run(20)
    notes = [message.lines for message in world.case().messages if message.note]
    assert [lines[0].startswith("Chaport chat 1") for lines in notes] == [True, False, False, False, False]
    assert [lines[0].startswith("Chaport chat 2") for lines in notes] == [False, False, False, True, False]
    assert [HEADER_END in lines for lines in notes] == [True, False, False, True, False]


async def test_header_once_over_a_restart(world: World) -> None:
    """T5: the header is not repeated by the next start."""
    story = await begin(world)
    story.visitor_says("Hi")
    story.bot_says("One")
    await world.run(0)
    await world.start()
    story.bot_says("Two")
    await world.run(20)
    assert [HEADER_END in message.text for message in world.case().messages] == [False, True, False]


async def test_two_visitors_do_not_mix(world: World) -> None:
    """T5: each chat in its own case, and each visitor a user of their own."""
    first = await begin(world)
    second = another(first)
    for story in (first, second):
        story.bot_says("Hello!")
        story.visitor_says(f"I am {story.visitor.name}")
    await world.run(0)
    assert sorted(case.messages[0].text for case in world.deskie.cases) == ["I am Mary", "I am Nina"]
    assert {user.custom_id for user in world.deskie.users} == {first.visitor.id, second.visitor.id}


async def test_a_case_gets_what_the_configuration_says(world: World) -> None:
    """Subject, group and labels of a new case."""
    story = await begin(
        world, 'cases.subject = "From {visitor}, {visitor}"', "cases.group_id = 7", "cases.labels = [101, 102]"
    )
    story.visitor_says("Hi")
    await world.run(0)
    case = world.case()
    assert (case.subject, case.group_id, case.labels) == ("From Mary, Mary", 7, [101, 102])


async def test_times_in_the_configured_zone(world: World) -> None:
    """T5: notes show times in `transcripts.timezone`."""
    story = await begin(world, 'transcripts.timezone = "Asia/Tokyo"')
    story.visitor_says("Hi")
    story.bot_says("Hello")
    await world.run(0)
    assert world.case().messages[1].lines[-2].startswith("2026-11-02 18:00:0")


async def test_a_flow_that_is_switched_off_does_nothing(world: World) -> None:
    """With transcripts switched off, neither chats nor cases are touched."""
    await begin(world)
    await world.start("transcripts.enabled = false", "status.enabled = true")
    assert world.app.transcripts is None


async def test_dry_run_writes_nothing(world: World) -> None:
    """A dry run tells the same events and writes to neither API."""
    story = await begin(world)
    await world.start(dry_run=True)
    story.visitor_says("Hi")
    await world.transcripts()
    story.bot_says("Hello")
    await world.transcripts()
    assert [entry["event"] for entry in world.events("case.opened", "delivery.sent", "case.pending")] == [
        "case.opened",
        "delivery.sent",
        "delivery.sent",
        "case.pending",
    ]
    assert world.writes("deskie") == []
