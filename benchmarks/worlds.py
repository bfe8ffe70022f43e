"""Worlds of their own in virtual time, whose logs nobody reads."""

import asyncio
import os
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TypeVar

import structlog

from chaport_sync.sync.cycle import Flow
from tests.virtual_time import JumpingLoop, VirtualTime
from tests.world import World

#: State files need not wait for a disk that is not measured.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a folder of one's own is made in it

Found = TypeVar("Found")


def in_a_world(work: Callable[[World], Coroutine[None, None, Found]]) -> Found:
    """Measure in a world of its own."""
    clock = VirtualTime()

    async def all_of_it(folder: str) -> Found:
        world = World(Path(folder), clock, [])
        try:
            return await work(world)
        finally:
            await world.stop()
            await world.sandbox.aclose()

    with (
        tempfile.TemporaryDirectory(dir=MEMORY) as folder,
        asyncio.Runner(loop_factory=lambda: JumpingLoop(clock)) as runner,
    ):
        return runner.run(all_of_it(folder))


async def poll(flow: Flow) -> None:
    """Run a flow's cycles as the daemon does: a turn that comes while a cycle is under way is left out."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        await flow.cycle()
        while due <= loop.time():
            due += flow.poll
        await asyncio.sleep(due - loop.time())


def silence() -> None:
    """Drop every log line: what is measured is not how fast a terminal is."""
    structlog.configure(processors=[_drop])


def _drop(*_: object) -> str:
    raise structlog.DropEvent
