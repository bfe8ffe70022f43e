"""More to put into Deskie than its budget allows: nobody stands in another's way (P9)."""

from dataclasses import replace
from datetime import datetime

import pytest

from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.turns import Lateness, Work
from chaport_sync.sandbox.deskie.records import Case
from tests.transcripts.stories import Story, another, begin, shown_times
from tests.world import World, only

#: A budget of which nothing is put aside for statuses; each of a flood's words is shown as soon as it can be.
SCARCE = ("deskie.requests_per_minute = 60", 'transcripts.deliver = "live"', "pending.unanswered = 30")
LONG = "word " * 2600


def flood(story: Story, count: int) -> list[Story]:
    """Let visitors come to the bot who write one line each."""
    crowd = [another(story, f"Visitor {number}") for number in range(count)]
    for number, each in enumerate(crowd):
        each.bot_says("Hello!")
        each.visitor_says(f"Flood {number:04}.")
    return crowd


def only_chat(world: World) -> ChatState:
    """Return what is remembered of the only chat."""
    (chat,) = world.app.store.transcripts.chats_of(visitor.id for visitor in world.chaport.visitors)
    return chat


def case_of(world: World, text: str) -> Case:
    """Return the case in which a text stands."""
    (found,) = (case for case in world.deskie.cases if any(text in each.text for each in case.messages))
    return found


def shown_at(world: World, text: str) -> datetime:
    """Return when a text came to stand in a case, or the end of time."""
    return min(
        (each.created_at for case in world.deskie.cases for each in case.messages if text in each.text),
        default=datetime.max.replace(tzinfo=world.time.now().tzinfo),
    )


async def answered_by_the_bot(world: World, *lines: str) -> Story:
    """Mary has asked, the bot has answered, and her case is pending."""
    mary = await begin(world, *SCARCE, *lines)
    mary.visitor_says("I have a question.")
    mary.bot_says("Which one?")
    await world.run(80)
    assert world.case().status == "waiting"
    return mary


async def test_a_flood_of_openings_hides_nobody_who_waits(world: World) -> None:
    """P9, C2: the pending case of a customer whom the bot leaves alone is opened though a crowd waits for cases."""
    mary = await answered_by_the_bot(world)
    flood(mary, 60)
    await world.run(20)
    mary.visitor_says("Is anybody there?")
    await world.run(30 + 3 * 20 + 61)
    assert shown_times(world, "Is anybody there?") == 1
    assert case_of(world, "Is anybody there?").status == "open"
    # A part of the crowd still waits.
    assert len(world.deskie.cases) < 60


async def test_openings_come_after_words_in_known_cases(world: World) -> None:
    """P9: who is in a chat already does not wait for a crowd that comes."""
    mary = await answered_by_the_bot(world)
    flood(mary, 120)
    waits = []
    for number in range(8):
        mary.visitor_says(f"More {number}.")
        mary.bot_says(f"Well {number}.")
        said = world.time.now()
        await world.run(30)
        waits.append((said, f"More {number}."))
    await world.run(60)
    assert max((shown_at(world, text) - said).total_seconds() for said, text in waits) <= 20 + 2 * 61
    assert 8 <= len(world.deskie.cases) < 120


async def test_a_crowd_is_not_kept_out(world: World) -> None:
    """P9: nor do words in known cases, however many, keep a newcomer's case from being opened."""
    mary = await answered_by_the_bot(world)
    mary.visitor_says(*(f"{LONG}{number:03}" for number in range(150)))
    await world.run(20)
    nina = another(mary)
    nina.visitor_says("Good morning!")
    said = world.time.now()
    await world.run(200)
    assert (shown_at(world, "Good morning!") - said).total_seconds() <= 20 + 2 * 61
    assert shown_times(world, "word 149") == 0


async def test_one_visitors_flood_does_not_delay_others(world: World) -> None:
    """P9: chats take turns, a few steps at a time."""
    mary = await answered_by_the_bot(world)
    bob = another(mary, "Bob")
    bob.visitor_says("Hello")
    await world.run(60)
    mary.visitor_says(*(f"{LONG}{number:03}" for number in range(150)))
    await world.run(20)
    waits = []
    for number in range(6):
        bob.visitor_says(f"Words {number}.")
        said = world.time.now()
        await world.run(20)
        waits.append((said, f"Words {number}."))
    await world.run(100)
    assert max((shown_at(world, text) - said).total_seconds() for said, text in waits) <= 20 + 2 * 61
    assert shown_times(world, "word 149") == 0


