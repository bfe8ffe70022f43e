"""Keeping a case out of the agents' way while a bot answers (C1 to C5)."""

import pytest

from chaport_sync.sandbox.requests import Request
from tests.transcripts.stories import another, begin, settings_of_status, statuses, with_bot
from tests.world import World, only


@pytest.mark.parametrize("initial", ["open", "waiting"])
async def test_opened_by_the_first_words_to_the_bot(world: World, initial: str) -> None:
    """C1 (a): the case of a bot's chat is pending from its first moment, whatever Deskie itself would make it."""
    world.deskie.quirks.initial_status = initial
    await with_bot(world)
    assert world.case().status == "waiting"
    assert world.case().changelog == []
    assert settings_of_status(world) == []
    assert only(world.events("case.opened"))["status"] == "waiting"
    assert len(world.sandbox.requests_of("deskie")) == len(["search", "opening", "note"])


@pytest.mark.parametrize("initial", ["open", "waiting"])
async def test_opened_in_another_status(world: World, initial: str) -> None:
    """C1 (a): where Deskie does not heed the status of an opening, it is set after the words, if it differs."""
    world.deskie.quirks.initial_status, world.deskie.quirks.opening_sets_status = initial, False
    await with_bot(world)
    assert world.case().status == "waiting"
    assert settings_of_status(world) == (["waiting"] if initial == "open" else [])


async def test_an_opening_that_is_refused_for_its_status(world: World) -> None:
    """C1, P3: then the case is opened without one, and set to pending afterwards."""
    world.sandbox.faults.add("error", side="deskie", method="POST", path="cases.json", status=400)
    await with_bot(world)
    await world.run(40)
    assert world.case().status == "waiting"
    assert [each.body["case"].get("status") for each in openings(world)] == ["waiting", None]
    assert settings_of_status(world) == ["waiting"]


async def test_opened_for_a_visitor_who_has_waited(world: World) -> None:
    """C1, C2: whoever waits too long by the time the case can be opened is not hidden in it for a moment."""
    story = await begin(world)
    story.bot_says("Hello!")
    story.visitor_says("Is anybody there?")
    world.sandbox.faults.outage("deskie")
    await world.run(200)
    world.sandbox.faults.recover("deskie")
    await world.run(300)
    assert [each.body["case"].get("status") for each in openings(world) if each.effect] == [None]
    assert (world.case().status, world.case().changelog) == ("open", [])


async def test_later_words_that_left_it_otherwise(world: World) -> None:
    """C1 (b): set again after each delivery of the visitor's words that reopened it."""
    story = await with_bot(world)
    for number in range(3):
        story.visitor_says(f"Question {number}")
        story.bot_says(f"Answer {number}")
        await world.run(20)
        assert world.case().status == "waiting"
    assert statuses(world) == ["waiting"] * 4


async def test_words_that_left_it_waiting(world: World) -> None:
    """C1 (b): where Deskie does not reopen it, nothing is written."""
    world.deskie.quirks.customer_message_reopens = False
    story = await with_bot(world)
    story.visitor_says("Question")
    await world.run(20)
    assert statuses(world) == ["waiting"]


async def test_the_bot_answers_after_the_first_words(world: World) -> None:
    """C1: a bot that begins to answer in a later cycle makes the case waiting."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(0)
    assert world.case().status == "open"
    story.bot_says("Hello!")
    await world.run(20)
    assert world.case().status == "waiting"


async def test_the_status_is_written_last(world: World) -> None:
    """C4: after everything else of the delivery."""
    story = await with_bot(world)
    story.visitor_says("Question")
    story.bot_says("Answer")
    story.visitor_says("Another")
    await world.run(20)
    writes = [method for method, _ in world.writes("deskie")]
    assert writes == ["POST", "POST", "POST", "POST", "POST", "PUT"]


@pytest.mark.parametrize("initial", ["open", "waiting"])
async def test_no_bot_has_spoken(world: World, initial: str) -> None:
    """C3: such a case is never set to waiting; if Deskie made it so, it is set to open."""
    world.deskie.quirks.initial_status = initial
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(0)
    assert world.case().status == "open"
    story.visitor_says("Hello?")
    await world.run(300)
    assert world.case().status == "open"
    assert "waiting" not in statuses(world)
    assert story.chat.operators == [story.bot.id]


@pytest.mark.parametrize("how", ["joins", "writes"])
async def test_a_human_operator(world: World, how: str) -> None:
    """C2: set to open when a human operator joins or writes, and waiting never again."""
    story = await with_bot(world)
    if how == "joins":
        story.operator_joins()
    else:
        story.operator_says("I am Ann")
    await world.run(20)
    assert world.case().status == "open"
    assert only(world.events("case.reopened"))["reason"] == "a human operator took over"
    story.visitor_says("Hi Ann")
    story.bot_says("Beep")
    await world.run(60)
    assert world.case().status == "open"
    assert statuses(world) == ["waiting", "open"]


async def test_without_reopen_on_handoff(world: World) -> None:
    """C2: `reopen_on_handoff = false` leaves the case as it is when a human operator joins."""
    story = await with_bot(world, "pending.reopen_on_handoff = false")
    story.operator_says("I am Ann")
    await world.run(300)
    assert world.case().status == "waiting"
    story.visitor_says("Hi Ann")
    await world.run(20)
    assert world.case().status == "open"
    assert statuses(world) == ["waiting"]


async def test_the_visitor_stays_unanswered(world: World) -> None:
    """C2: open when nobody answered the last words for `unanswered` seconds, not before, and it stays open."""
    story = await with_bot(world)
    story.visitor_says("Is anybody there?")
    await world.run(119)
    assert world.case().status == "waiting"
    await world.run(20)
    assert world.case().status == "open"
    story.bot_says("Sorry, here I am")
    await world.run(20)
    story.visitor_says("Finally")
    story.bot_says("Yes")
    await world.run(300)
    assert world.case().status == "open"
    assert statuses(world) == ["waiting", "waiting", "open"]


async def test_an_answer_just_in_time(world: World) -> None:
    """C2: an answer that came before the wait was too long is seen before the case is opened."""
    story = await with_bot(world, "transcripts.poll = 60", "transcripts.idle_poll = 600")
    other = another(story)
    other.bot_says("Hello")
    await world.run(120)
    story.visitor_says("Is anybody there?")
    await world.run(118)
    story.bot_says("Yes!")
    await world.run(400)
    assert world.case().status == "waiting"
    assert "open" not in statuses(world)


async def test_unanswered_only_for_that_chat(world: World) -> None:
    """C2: it stays open for that chat; the visitor's next chat with the bot begins anew."""
    story = await with_bot(world)
    story.visitor_says("Is anybody there?")
    await world.run(200)
    assert world.case().status == "open"
    story.new_chat()
    story.visitor_says("Hi again")
    story.bot_says("Hello again")
    await world.run(20)
    assert world.case().status == "waiting"


async def test_not_pending_while_a_newer_chat_waits(world: World) -> None:
    """C2: an older chat that is delivered late does not hide the visitor who waits in the newer one."""
    story = await with_bot(world, 'transcripts.deliver = "handoff"', "transcripts.ended_after = 600")
    story.new_chat()
    story.visitor_says("Is anybody there?")
    await world.run(300)
    assert world.case().status == "open"
    await world.run(600)
    assert "Hello!" in world.case().messages[-1].text
    assert world.case().status == "open"


def openings(world: World) -> list[Request]:
    """Return the requests that were to open a case."""
    asked = world.sandbox.requests_of("deskie", "POST")
    return [each for each in asked if each.path == "/api/cases.json"]
