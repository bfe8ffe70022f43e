"""Two daemons on the same accounts, each with a state file of its own: the one that goes on notices the other."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from chaport_sync.core.transcripts.read_back import Sighting
from tests.replies.answering import REPLIES
from tests.transcripts.stories import Story, another, begin, with_bot
from tests.world import World


@asynccontextmanager
async def beside(world: World, *lines: str) -> AsyncIterator[World]:
    """Run a second daemon on the world's accounts, which has a state file of its own."""
    folder = world.folder / "other"
    folder.mkdir()
    other = World(folder, world.time, world.log)
    await other.sandbox.aclose()
    other.sandbox, other.deskie, other.chaport, other.lines = world.sandbox, world.deskie, world.chaport, world.lines
    await other.start(*lines)
    await other.transcripts()
    try:
        yield other
    finally:
        await other.stop()


async def talk(story: Story, *worlds: World, times: int = 3) -> None:
    """Let a visitor and the bot talk, and the daemons follow, one after the other."""
    for number in range(times):
        story.visitor_says(f"Question {number} of {story.visitor.name}")
        story.bot_says(f"Answer {number} to {story.visitor.name}")
        for world in worlds:
            await world.run(20)


@pytest.mark.parametrize("lines", [(), REPLIES])
async def test_it_is_said_once(world: World, lines: tuple[str, ...]) -> None:
    """What is shown twice has a reason that an administrator can find, until the next start."""
    story = await begin(world, *lines)
    async with beside(world) as other:
        for number in range(4):
            await talk(another(story, f"Visitor {number}"), other, world)
        told = world.events("instance.other")
        assert 1 <= len(told) <= 2
        assert all(each["log_level"] == "warning" and "stop one of the two" in each["hint"] for each in told)
        noticed = [each.app.store.marks.get(Sighting) for each in (world, other)]
        assert sorted(found.case_id for found in noticed if found.case_id) == sorted(each["case"] for each in told)
    await world.start()
    await talk(story, world)
    assert len(world.events("instance.other")) == len(told)
    assert world.app.store.marks.get(Sighting) == Sighting()


async def test_it_is_said_where_answers_do_not_tell_notes(world: World) -> None:
    """T5: a note that is read back for that shows who else writes there, as each reading of a case does."""
    world.deskie.quirks.note_flag_missing = True
    story = await begin(world)
    async with beside(world) as other:
        await talk(story, other, world)
        assert 1 <= len(world.events("instance.other")) <= 2


async def test_one_after_the_other(world: World) -> None:
    """A daemon that takes over from one on another host says nothing of what that one wrote."""
    story = await begin(world, *REPLIES)
    stories = [another(story, f"Visitor {number}") for number in range(3)]
    for each in stories:
        await talk(each, world)
    await world.stop()
    async with beside(world, 'transcripts.start = "2026-11-01"') as other:
        for each in stories:
            await talk(each, other)
    assert world.events("instance.other") == []


Comeback = Callable[[World], Awaitable[None]]


async def lost(world: World) -> None:
    """The state file is lost."""
    await world.stop()
    for file in world.folder.glob("state.db*"):
        file.unlink()


async def restored(world: World) -> None:
    """A copy is restored that was made before most was written."""
    await lost(world)
    shutil.copy(world.folder / "copy.db", world.folder / "state.db")


@pytest.mark.parametrize("away", [lost, restored])
@pytest.mark.parametrize("error", [-1200.0, 0.0, 1200.0])
async def test_what_a_forgotten_run_wrote(world: World, away: Comeback, error: float) -> None:
    """Nor is an older state file, or none, another daemon; nor if a clock is wrong."""
    story = await begin(world, *REPLIES)
    stories = [another(story, f"Visitor {number}") for number in range(3)]
    await talk(stories[0], world)
    await world.stop()
    shutil.copy(world.folder / "state.db", world.folder / "copy.db")
    await world.start()
    for each in stories:
        await talk(each, world)
    await away(world)
    await world.start('transcripts.start = "2026-11-01"')
    world.clock.error = error
    for each in stories[1:]:
        world.sandbox.faults.add("error", side="chaport", path=each.visitor.id, times=None, status=404)
    await talk(stories[0], world)
    world.sandbox.faults.clear()
    for each in stories:
        await talk(each, world)
    assert world.events("instance.other") == []


@pytest.mark.parametrize("kind", ["reset_after", "late_effect", "error", "html"])
async def test_our_own_unclear_outcomes(world: World, kind: Any) -> None:
    """Nor is a note of ours whose answer never came, however late Deskie makes it."""
    story = await begin(world, *REPLIES)
    await talk(story, world)
    parts: dict[str, dict[str, Any]] = {"error": {"status": 500}, "late_effect": {"delay": 50.0}}
    world.sandbox.faults.add(kind, side="deskie", path="note.json", times=3, **parts.get(kind, {}))
    for _ in range(6):
        await talk(story, world)
        await world.run(60)
    assert world.events("delivery.unclear") != []
    assert world.events("instance.other") == []


async def test_what_an_agent_writes(world: World) -> None:
    """Nor is somebody who writes a note as the agent of the key."""
    story = await begin(world, *REPLIES)
    await talk(story, world)
    for text in ("I had a look", "chat 1 · see above", f"{story.visitor.name} again"):
        world.deskie.agent_notes(world.case(), world.deskie.api_agent, text)
        await talk(story, world)
    assert world.events("instance.other") == []


async def test_what_the_other_one_made_pending_is_opened_for_who_waits(world: World) -> None:
    """C2, C5: the other daemon's changes look like a person's; but nobody is hidden for the sake of a daemon."""
    story = await with_bot(world)
    case = world.case()
    ours = f"staff_{world.deskie.api_agent.id}"
    for status in ("open", "waiting"):
        world.deskie.change(case, "status", new=status, by=ours)
        story.bot_says(f"It is {status}")
        await world.run(60)
    assert case.status == "waiting"
    story.visitor_says("Is anybody there?")
    await world.run(20)
    world.deskie.change(case, "status", new="waiting", by=ours)
    await world.run(600)
    assert case.status == "open"
