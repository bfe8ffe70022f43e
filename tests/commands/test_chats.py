"""`chats`: what became of the chats, how soon a person answered, and what waits, since when and why."""

import pytest

from tests.commands.asking import Asking
from tests.commands.recording import at_work
from tests.commands.test_printing import EVIL
from tests.replies.answering import answering
from tests.transcripts.stories import Story, another, begin
from tests.world import World, only


async def _a_day(world: World, *lines: str) -> Story:
    """Let five visitors come: for the bot, a person, nobody after the bot, nobody at all, and one without words."""
    mary = await begin(world, *lines)
    person, ended, alone, silent = (
        another(mary, name, f"{name.lower()}@mail.example") for name in ("P", "E", "A", "S")
    )
    for story in (mary, person, ended):
        story.visitor_says("Secret words")
        story.bot_says("How can I help?")
    person.visitor_says("A person, please")
    ended.visitor_says("Hello?")
    silent.bot_says("Hello!")
    alone.visitor_says("Anybody?")
    await world.run(60)
    person.operator_says("I'm here")
    await world.run(200)
    return mary


async def test_the_first_line(world: World, asking: Asking) -> None:
    """It says how many chats there were, how many a person answered, how many nobody did, and how many wait now."""
    await _a_day(world)
    told = (
        "5 chats since 2026-10-26 09:04:20 (UTC): a person answered 1, a bot alone 1, 0 stayed unanswered,"
        " in 1 the visitor wrote nothing; 2 wait now."
    )
    assert asking.chats_for_people()[0] == asking.chats()["answer"] == told
    world.wait(3600)
    assert ", 2 stayed unanswered, in 1 the visitor wrote nothing; 0 wait now." in asking.chats_for_people()[0]


async def test_the_outcomes(world: World, asking: Asking) -> None:
    """Each chat has one outcome; which of them wait for a person now is counted beside it."""
    await _a_day(world)
    outcomes = asking.chats()["outcomes"]
    assert {name: (each["chats"], each["wait_now"]) for name, each in outcomes.items()} == {
        "person": (1, 0),
        "bot": (1, 0),
        "nobody_yet": (1, 1),
        "unanswered": (1, 1),
        "silent": (1, 0),
    }
    lines = asking.chats_for_people()
    assert lines[1].split() == ["Outcome", "Chats", "Wait", "now"]
    assert "a person was needed, and nobody came  1      1" in lines
    assert not any("Secret" in line or "Anybody" in line for line in lines)


async def test_how_long_until_a_person(world: World, asking: Asking) -> None:
    """The wait begins with the words that the bot left unanswered."""
    await _a_day(world)
    told = asking.chats()["wait_for_a_person"]
    assert told == {"chats": 1, "unknown": 0, "median_seconds": 60, "longest_seconds": 60}
    assert "Wait for a person: the median is 1 min, the longest 1 min, of 1 chat." in asking.chats_for_people()


async def test_what_operators_write_is_left_out(world: World, asking: Asking) -> None:
    """T1: without operators' lines it is known that a person took part, and not when; this is said."""
    await _a_day(world, 'transcripts.include = ["bot", "visitor"]')
    told = asking.chats()
    assert told["outcomes"]["person"]["chats"] == 1
    assert told["wait_for_a_person"] == {"chats": 0, "unknown": 1, "median_seconds": None, "longest_seconds": None}
    assert "Wait for a person: unknown of 1 chat." in asking.chats_for_people()


async def test_an_agent_answers_from_deskie(world: World, asking: Asking) -> None:
    """R1: an answer that an agent writes in the case is a person's."""
    scene = await answering(world)
    scene.answer("It left this morning.")
    await scene.polls(4)
    told = asking.chats()
    assert told["outcomes"]["person"]["chats"] == 1
    assert (told["wait_for_a_person"]["chats"], told["wait_for_a_person"]["unknown"]) == (1, 0)


async def test_who_waits(world: World, asking: Asking) -> None:
    """A visitor who waits is named, with the chat, its case, since when, and the command that tells more."""
    story = await begin(world)
    story.visitor_says("Where is my order?")
    await world.run(100)
    story.visitor_says("Hello?")
    await world.run(200)
    told = only(asking.chats()["waiting"])
    assert told == {
        "visitor": {"id": story.visitor.id, "name": "Mary", "email": "mary@mail.example"},
        "chat": str(story.chat.id),
        "case": str(world.case().id),
        "since": "2026-11-02T09:00:00+00:00",
        "state": "for a person",
        "reason": "nobody has answered",
    }
    lines = asking.chats_for_people()
    assert any(line.startswith("Mary <mary@mail.example>") and "09:00:00" in line for line in lines)
    assert f"`chaport-sync explain case {world.case().id}` tells more of the first one." in lines