async def test_those_who_wait_unseen_do_not_keep_others_out(world: World) -> None:
    """P9: one who waits with many long messages to show is not served alone either."""
    mary = await answered_by_the_bot(world, "pending.unanswered = 5")
    mary.visitor_says(*(f"{LONG}{number:03}" for number in range(150)))
    await world.run(40)
    nina = another(mary)
    nina.visitor_says("Good morning!")
    said = world.time.now()
    await world.run(240)
    assert (shown_at(world, "Good morning!") - said).total_seconds() <= 20 + 3 * 61


async def test_a_cycle_ends_soon_after_its_poll(world: World) -> None:
    """P9: the time is asked before each step, so that chats are read at their pace whatever waits to be delivered."""
    mary = await answered_by_the_bot(world)
    world.sandbox.faults.add("latency", side="deskie", times=None, seconds=3)
    mary.visitor_says(*(f"{LONG}{number:03}" for number in range(20)))
    took = []
    for _ in range(8):
        began = world.time.elapsed
        await world.transcripts()
        took.append(world.time.elapsed - began)
        world.wait(max(0.0, 20 - took[-1]))
    assert max(took) <= 20 + 2 * 61
    assert sum(took) <= 8 * 60


@pytest.mark.parametrize("latency", [11.0, 19.0])
async def test_a_round_with_time_for_one_step(world: World, latency: float) -> None:
    """P9: when Deskie is as slow as that, chats still get on."""
    mary = await begin(world, 'transcripts.deliver = "live"')
    world.sandbox.faults.add("latency", side="deskie", times=None, seconds=latency)
    crowd = flood(mary, 6)
    await world.run(1500)
    assert [shown_times(world, f"Flood {number:04}.") for number in range(len(crowd))] == [1] * 6
    assert {case.status for case in world.deskie.cases} == {"open"}


async def test_how_late_delivering_is(world: World) -> None:
    """P9: it is said once when it is later than a visitor may wait for an answer, and when that is over."""
    mary = await answered_by_the_bot(world)
    flood(mary, 60)
    await world.run(240)
    told = only(world.events("transcripts.behind"))
    assert (told["log_level"], told["what"]) == ("warning", "delivering")
    assert told["seconds"] > 40
    assert 20 <= told["visitors"] <= 60
    late = world.app.store.marks.get(Lateness, Work.DELIVERING)
    assert late.seconds > 150
    assert late.visitors > 10
    assert world.events("transcripts.caught_up") == []
    await world.run(600)
    assert only(world.events("transcripts.caught_up"))["what"] == "delivering"
    assert world.app.store.marks.get(Lateness, Work.DELIVERING) == Lateness()


async def test_a_failing_deskie_is_no_slow_one(world: World) -> None:
    """P9, P4: while Deskie fails that is said already."""
    mary = await answered_by_the_bot(world)
    world.sandbox.faults.outage("deskie")
    flood(mary, 3)
    await world.run(400)
    assert world.events("transcripts.behind") == []
    world.sandbox.faults.recover("deskie")
    await world.run(400)
    assert world.events("transcripts.behind") == []
    assert world.app.store.marks.get(Lateness, Work.DELIVERING) == Lateness()


async def test_what_is_asked_for_again_is_not_late(world: World) -> None:
    """P9: what an administrator has sent again has not waited since ever."""
    mary = await answered_by_the_bot(world)
    world.app.store.transcripts.record(replace(only_chat(world), due_at=0.0))
    world.sandbox.faults.outage("deskie")
    await world.run(0)
    mary.visitor_says("Hello?")
    await world.run(20)
    assert world.app.store.marks.get(Lateness, Work.DELIVERING).seconds <= 40


async def test_delivering_leaves_reading_its_time(world: World) -> None:
    """P9, T7: while Deskie's budget is waited for, chats are read; a cycle that delivers for long reads for as long."""
    # Nobody of the crowd comes to wait for a person, which would go before Mary's words (C2).
    mary = await answered_by_the_bot(world, "chaport.requests_per_second = 2", "pending.unanswered = 3600")
    flood(mary, 150)
    waits = []
    for number in range(12):
        mary.visitor_says(f"More {number}.")
        said = world.time.now()
        await world.run(20)
        waits.append((said, f"More {number}."))
    await world.run(200)
    # A round is 150 visitors at two requests a second, and as much for delivering.
    assert max((shown_at(world, text) - said).total_seconds() for said, text in waits) <= 150
