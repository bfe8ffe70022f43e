"""Sessions, logs and leases that a test opens, which end with it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from chaport_sync.cluster.boottime import boottime
from chaport_sync.cluster.errors import DatabaseError
from chaport_sync.cluster.leases import Lease, Leases
from chaport_sync.cluster.session import Session


class Told:
    """What a session has told."""

    def __init__(self) -> None:
        self.lost: list[DatabaseError] = []
        self.back = asyncio.Event()


@asynccontextmanager
async def session(url: str, clock: Callable[[], float] = boottime) -> AsyncIterator[tuple[Session, Told]]:
    """Open a session, and note what it tells."""
    told = Told()
    opened = Session(url, on_lost=told.lost.append, on_back=told.back.set, clock=clock)
    await opened.open()
    try:
        yield opened, told
    finally:
        await opened.close()


@asynccontextmanager
async def workers(url: str, files: dict[str, str], schema: int = 1) -> AsyncIterator[list[Leases]]:
    """Open a worker for each name, with files for accounts that are single letters."""
    sessions = [Session(url) for _ in files]
    try:
        for each in sessions:
            await each.open()
        yield [Leases(each, name, schema, theirs) for each, (name, theirs) in zip(sessions, files.items(), strict=True)]
    finally:
        for each in sessions:
            await each.close()


async def settle(*all_of_them: Leases) -> list[Lease]:
    """Let workers take turns until nothing is to be done; return what was taken."""
    taken: list[Lease] = []
    idle = 0
    for _ in range(200):
        busy = False
        for each in all_of_them:
            leases, give = await each.turn()
            taken += leases
            if give:
                await each.give(give[0])
            busy = busy or bool(leases or give)
        idle = 0 if busy else idle + 1
        if idle == 2:  # the others see a newcomer only after its first turn
            return taken
    raise AssertionError("accounts change hands for ever")


async def stall(opened: Session, seconds: float) -> Any:
    """Let the server take so long over a statement."""
    return await opened.ask(lambda connection: connection.execute("SELECT pg_sleep(%s)", [seconds]))