async def test_a_person_whom_the_visitor_asks_again(world: World, asking: Asking) -> None:
    """Who waits for a person's second answer waits too."""
    story = await begin(world)
    story.visitor_says("Hi")
    story.operator_says("Hello")
    await world.run(60)
    assert asking.chats()["wait_now"] == 0
    story.visitor_says("Where is my order?")
    await world.run(60)
    told = asking.chats()
    assert (told["outcomes"]["person"]["wait_now"], told["wait_now"]) == (1, 1)


async def test_what_is_parked(world: World, asking: Asking) -> None:
    """P3: Deskie's reason is told, and the command that sends it again."""
    world.deskie.quirks.reject_text = "order"
    story = await begin(world)
    story.visitor_says("Hello")
    await world.run(60)
    story.visitor_says("Where is my order?")
    story.operator_says("One moment")
    await world.run(1200)
    told = only(asking.chats()["waiting"])
    assert told["state"] == "parked"
    assert told["reason"]
    assert "`chaport-sync retry` sends what is parked again at once." in asking.chats_for_people()


async def test_what_is_held_back(world: World, asking: Asking) -> None:
    """T2: words that are gathered while a bot talks are held back, and the reason is told."""
    story = await begin(world, 'transcripts.deliver = "handoff"')
    story.visitor_says("Hi")
    story.bot_says("Hello")
    await world.run(30)
    told = only(asking.chats()["waiting"])
    assert (told["state"], told["reason"]) == ("held back", "a bot may still answer")


async def test_a_request_without_an_answer(world: World, asking: Asking) -> None:
    """P1: what may have been delivered is told as unclear."""
    story = await begin(world)
    story.visitor_says("Hi")
    world.sandbox.faults.add("reset_after", side="deskie", method="POST")
    await world.run(0)
    assert "unclear" in {each["state"] for each in asking.chats()["waiting"]}


@pytest.mark.parametrize("since", ["1h", "2026-11-02 09:00"])
async def test_the_window(world: World, asking: Asking, since: str) -> None:
    """A chat counts if it began in the window, whenever it was last written in."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(7200)
    story.bot_says("Hello")
    another(story).visitor_says("Hello?")
    await world.run(60)
    count = sum(each["chats"] for each in asking.chats(since)["outcomes"].values())
    assert count == {"1h": 1}.get(since, 2)


async def test_longer_than_what_is_kept(world: World, asking: Asking) -> None:
    """P7: chats are forgotten after a while, and a sentence says so."""
    await begin(world, "state.keep = 2")
    lines = asking.chats_for_people("4w")
    assert lines[0].startswith("No chat has begun since 2026-10-31 09:00:00 (UTC).")
    assert lines[1] == "Chats are forgotten after 2 days of silence ([state] keep)."


async def test_no_daemon(world: World, asking: Asking) -> None:
    """That no daemon runs comes first: newer chats are not known."""
    await _a_day(world)
    await world.stop()
    first, second, *_ = asking.chats_for_people()
    assert first.startswith("THE DAEMON DOES NOT RUN: ")
    assert second.startswith("5 chats since ")


async def test_transcripts_that_are_switched_off(world: World, asking: Asking) -> None:
    """It is said why there is nothing."""
    await at_work(world)
    assert asking.chats_for_people()[0].startswith("Transcripts are switched off ([transcripts] enabled)")


async def test_names_of_any_kind(world: World, asking: Asking) -> None:
    """P6: visitors name themselves, and nothing that they choose commands the terminal."""
    story = await begin(world, name=f"{EVIL[:-1]}[red]{'x' * 300}")
    story.visitor_says("Hi")
    await world.run(200)
    lines = asking.chats_for_people()
    assert all(character.isprintable() for line in lines for character in line)
    assert any("[red]xxx" in line for line in lines)


async def test_many_who_wait(world: World, asking: Asking) -> None:
    """The 30 who wait longest are shown, and how many there are."""
    story = await begin(world)
    for each in range(33):
        another(story, f"Visitor {each}").visitor_says("Hi")
    await world.run(200)
    told = asking.chats()
    assert (told["wait_now"], len(told["waiting"])) == (33, 30)
    assert any(line.startswith("These are the longest waits: 33 visitors wait") for line in asking.chats_for_people())
