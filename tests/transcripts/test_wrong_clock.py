"""This machine's clock is wrong when it begins: nothing is lost for that, and nothing older is shown (T6)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import pytest

from chaport_sync.core.transcripts.chats import Start
from chaport_sync.sandbox import gate
from tests.transcripts.stories import begin, body, shown_times
from tests.transcripts.test_start import before_the_start
from tests.virtual_time import VirtualTime
from tests.world import DaemonClock, World

HOUR = 3600.0


@contextmanager
def _wrong_by(error: float) -> Iterator[None]:
    """Let a daemon that is started while the block runs find its machine's clock wrong."""
    original = DaemonClock.__init__

    def wrong(clock: DaemonClock, time: VirtualTime) -> None:
        original(clock, time)
        clock.error = error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DaemonClock, "__init__", wrong)
        yield


@pytest.mark.parametrize("restart", [False, True], ids=["goes on", "is started anew"])
@pytest.mark.parametrize("error", [300.0, 3 * HOUR, 365 * 24 * HOUR])
async def test_a_clock_that_is_ahead(world: World, error: float, *, restart: bool) -> None:
    """T6, P1: what visitors write while the clock is ahead, and after it was put right, is shown once."""
    with _wrong_by(error):
        story = await begin(world)
    story.visitor_says("While it was ahead")
    await world.run(60)
    story.visitor_says("Still ahead")
    await world.run(60)
    world.clock.error = 0.0
    if restart:
        await world.start()
    story.visitor_says("Put right")
    await world.run(120)
    for text in ("While it was ahead", "Still ahead", "Put right"):
        assert shown_times(world, text) == 1


async def test_chaport_cannot_be_read_meanwhile(world: World) -> None:
    """T6: the first start is the first start, though Chaport says much later what time that was."""
    story = before_the_start(world, "Old words")
    world.wait(600)
    world.sandbox.faults.add("hang", side="chaport", times=None)
    with _wrong_by(3 * HOUR):
        await world.start("status.enabled = false")
    await world.run(30)
    story.visitor_says("Nobody listens")
    await world.run(300)
    world.sandbox.faults.clear()
    await world.run(600)
    assert body(world.case()) == ["Nobody listens"]


async def test_what_an_earlier_version_stored(world: World) -> None:
    """T6: a first start that lies in the future, in general and of a chat, is brought back to now."""
    story = await begin(world)
    story.bot_says("Hello")
    await world.run(60)
    store, future = world.app.store, world.now() + 3 * HOUR
    store.marks.put(replace(store.marks.get(Start), first=future))
    with store.connection.writing() as write:
        write.execute("UPDATE chats SET since = ?", (future,))
    await world.start()
    await world.run(60)
    story.visitor_says("New words")
    await world.run(60)
    assert shown_times(world, "New words") == 1
    assert store is not world.app.store
    assert (world.app.store.marks.get(Start).first or future) <= world.now()


async def test_a_clock_that_is_behind(world: World) -> None:
    """T6: what was written before the first start is not shown, though the clock has not come to it yet."""
    story = before_the_start(world, "Old words")
    world.wait(600)
    with _wrong_by(-3 * HOUR):
        await world.start("status.enabled = false")
    await world.run(120)
    assert world.deskie.cases == []
    story.visitor_says("New words")
    await world.run(120)
    assert body(world.case()) == ["New words"]


async def test_one_of_chaports_machines_is_ahead(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """T6: the first start does not lie in the future for longer than a poll, whoever said so."""
    with monkeypatch.context() as patch:

        def hours_later(timestamp: float, **more: Any) -> str:
            return formatdate(timestamp + 3 * HOUR, **more)

        patch.setattr(gate, "formatdate", hours_later)
        story = await begin(world)
    await world.run(20)
    story.visitor_says("New words")
    await world.run(120)
    assert shown_times(world, "New words") == 1
