"""Looking after the state file while the daemon runs: whether it is there, on the disk, and not too long a log."""

import asyncio
from contextlib import suppress

import structlog

from chaport_sync.app import App
from chaport_sync.store import StoreError

log = structlog.get_logger()

#: Seconds until the first look, and between two: a daemon that is started again and again has one too.
FIRST_LOOK, LOOK_EVERY = 1.0, 10.0


class StateWatch:
    """Looks every few seconds.

    Attributes:
        trouble: What is wrong with the state file, for people; empty if nothing is.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self.trouble = ""
        self._damaged = 0

    async def watch(self) -> None:
        """Look until this is cancelled."""
        await asyncio.sleep(FIRST_LOOK)
        while True:
            with suppress(StoreError):  # the flows tell of a disk that refuses
                await self.look()
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Say whether the state file was lost, and bring to the disk what nobody waits for; raises `StoreError`."""
        store, on_disk = self._app.store, self._app.on_disk
        before, lost = self.trouble, store.connection.lost
        self.trouble = f"{' and '.join(map(str, lost))} was removed or replaced" if lost else ""
        if self.trouble and self.trouble != before:
            log.error("state.lost", files=[str(each) for each in lost], hint=_HINT)
        for what in list(store.connection.damaged)[self._damaged :]:
            log.error("state.damaged", record=what, hint=_DAMAGED)
        self._damaged = len(store.connection.damaged)
        self._app.spending.note()
        await on_disk.settle()
        if not lost:
            await on_disk.tidy()


_HINT = (
    "a file of the running daemon was removed or replaced; what it records from now on is lost with its next start."
    " Stop it, put the state file back if you have it, and start it again"
)
_DAMAGED = "it is left aside, and the rest goes on; check the disk, and if more is damaged restore the file's backup"
