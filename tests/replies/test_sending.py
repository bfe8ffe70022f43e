"""An agent's answer reaches the visitor, once and in order, and comes back as nothing (R1, R2)."""

from typing import Any

import pytest

from chaport_sync.core.replies.echoes import AnswerIds
from tests.replies.answering import answering
from tests.transcripts.stories import shown_times
from tests.world import World


async def test_an_answer_reaches_the_visitor(world: World) -> None:
    """R1: as the operator that is paired with its agent, and it stands in the case once."""
    scene = await answering(world)
    scene.answer("It left this morning.")
    await scene.polls(3)
    assert scene.heard() == ["It left this morning."]
    (sent,) = [event for event in scene.chat.events if event.author == "operator"]
    assert sent.author_id == scene.story.operator.id
    await scene.polls(20)
    assert shown_times(world, "It left this morning.") == 1
    assert scene.notes() == []


async def test_several_in_order(world: World) -> None:
    """R2: in the order in which they were written."""
    scene = await answering(world)
    for number in range(5):
        scene.answer(f"Answer {number}.")
    await scene.polls(4)
    assert scene.heard() == [f"Answer {number}." for number in range(5)]


@pytest.mark.parametrize("kind", ["reset_after", "late_effect", "error", "html"])
@pytest.mark.parametrize("place", ["chatEvent", "ignored"])
async def test_once_whatever_becomes_of_the_request(world: World, kind: Any, place: Any) -> None:
    """R2: whatever answer comes or does not, the visitor hears it once, also where Chaport knows no external ids."""
    world.chaport.quirks.external_id_place = place
    scene = await answering(world)
    parts: dict[str, Any] = {"status": 500} if kind == "error" else {}
    world.sandbox.faults.add(kind, side="chaport", path="/api/v1/messages", times=1, **parts)
    scene.answer("It left this morning.")
    scene.answer("Have a nice day.")
    await scene.polls(20)
    assert scene.heard() == ["It left this morning.", "Have a nice day."]
    assert shown_times(world, "It left this morning.") == 1


@pytest.mark.parametrize(
    ("configured", "place"), [("event", "chatEvent"), ("top", "top"), ("none", "ignored")], ids=["event", "top", "none"]
)
async def test_its_external_id(world: World, configured: str, place: Any) -> None:
    """R2: it is derived from Deskie's message, and stands where the configuration says."""
    world.chaport.quirks.external_id_place = place
    scene = await answering(world, f'chaport.external_id = "{configured}"')
    message = scene.answer("It left this morning.")
    await scene.polls(3)
    assert scene.heard() == ["It left this morning."]
    (sent,) = [each.body for each in world.sandbox.requests_of("chaport", "POST") if each.path.endswith("/messages")]
    given = {"event": sent["chatEvent"].get("externalId"), "top": sent.get("externalId")}
    external_id = f"deskie-{world.app.store.marks.get(AnswerIds).mark}-{message.id}"
    assert given == {name: external_id if name == configured else None for name in given}


async def test_two_in_one_second(world: World) -> None:
    """R3: what is written right after a look, in the same second of Deskie's clock, is found by the next one."""
    scene = await answering(world)
    await scene.polls(4)
    assert world.app.replies is not None
    scene.answer("It left this morning.")
    await world.app.replies.cycle()
    scene.answer("Have a nice day.")
    await scene.polls(3)
    assert scene.heard() == ["It left this morning.", "Have a nice day."]


@pytest.mark.parametrize("place", ["chatEvent", "ignored"])
async def test_a_restart_sends_nothing_twice(world: World, place: Any) -> None:
    """R2: neither after a stop, nor with an older copy of the state file."""
    world.chaport.quirks.external_id_place = place
    scene = await answering(world)
    await world.stop()
    copy = (world.folder / "state.db").read_bytes()
    await world.start()
    scene.answer("It left this morning.")
    await scene.polls(4)
    await world.stop()
    await world.start()
    await scene.polls(4)
    await world.stop()
    for left in world.folder.glob("state.db*"):
        left.unlink()
    (world.folder / "state.db").write_bytes(copy)
    await world.start()
    await scene.polls(6)
    assert scene.heard() == ["It left this morning."]
    assert shown_times(world, "It left this morning.") == 1
