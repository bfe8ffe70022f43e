"""Waiting for the disk without stopping other tasks (P1, P10)."""

import asyncio

from chaport_sync.clock import Clock
from chaport_sync.store import Store


class OnDisk:
    """Brings recorded changes to the disk; tasks that wait at the same time share one sync."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._turn = asyncio.Lock()
        self._settled = 0

    async def settle(self) -> None:
        """Wait until all that is recorded by now is on the disk; raises `StoreError`."""
        wanted = self._store.connection.commits
        async with self._turn:
            if self._settled >= wanted:
                return
            covered = self._store.connection.commits
            await self._clock.beside(self._store.connection.sync)
            self._settled = covered

    async def tidy(self) -> None:
        """Keep the log of the state file short; raises `StoreError`."""
        await self._clock.beside(self._store.connection.tidy)
