"""The daemon's code in this process, on services that are served in another, with a clock that can be set forward."""

import gc
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.services import Deed, Pass, Served, served
from benchmarks.worlds import MEMORY
from chaport_sync.app import App, build
from chaport_sync.clock import Clock
from chaport_sync.config import load
from chaport_sync.sync.transcripts.flow import TranscriptFlow


class AheadClock(Clock):
    """The real clocks, set forward by so many seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0.0

    def wall(self) -> float:
        """Return the wall clock's time, set forward."""
        return super().wall() + self.ahead

    def monotonic(self) -> float:
        """Return the loop's seconds, set forward."""
        return super().monotonic() + self.ahead


class DaemonHere:
    """The daemon, started anew with the state file of the one before; its cycles run when they are asked for."""

    def __init__(self, folder: Path, services: Served, lines: tuple[str, ...]) -> None:
        self.folder = folder
        self.services = services
        self.clock = AheadClock()
        self._config = folder / "config.toml"
        self._config.write_text(services.configuration(folder, *lines), "utf-8")
        self._app: App | None = None

    async def start(self) -> App:
        """Start it, after the end of the one before."""
        await self.stop()
        settings = load(self._config, environ={})
        # Nothing waits for its budget here; no real account has so much.
        settings = settings.model_copy(
            update={
                "deskie": settings.deskie.model_copy(update={"requests_per_minute": 10**9}),
                "chaport": settings.chaport.model_copy(update={"requests_per_second": 10.0**6}),
            }
        )
        self._app = build(settings, self.clock, environ={})
        # As `run` does.
        gc.collect()
        gc.freeze()
        return self._app

    async def stop(self) -> None:
        """End it."""
        if self._app is not None:
            await self._app.aclose()
            self._app = None

    @property
    def transcripts(self) -> TranscriptFlow:
        """The flow that shows chats."""
        assert self._app is not None
        assert self._app.transcripts is not None
        return self._app.transcripts

    async def show(self) -> float:
        """Run a cycle of it to its end, and return the seconds of processor time that this process took."""
        began = time.process_time()
        report = await self.transcripts.cycle(hurry=False)
        took = time.process_time() - began
        assert report.well, report.errors
        return took

    def wait(self, seconds: float) -> None:
        """Let time pass, here and there."""
        self.clock.ahead += seconds
        self.services.ask(Pass(seconds))


@asynccontextmanager
async def daemon_here(fill: Deed[None], *lines: str) -> AsyncIterator[DaemonHere]:
    """Return the daemon on services that are filled, with these lines in its configuration (`section.key = value`)."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder, served(fill) as services:
        daemon = DaemonHere(Path(folder), services, lines)
        try:
            yield daemon
        finally:
            await daemon.stop()
