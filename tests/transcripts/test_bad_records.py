"""Chats, cases and channels that fail, and what goes on meanwhile (P3)."""

from itertools import pairwise
from typing import Any, Literal

import pytest

from chaport_sync.core.model import OwnAgent
from chaport_sync.core.transcripts.watch import Swept
from tests.transcripts.stories import another, begin, body, forms, shown_times
from tests.world import World, only


@pytest.mark.parametrize("refusal", ["unknown", "inactive", "another error", "forbidden"])
async def test_the_channel_is_refused(world: World, refusal: str) -> None:
    """P3: a rejection that concerns every case pauses opening cases, and is tried again every 5 minutes."""
    story = await begin(world)
    channel = only([vars(one) for one in world.deskie.channels])
    has_case = another(story, "Nina")
    has_case.visitor_says("I was here before")
    await world.run(0)
    if refusal == "unknown":
        world.deskie.channels.clear()
    elif refusal == "forbidden":
        world.sandbox.faults.add("error", side="deskie", method="POST", path="cases.json", status=403, times=None)
    else:
        channel["active"] = False
        if refusal == "another error":
            world.sandbox.faults.add("error", side="deskie", method="POST", path="cases.json", status=400, times=None)
    others = [another(story, f"Visitor {number}") for number in range(5)]
    world.sandbox.forget_requests()
    for other in others:
        other.visitor_says("Hi there")
    has_case.visitor_says("I go on")
    await world.run(1000)
    posts = world.sandbox.requests_of("deskie", "POST", "/api/cases.json")
    opened = sorted({round(each.at.timestamp()) for each in posts})
    assert len(opened) == 4
    assert all(later - earlier >= 300 for earlier, later in pairwise(opened))
    assert len(posts) <= 4 * 4
    assert shown_times(world, "I go on") == 1
    assert world.events("delivery.parked") == []
    failed = only(world.events("poll.failed"))
    assert "cch12" in failed["error"]
    world.sandbox.faults.clear()
    world.deskie.channels.clear()
    world.deskie.add_channel(12)
    await world.run(320)
    assert shown_times(world, "Hi there") == 5
    assert len(world.events("poll.recovered")) == 1


@pytest.mark.parametrize(
    ("kind", "status"), [("error", 500), ("error", 403), ("error", 404), ("error", 400), ("truncated", 200)]
)
async def test_a_chat_that_cannot_be_read(world: World, kind: Any, status: int) -> None:
    """P3: one chat that always fails in Chaport does not stop the others; read again when it can be."""
    story = await begin(world)
    bad = another(story, "Bad")
    world.sandbox.faults.add(kind, side="chaport", path=bad.visitor.id, times=None, status=status)
    for number in range(8):
        story.visitor_says(f"Words {number}")
        bad.visitor_says(f"Bad words {number}")
        await world.run(20)
    assert len([row for row in body(world.case()) if row.startswith("Words")]) >= 6
    assert world.case().messages[0].text.startswith("Words")
    world.sandbox.faults.clear()
    world.wait(3600)
    await world.run(400)
    assert shown_times(world, "Bad words 7") == 1
    assert shown_times(world, "Words 7") >= 1


async def test_chats_that_cannot_be_read(world: World) -> None:
    """P3: nor do several of them, however long they are due already."""
    world.chaport.quirks.order_by = "activity"
    story = await begin(world)
    bad = [another(story, f"Bad {number}") for number in range(4)]
    for one in bad:
        one.visitor_says("Hello")
    await world.run(20)
    for one in bad:
        world.sandbox.faults.add("error", side="chaport", path=one.visitor.id, times=None, status=500)
    await world.run(600)
    for number in range(8):
        story.visitor_says(f"Words {number}")
        await world.run(20)
        assert shown_times(world, f"Words {number}") == 1
    assert len(world.events("poll.failed")) <= 1


async def test_a_chat_that_always_fails_is_asked_for_more_rarely(world: World) -> None:
    """P3, T7: it costs Chaport's pace less and less, and the sweep goes on every hour without it."""
    world.chaport.quirks.order_by = "activity"
    story = await begin(world)
    bad = another(story, "Bad")
    bad.visitor_says("Hello")
    await world.run(20)
    story.visitor_says("Hi")
    await world.run(20)
    world.sandbox.faults.add("error", side="chaport", path=bad.visitor.id, times=None, status=500)
    bad.visitor_says("Hello?")
    story.visitor_says("Hi again")
    await world.run(600)
    swept = world.app.store.marks.get(Swept).at
    world.sandbox.forget_requests()
    await world.run(3700)
    asked = [request for request in world.sandbox.requests_of("chaport") if bad.visitor.id in request.path]
    assert 4 * 3700 / 300 * 0.7 <= len(asked) <= 4 * 3700 / 300 * 1.3
    assert world.app.store.marks.get(Swept).at > swept


