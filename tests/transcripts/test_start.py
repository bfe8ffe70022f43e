"""Where mirroring begins (T6)."""

import pytest

from tests.transcripts.stories import Story, begin, body, shown_times
from tests.world import World


def before_the_start(world: World, *texts: str) -> Story:
    """A visitor talked with a bot before the daemon was first started."""
    bot = world.chaport.add_bot("Robin")
    visitor = world.chaport.add_visitor("Mary")
    _, operator = world.pair("Ann")
    story = Story(world, visitor, world.chaport.start_chat(visitor, bot), bot, operator)
    story.visitor_says(*texts)
    return story


async def test_older_than_the_first_start(world: World) -> None:
    """T6: events older than the first start are not mirrored, later ones of the same chat are."""
    story = before_the_start(world, "Old words")
    story.bot_says("Old answer")
    world.wait(60)
    await world.start("status.enabled = false")
    await world.run(60)
    assert world.deskie.cases == []
    story.visitor_says("New words")
    story.bot_says("New answer")
    await world.run(20)
    assert body(world.case()) == ["New words", "Bot: New answer"]


async def test_the_first_start_is_remembered(world: World) -> None:
    """T6: the first start counts, not the latest: what was said while the daemon was down is mirrored."""
    story = before_the_start(world, "Old words")
    world.wait(60)
    await world.start("status.enabled = false")
    await world.run(60)
    await world.stop()
    world.wait(600)
    story.visitor_says("Meanwhile")
    world.wait(600)
    await world.start()
    await world.run(20)
    assert body(world.case()) == ["Meanwhile"]


@pytest.mark.parametrize(
    ("start", "zone", "shown"),
    [
        pytest.param("2026-11-01", "UTC", ["Yesterday", "Today"], id="yesterday"),
        pytest.param("2026-11-02", "UTC", ["Today"], id="today"),
        pytest.param("2026-11-03", "UTC", [], id="tomorrow"),
        pytest.param("2026-11-02", "Pacific/Auckland", ["Yesterday", "Today"], id="it was today there already"),
    ],
)
async def test_the_date(world: World, start: str, zone: str, shown: list[str]) -> None:
    """T6: events older than the date in `transcripts.start` (in its zone) are not mirrored, the others are."""
    story = before_the_start(world)
    world.time.elapsed = -11 * 3600.0
    story.visitor_says("Yesterday")
    world.time.elapsed = 0.0
    story.visitor_says("Today")
    await world.start("status.enabled = false", f'transcripts.start = "{start}"', f'transcripts.timezone = "{zone}"')
    await world.run(20)
    assert [row for case in world.deskie.cases for row in body(case)] == shown


async def test_a_lost_state_file(world: World) -> None:
    """T6: with a lost state file the next start is the first."""
    story = await begin(world)
    story.visitor_says("Before")
    await world.run(20)
    await world.stop()
    world.wait(400)
    story.visitor_says("Meanwhile")
    world.wait(400)
    for file in world.folder.glob("state.db*"):
        file.unlink()
    await world.start()
    await world.run(60)
    story.visitor_says("After")
    await world.run(60)
    assert body(world.case()) == ["Before", "After"]


async def test_the_date_covers_the_gap(world: World) -> None:
    """T6: with a date, what was said meanwhile is mirrored too, and nothing twice (P1)."""
    story = await begin(world)
    story.visitor_says("Before")
    story.bot_says("Answer")
    await world.run(20)
    await world.stop()
    world.wait(400)
    story.visitor_says("Meanwhile")
    world.wait(400)
    for file in world.folder.glob("state.db*"):
        file.unlink()
    await world.start('transcripts.start = "2026-11-02"')
    await world.run(60)
    assert body(world.case()) == ["Before", "Robin (bot): Answer", "Meanwhile"]


async def test_many_old_chats(world: World) -> None:
    """T6, T7: at the first start old chats are read, one by one, and nothing of them is written."""
    world.pair("Ann")
    bot = world.chaport.add_bot("Robin")
    for number in range(60):
        visitor = world.chaport.add_visitor(f"Visitor {number}")
        world.chaport.visitor_says(world.chaport.start_chat(visitor, bot), f"Old words {number}")
    world.wait(600)
    await world.start("status.enabled = false")
    await world.run(400)
    assert world.deskie.cases == []
    assert world.sandbox.requests_of("deskie") == []
    world.chaport.visitor_says(world.chaport.visitors[0].chats[0], "New words")
    await world.run(400)
    assert shown_times(world, "New words") == 1
