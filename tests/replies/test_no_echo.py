"""What was sent to a visitor does not come back into the case (R2)."""

import shutil

import pytest

from tests.replies.answering import answering
from tests.transcripts.stories import shown_times
from tests.world import World


@pytest.mark.parametrize("times", [1, 2])
async def test_where_chaport_tells_no_id(world: World, times: int) -> None:
    """R2: an answer that was sent is recognised by operator and words where the answer to the request is empty."""
    world.chaport.quirks.message_answer = "empty"
    scene = await answering(world)
    for _ in range(times):
        scene.answer("It left this morning.")
        await scene.polls(4)
    await world.run(600)
    assert scene.heard() == ["It left this morning."] * times
    assert shown_times(world, "It left this morning.") == times


async def test_a_clock_that_is_ahead(world: World) -> None:
    """R2: neither by a clock that is wrong by more than both services' clocks may differ."""
    world.chaport.quirks.message_answer = "empty"
    scene = await answering(world)
    world.clock.error = 1200.0
    scene.answer("It left this morning.")
    await scene.polls(4)
    world.clock.error = 0.0
    await world.run(600)
    assert scene.heard() == ["It left this morning."]
    assert shown_times(world, "It left this morning.") == 1


async def test_what_an_older_copy_knows_as_still_to_be_sent(world: World) -> None:
    """R2: what a forgotten run sent is no operator's own words, also if the case says something else by now."""
    world.chaport.quirks.external_id_place = "ignored"
    scene = await answering(world)
    world.sandbox.faults.add("error", side="chaport", path="/api/v1/messages", times=None, status=503)
    answer = scene.answer("It left this morning.")
    await scene.polls(4)
    await world.stop()
    shutil.copy(world.folder / "state.db", world.folder / "copy.db")
    world.sandbox.faults.clear()
    await world.start()
    await scene.polls(4)
    await world.stop()
    world.deskie.agent_edits(scene.case, answer, "It left yesterday.")
    for file in world.folder.glob("state.db*"):
        file.unlink()
    shutil.copy(world.folder / "copy.db", world.folder / "state.db")
    await world.start()
    await scene.polls(8)
    assert scene.heard() == ["It left this morning."]
    assert shown_times(world, "It left this morning.") == 0
