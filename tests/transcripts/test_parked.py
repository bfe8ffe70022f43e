"""One bad record stops that record only (P3)."""

from itertools import pairwise

import pytest

from tests.transcripts.stories import Story, another, begin, body, shown_times
from tests.world import World, only

DAY = 86400


async def with_case(world: World, *lines: str) -> Story:
    """A visitor whose chat has a case, in an account that rejects one text."""
    story = await begin(world, *lines)
    world.deskie.quirks.reject_text = "BAD"
    story.visitor_says("Hi")
    await world.run(0)
    return story


def tries(world: World) -> list[float]:
    """Return when the bad text was sent."""
    requests = world.sandbox.requests_of("deskie", "POST")
    return [each.at.timestamp() for each in requests if "BAD" in repr(each.body)]


async def test_tried_five_times_over_the_next_cycles_then_parked(world: World) -> None:
    """P3: a delivery that Deskie rejects as invalid is tried 5 times, once a cycle, then parked and told."""
    story = await with_case(world)
    story.visitor_says("BAD words")
    await world.run(75)
    assert world.events("delivery.parked") == []
    await world.run(600)
    at = tries(world)
    assert len(at) == 5
    assert all(later - earlier >= 14 for earlier, later in pairwise(at))
    entry = only(world.events("delivery.parked"))
    assert (entry["visitor"], entry["chat"], entry["events"]) == (story.visitor.id, "1", 1)
    assert entry["error"] == "400 incorrect_content"
    assert world.app.store.counts.lines()["parked"] == 1  # type: ignore[index]


@pytest.mark.parametrize("bad", ["visitor", "bot"])
async def test_the_rest_goes_on(world: World, bad: str) -> None:
    """P3: a parked delivery does not hold up its own chat, nor do lines that were sent together with it."""
    story = await with_case(world)
    speak = story.visitor_says if bad == "visitor" else story.bot_says
    speak("One", "BAD", "Two")
    story.operator_says("Three")
    await world.run(400)
    story.visitor_says("Four")
    await world.run(20)
    shown = [row.rpartition(": ")[2] for row in body(world.case())]
    assert shown == ["Hi", "One", "Two", "Three", "Four"]
    assert only(world.events("delivery.parked"))["events"] == 1
    assert world.case().status == "open"


@pytest.mark.parametrize("answer", ["status 400", "error in a good answer", "413 too large", "403 on the case"])
async def test_other_chats_go_on_meanwhile(world: World, answer: str) -> None:
    """P3: while one record is rejected, in whatever way, every other is delivered in its cycle."""
    story = await with_case(world)
    world.deskie.quirks.error_in_200 = answer.startswith("error")
    status = {"413": 413, "403": 403}.get(answer[:3])
    if status:
        world.deskie.quirks.reject_text = ""
        path = f"/{world.case().id}/messages"
        world.sandbox.faults.add("error", side="deskie", method="POST", path=path, status=status, times=5)
    story.visitor_says("BAD")
    for number in range(4):
        other = another(story, f"Visitor {number}")
        other.visitor_says(f"I am number {number}")
        await world.run(20)
        assert shown_times(world, f"I am number {number}") == 1
    await world.run(100)
    assert len(world.events("delivery.parked")) == 1


async def test_retried_after_a_day_and_headed_as_late(world: World) -> None:
    """P3: retried daily, and then headed as late, in the bad line's own words and author."""
    story = await with_case(world)
    story.visitor_says("BAD")
    await world.run(300)
    assert len(tries(world)) == 5
    world.wait(DAY - 500)
    await world.run(100)
    assert len(tries(world)) == 5
    world.wait(400)
    await world.run(20)
    assert len(tries(world)) == 6
    world.deskie.quirks.reject_text = ""
    world.wait(DAY)
    await world.run(20)
    late = world.case().messages[-1]
    assert late.form == "note"
    assert late.lines[-3:-1] == [
        "Late: written 2026-11-02 09:00:00, could not be delivered then.",
        "2026-11-02 09:00:00 Mary (visitor): BAD",
    ]
    assert world.events("delivery.sent")[-1]["late"] is True


async def test_retried_on_demand(world: World) -> None:
    """P3: `retry` marks what is parked as due for the running daemon; once delivered it is not sent again."""
    story = await with_case(world)
    story.visitor_says("BAD")
    await world.run(300)
    world.deskie.quirks.reject_text = ""
    assert world.app.store.transcripts.retry_parked() == 1
    await world.run(20)
    assert body(world.case()) == [
        "Hi",
        "Late: written 2026-11-02 09:00:00, could not be delivered then.",
        "Mary (visitor): BAD",
    ]
    assert world.app.store.transcripts.retry_parked() == 0
    world.wait(3 * DAY)
    await world.run(20)
    assert len(world.case().messages) == 2


async def test_each_is_retried_by_itself(world: World) -> None:
    """P3: of several parked lines the good ones are delivered, whatever becomes of the others."""
    story = await with_case(world)
    story.visitor_says("BAD one", "BAD two", "BAD three")
    await world.run(400)
    assert world.app.store.transcripts.retry_parked() == 3
    world.deskie.quirks.reject_text = "BAD one"
    await world.run(60)
    assert [row for row in body(world.case()) if "BAD" in row] == [
        "Mary (visitor): BAD two",
        "Mary (visitor): BAD three",
    ]
    assert world.app.store.transcripts.retry_parked() == 1


async def test_parked_over_a_restart_and_an_unclear_retry(world: World) -> None:
    """P3, P1: what is parked survives a restart, and its retry stands there once whatever becomes of the request."""
    story = await with_case(world)
    story.visitor_says("BAD")
    await world.run(300)
    await world.start()
    world.deskie.quirks.reject_text = ""
    world.sandbox.faults.add("reset_after", side="deskie", method="POST")
    world.app.store.transcripts.retry_parked()
    await world.run(120)
    assert shown_times(world, "BAD") == 1


async def test_first_words_that_are_rejected(world: World) -> None:
    """P3: first words that cannot open a case are parked, and the next words open it."""
    story = await begin(world)
    world.deskie.quirks.reject_text = "BAD"
    story.bot_says("Hello!")
    story.visitor_says("BAD")
    await world.run(300)
    assert world.deskie.cases == []
    assert len(tries(world)) == 5
    story.visitor_says("Hi")
    await world.run(20)
    assert body(world.case()) == ["Hi", "Robin (bot): Hello!"]
    world.deskie.quirks.reject_text = ""
    world.app.store.transcripts.retry_parked()
    await world.run(20)
    assert body(world.case())[-1] == "Mary (visitor): BAD"


async def test_first_words_late(world: World) -> None:
    """P3, T3: first words that were parked open a case themselves when they are accepted, headed as late."""
    story = await begin(world)
    world.deskie.quirks.reject_text = "BAD"
    story.bot_says("Hello!")
    story.visitor_says("BAD")
    await world.run(300)
    world.deskie.quirks.reject_text = ""
    world.app.store.transcripts.retry_parked()
    await world.run(20)
    late = "Late: written 2026-11-02 09:00:00, could not be delivered then."
    assert body(world.case()) == [late, "BAD", "Robin (bot): Hello!"]
