"""A worker in this process, with an account that takes for ever to start, or that a test starts as it likes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from chaport_sync.app import App
from chaport_sync.configured import Configured, Source
from chaport_sync.fleet import Fleet
from chaport_sync.worker import Worker


async def starts() -> App:
    """Take for ever to start."""
    await asyncio.Event().wait()
    raise AssertionError


@asynccontextmanager
async def works(url: str, name: str, build: Callable[[], Any]) -> AsyncIterator[tuple[Worker, Fleet]]:
    """Run a worker that starts the account acme so."""
    worker, fleet = Worker(url, name), Fleet(lambda: None, lambda *_: None)
    fleet.follow(Configured({"acme": Source(build)}), new=False)
    working = asyncio.create_task(worker.run(fleet))
    try:
        yield worker, fleet
    finally:
        worker.leave()
        fleet.stop()
        await working
