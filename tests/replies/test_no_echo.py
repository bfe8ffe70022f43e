"""What was sent to a visitor does not come back into the case (R2)."""

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