@pytest.mark.parametrize("status", [403, 404, 400])
async def test_a_chat_that_is_refused(world: World, status: int) -> None:
    """P3: a chat that may not be read is not asked for at every poll."""
    story = await begin(world)
    bad = another(story, "Bad")
    bad.visitor_says("Hello")
    another(story, "The newest")
    await world.run(20)
    world.sandbox.faults.add("error", side="chaport", path=bad.visitor.id, times=None, status=status)
    world.sandbox.forget_requests()
    await world.run(600)
    asked = [request for request in world.sandbox.requests_of("chaport") if bad.visitor.id in request.path]
    assert 1 <= len(asked) <= 3


@pytest.mark.parametrize("status", [500, 403, 404, 400])
async def test_a_case_that_cannot_be_used(world: World, status: int) -> None:
    """P3: one case that always fails in Deskie does not stop the others."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(0)
    path = f"/cases/{world.case().id}"
    world.sandbox.faults.add("error", side="deskie", path=path, times=None, status=status)
    for number in range(5):
        story.visitor_says(f"Bad {number}")
        other = another(story, f"Visitor {number}")
        other.visitor_says(f"Words {number}")
        other.bot_says(f"Answer {number}")
        await world.run(60)
        assert shown_times(world, f"Words {number}") == 1
        assert shown_times(world, f"Answer {number}") == 1


@pytest.mark.parametrize("status", [500, 403])
async def test_a_bad_case_in_a_quiet_account(world: World, status: int) -> None:
    """P3: nor does it make the others wait when it is the only one that has something to do."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(0)
    path = f"/cases/{world.case().id}"
    world.sandbox.faults.add("error", side="deskie", path=path, times=None, status=status)
    story.visitor_says("Bad")
    await world.run(1500)
    for number in range(2):
        other = another(story, f"Visitor {number}")
        other.visitor_says(f"Words {number}")
        await world.run(40)
        assert shown_times(world, f"Words {number}") == 1
        await world.run(400)
    world.sandbox.faults.clear()
    await world.run(330)
    assert shown_times(world, "Bad") == 1


@pytest.mark.parametrize("missing", [True, False])
async def test_a_note_that_became_a_message(world: World, missing: bool) -> None:  # noqa: FBT001 - a table
    """T5: such a note may have reached the customer: the flow stops at once and says so, until the next start."""
    story = await begin(world)
    world.deskie.quirks.note_becomes_message = True
    world.deskie.quirks.note_flag_missing = missing
    story.visitor_says("Hi")
    story.bot_says("Hello!")
    await world.run(0)
    assert only(world.events("note.refused"))["case"] == str(world.case().id)
    world.deskie.quirks.note_becomes_message = world.deskie.quirks.note_flag_missing = False
    world.sandbox.forget_requests()
    story.bot_says("How can I help?")
    await world.run(600)
    assert world.sandbox.journal == []
    assert forms(world.case()) == ["customer", "agent"]
    assert not (await world.transcripts()).good
    await world.start()
    await world.run(20)
    assert forms(world.case()) == ["customer", "agent", "note"]
    assert body(world.case())[-1] == "Robin (bot): How can I help?"


@pytest.mark.parametrize("wrapper", ["message", "note"])
async def test_a_note_whose_answer_does_not_tell(world: World, wrapper: Literal["message", "note"]) -> None:
    """T5: what the answer does not call a note is read back, once, and is well if it stands there as a note."""
    story = await begin(world)
    world.deskie.quirks.note_wrapper, world.deskie.quirks.note_flag_missing = wrapper, True
    story.visitor_says("Hi")
    for number in range(3):
        story.bot_says(f"Hello {number}")
        await world.run(60)
    assert world.events("note.refused") == []
    assert forms(world.case()) == ["customer", "note", "note", "note"]
    assert len(readings(world)) == 3
    assert world.app.store.marks.get(OwnAgent) == OwnAgent(str(world.deskie.api_agent.id))


async def test_a_note_whose_answer_tells(world: World) -> None:
    """T5: then nothing is read back, whatever the answer stands under."""
    story = await begin(world)
    world.deskie.quirks.note_wrapper = "note"
    story.visitor_says("Hi")
    story.bot_says("Hello!")
    await world.run(60)
    assert forms(world.case()) == ["customer", "note"]
    assert readings(world) == []


async def test_a_note_that_could_not_be_read_back(world: World) -> None:
    """T5, P1: it is not sent again for that."""
    story = await begin(world)
    world.deskie.quirks.note_flag_missing = True
    story.visitor_says("Hi")
    story.bot_says("Hello!")
    world.sandbox.faults.add("error", side="deskie", method="GET", path="messages.json", status=500, times=3)
    await world.run(600)
    assert world.events("note.refused") == []
    assert body(world.case()) == ["Hi", "Robin (bot): Hello!"]
    assert world.case().status == "waiting"


def readings(world: World) -> list[str]:
    """Return the paths at which messages were read."""
    asked = world.sandbox.requests_of("deskie", "GET")
    return [each.path for each in asked if each.path.endswith("/messages.json")]
