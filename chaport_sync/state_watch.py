"""Checking the state file while the daemon runs: the file exists, its changes reach the disk, its log stays short."""

import asyncio
from contextlib import suppress

import structlog

from chaport_sync.app import App
from chaport_sync.store import StoreError

log = structlog.get_logger()

#: Seconds until the first look, and between two. The first is early, for a daemon that is restarted again and again.
FIRST_LOOK, LOOK_EVERY = 1.0, 10.0


class StateWatch:
    """Looks at the state file every few seconds.

    Attributes:
        trouble: What is wrong with the state file, for people; empty if nothing is.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self.trouble = ""
        self._damaged = 0
        self._sync_at = 0.0

    async def watch(self) -> None:
        """Look again and again until the task is cancelled."""
        await asyncio.sleep(FIRST_LOOK)
        while True:
            with suppress(StoreError):  # the flows log that the disk refuses
                await self.look()
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Log if the state file was lost or damaged; bring changes to the disk now and then; raises `StoreError`."""
        store, clock = self._app.store, self._app.clock
        before, lost = self.trouble, store.connection.lost
        self.trouble = f"{' and '.join(map(str, lost))} was removed or replaced" if lost else ""
        if self.trouble and self.trouble != before:
            log.error("state.lost", files=[str(each) for each in lost], hint=_HINT)
        for what in list(store.connection.damaged)[self._damaged :]:
            log.error("state.damaged", record=what, hint=_DAMAGED)
        self._damaged = len(store.connection.damaged)
        store.connection.ensure_held()  # while nothing can be kept, what is noted would pile up in memory
        self._app.spending.note()
        if clock.monotonic() >= self._sync_at:
            await clock.beside(store.connection.sync)
            self._sync_at = clock.monotonic() + store.connection.sync_every
        if not lost and store.connection.has_long_log:
            await clock.beside(store.connection.tidy)


_HINT = (
    "a file of the running daemon was removed or replaced; what it records from now on is lost with its next start."
    " Stop it, put the state file back if you have it, and start it again"
)
_DAMAGED = "it is left aside, and the rest goes on; check the disk, and if more is damaged restore the file's backup"
