"""How old an answer may be, what looking for answers costs, and what an outage leaves (R3, R5)."""

from dataclasses import replace

import pytest

from chaport_sync.core.replies.selection import RepliesLook
from tests.replies.answering import REPLIES, answering
from tests.transcripts.stories import another
from tests.world import World

DAY = 86400.0
OLD = "Not sent to the visitor: it could not be sent in time. The answer began: It left this morning."


async def test_before_it_was_switched_on(world: World) -> None:
    """R5: what was written before is nobody's business, and no note speaks of it."""
    scene = await answering(world, "replies.enabled = false")
    scene.answer("By phone I said: tomorrow.")
    await world.run(60)
    await world.stop()
    await world.start(*REPLIES)
    await scene.polls(4)
    scene.answer("It left this morning.")
    await scene.polls(4)
    assert (scene.heard(), scene.notes()) == (["It left this morning."], [])


async def test_switched_off_for_a_while(world: World) -> None:
    """R5: what was written while it was switched off is not sent when it is on again."""
    scene = await answering(world)
    await world.stop()
    await world.start("replies.enabled = false")
    scene.answer("By phone I said: tomorrow.")
    await world.run(60)
    await world.stop()
    await world.start(*REPLIES)
    await scene.polls(4)
    assert (scene.heard(), scene.notes()) == ([], [])


async def test_the_daemon_was_down_for_a_day(world: World) -> None:
    """R5: yesterday's answer is not sent today; the case says so, and today's answer is sent."""
    scene = await answering(world)
    await world.stop()
    scene.answer("It left this morning.")
    world.wait(DAY)
    await world.start(*REPLIES)
    scene.answer("It must be there by now.")
    await scene.polls(6)
    assert (scene.heard(), scene.notes()) == (["It must be there by now."], [OLD])


async def test_chaport_is_down_for_too_long(world: World) -> None:
    """R5: an answer that could not be sent for `max_age` is given up with a note, once the case can take it."""
    scene = await answering(world, "replies.max_age = 600")
    world.sandbox.faults.add("error", side="chaport", method="POST", path="/messages", times=None, status=503)
    scene.answer("It left this morning.")
    await scene.polls(4 * 15)
    world.sandbox.faults.clear()
    await scene.polls(4 * 15)
    assert scene.heard() == []
    assert scene.notes() == [OLD]


async def test_chaport_is_down_for_a_while(world: World) -> None:
    """P4: the answer waits, in order, and the cases are shown on."""
    scene = await answering(world)
    world.sandbox.faults.add("error", side="chaport", path="/messages", times=8, status=503)
    scene.answer("It left this morning.")
    scene.answer("Have a nice day.")
    await scene.polls(4 * 15)
    assert (scene.heard(), scene.notes()) == (["It left this morning.", "Have a nice day."], [])


async def test_a_clock_that_was_ahead(world: World) -> None:
    """R5: that it was switched on at a time to come does not keep today's answers back."""
    scene = await answering(world)
    world.app.store.marks.put(replace(world.app.store.marks.get(RepliesLook), since=world.now() + DAY))
    await scene.polls(1)
    scene.answer("It left this morning.")
    await scene.polls(3)
    assert scene.heard() == ["It left this morning."]


async def test_deskie_cannot_be_read_at_first(world: World) -> None:
    """R5: answers count from the moment on at which they are switched on, however long Deskie fails then."""
    scene = await answering(world, "replies.enabled = false")
    await world.stop()
    world.sandbox.faults.add("error", side="deskie", path="/cases.json", times=None, status=503)
    await world.start(*REPLIES)
    await scene.polls(1)
    scene.answer("It left this morning.")
    await scene.polls(10)
    world.sandbox.faults.clear()
    await scene.polls(30)
    assert scene.heard() == ["It left this morning."]


@pytest.mark.parametrize("when", ["as it is switched on", "afterwards"])
async def test_a_clock_that_was_behind(world: World, when: str) -> None:
    """R5: what was written before it was switched on is not sent by a clock that was behind, nor once it is right."""
    scene = await answering(world, "replies.enabled = false")
    scene.answer("By phone I said: tomorrow.")
    await world.run(60)
    await world.stop()
    if when == "as it is switched on":
        world.clock.error = -DAY / 2
    await world.start(*REPLIES)
    await scene.polls(4)
    world.clock.error = -DAY / 2
    await scene.polls(4)
    scene.answer("It left this morning.")
    await scene.polls(4)
    world.clock.error = 0
    await scene.polls(4)
    assert (scene.heard(), scene.notes()) == (["It left this morning."], [])


@pytest.mark.parametrize("status", [200, 502])
async def test_a_case_that_cannot_be_read(world: World, status: int) -> None:
    """P3: it does not hold up the others, and its answer is sent once it can be read."""
    scene = await answering(world)
    other = another(scene.story, "Nina")
    other.visitor_says("Hello?")
    await scene.polls(4)
    mary, nina = world.deskie.cases
    path = f"/cases/{mary.id}/messages"
    world.sandbox.faults.add("html", side="deskie", method="GET", path=path, times=40, status=status)
    world.deskie.agent_replies(mary, scene.agent, "For Mary.")
    world.deskie.agent_replies(nina, scene.agent, "For Nina.")
    await scene.polls(4)
    assert [event.text for event in other.chat.events if event.author == "operator"] == ["For Nina."]
    assert scene.heard() == []
    await scene.polls(60)
    assert scene.heard() == ["For Mary."]


async def test_looking_costs_one_request(world: World) -> None:
    """R3: one unit a poll when nothing happens, whatever cases there are."""
    scene = await answering(world)
    scene.answer("It left this morning.")
    await scene.polls(60)
    world.sandbox.forget_requests()
    assert world.app.replies is not None
    for _ in range(10):
        world.wait(15)
        await world.app.replies.cycle()
    assert len(world.sandbox.journal) == 10
    assert {request.path for request in world.sandbox.journal} == {"/api/cases.json"}
