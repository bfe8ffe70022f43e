"""The list of operators, without which their words would pass for a bot's (T1, S8)."""

import pytest

from tests.transcripts.stories import begin, body, shown_times
from tests.world import World


@pytest.mark.parametrize("lost", [False, True], ids=["remembered", "the state file was lost"])
async def test_an_empty_list_of_operators(world: World, lost: bool) -> None:  # noqa: FBT001 - a table
    """T1, S8: no list is not an empty list: nobody's words pass for a bot's because of it."""
    story = await begin(world, 'transcripts.include = ["bot"]', "status.enabled = true")
    await world.run(20)
    await world.stop()
    if lost:
        for file in world.folder.glob("state.db*"):
            file.unlink()
    world.sandbox.faults.add("error", side="chaport", path="/operators$", times=None, status=200, body={"result": []})
    await world.start()
    story.visitor_says("Hi")
    story.operator_says("Hello")
    await world.run(600)
    assert world.deskie.cases == []
    world.sandbox.faults.clear()
    await world.run(600)
    assert body(world.case()) == ["Hi"]


@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
async def test_a_list_that_stays_empty(world: World, restarted: bool) -> None:  # noqa: FBT001 - a table
    """T1: the chats are shown on, and who was an operator before the list became empty is no bot after that."""
    story = await begin(world, 'transcripts.include = ["bot", "visitor"]', "transcripts.poll = 60")
    await world.run(20)
    world.sandbox.faults.add("error", side="chaport", path="/operators$", times=None, status=200, body={"result": []})
    if restarted:
        await world.start()
    await world.run(3600)
    story.visitor_says("Hi")
    story.operator_says("Hello")
    await world.run(3600)
    assert [shown_times(world, text) for text in ("Hi", "Hello")] == [1, 0]
