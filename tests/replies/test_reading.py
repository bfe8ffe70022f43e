"""That no case is passed over, and that one that cannot be read does not hold up the others (P3, P8, R1, R3)."""

from datetime import timedelta
from typing import Any

import pytest

from chaport_sync.api.deskie import Deskie
from tests.replies.answering import REPLIES, Answering, answering
from tests.transcripts.stories import Story, another, begin
from tests.world import World


async def with_more(scene: Answering, more: int) -> list[Story]:
    """Let other visitors ask too, and return all their stories, in the order of their cases."""
    stories = [scene.story]
    for number in range(more):
        stories.append(another(scene.story, f"Visitor {number}"))
        stories[-1].visitor_says("Hello?")
        await scene.polls(4)
    assert len(scene.world.deskie.cases) == len(stories)
    return stories


def heard_by(story: Story) -> list[str]:
    """Return what one visitor was told by operators."""
    return [event.text for event in story.chat.events if event.author == "operator"]


async def test_stopped_before_all_were_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """P8, R1: an answer that was not read before the daemon's end is read after its next start."""
    scene = await answering(world)
    stories = await with_more(scene, 8)
    scene.answer("One moment.")
    await scene.polls(4)
    for number, case in enumerate(world.deskie.cases):
        world.wait(20)
        world.deskie.agent_replies(case, scene.agent, f"Answer {number}.")
    messages_since = Deskie.messages_since

    async def stopped_by_now(deskie: Deskie, *asked: Any) -> Any:
        """A signal may arrive together with an answer."""
        messages = await messages_since(deskie, *asked)
        world.clock.stop()
        return messages

    with monkeypatch.context() as patched:
        patched.setattr(Deskie, "messages_since", stopped_by_now)
        assert world.app.replies is not None
        await world.app.replies.cycle()
    assert sum(map(bool, map(heard_by, stories))) < len(stories)
    await world.start()
    await scene.polls(8)
    assert [heard_by(story)[-1:] for story in stories] == [[f"Answer {number}."] for number in range(len(stories))]


@pytest.mark.parametrize(("minutes", "in_time"), [(5, True), (90, False)])
async def test_answered_before_the_case_was_known_to_be_ours(world: World, minutes: int, in_time: bool) -> None:  # noqa: FBT001 - a table
    """P1, R1: what an agent answers in a case whose opening is still unclear is sent, or noted, once that is known."""
    scene = Answering(await begin(world, *REPLIES), world.deskie.staff[1])
    await scene.polls()
    scene.story.visitor_says("Where is my order?")
    world.sandbox.faults.add("truncated", side="deskie", method="POST", path="cases.json")
    await world.transcripts()
    scene.answer("It left this morning.")
    assert world.app.replies is not None
    for _ in range(minutes):
        world.wait(60)
        await world.app.replies.cycle()
    await scene.polls(8)
    assert scene.heard() == (["It left this morning."] if in_time else [])
    assert len(scene.notes()) == (0 if in_time else 1)


@pytest.mark.parametrize("status", [400, 403, 502])
async def test_a_case_that_cannot_be_read_for_long(world: World, status: int) -> None:
    """P3: the others are answered meanwhile, its own answer is found in the end, and the log tells of it once."""
    scene = await answering(world)
    stories = await with_more(scene, 1)
    mary, other = world.deskie.cases
    path = f"/cases/{mary.id}/messages"
    world.sandbox.faults.add("error", side="deskie", method="GET", path=path, times=None, status=status)
    world.deskie.agent_replies(mary, scene.agent, "For Mary.")
    for number in range(10):
        world.deskie.agent_replies(other, scene.agent, f"Answer {number}.")
        await scene.polls(10)
        assert heard_by(stories[1])[-1] == f"Answer {number}."
    assert heard_by(stories[0]) == []
    assert len([event for event in world.events("reply.cycle") if event["log_level"] == "warning"]) == 1
    world.sandbox.faults.clear()
    await scene.polls(22)
    assert heard_by(stories[0]) == ["For Mary."]


async def test_a_case_that_is_forbidden_costs_little(world: World) -> None:
    """P3, R3: it is not asked for at each poll, and of the cases only the new ones are listed."""
    scene = await answering(world)
    await with_more(scene, 1)
    mary, other = world.deskie.cases
    path = f"/cases/{mary.id}/messages"
    world.sandbox.faults.add("error", side="deskie", method="GET", path=path, times=None, status=403)
    world.deskie.agent_replies(mary, scene.agent, "For Mary.")
    await scene.polls(4)
    world.deskie.agent_replies(other, scene.agent, "For the other.")
    await scene.polls(10)
    world.sandbox.forget_requests()
    await scene.polls(80)
    asked = [request for request in world.sandbox.requests_of("deskie", "GET") if path in request.path]
    assert 3 <= len(asked) <= 5
    (*_, listed) = world.sandbox.requests_of("deskie", "GET", "/api/cases.json")
    assert int(listed.parameter("from_updated_time") or 0) >= int(mary.updated_at.timestamp())


async def test_a_case_that_was_deleted_is_not_read_for_ever(world: World) -> None:
    """R3: an answer that Deskie was to send later went with its case."""
    scene = await answering(world)
    world.deskie.agent_replies(scene.case, scene.agent, "Later.", send_at=world.time.now() + timedelta(minutes=10))
    await scene.polls(4)
    world.deskie.erase(scene.case)
    await scene.polls(60)
    world.sandbox.forget_requests()
    await scene.polls(10)
    assert [request.path for request in world.sandbox.requests_of("deskie", "GET") if "/messages" in request.path] == []


async def test_a_chat_that_cannot_be_read(world: World) -> None:
    """P3: an answer whose chat Chaport does not show, and which may be there, does not hold up the others."""
    scene = await answering(world)
    stories = await with_more(scene, 1)
    parts: dict[str, Any] = {"side": "chaport", "times": None}
    world.sandbox.faults.add("reset_after", path="/messages", method="POST", side="chaport", times=1)
    world.sandbox.faults.add("error", path=f"/visitors/{scene.story.visitor.id}/", method="GET", status=403, **parts)
    scene.answer("For Mary.")
    await scene.polls(3)
    for number in range(4):
        world.deskie.agent_replies(world.deskie.cases[1], scene.agent, f"Answer {number}.")
        await scene.polls(3)
        assert heard_by(stories[1])[-1:] == [f"Answer {number}."]
    world.sandbox.faults.clear()
    await scene.polls(60)
    assert heard_by(stories[0]) == ["For Mary."]
