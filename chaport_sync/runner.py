"""One of the flows of the daemon: its cycles, one after the other, and how it gets on in words (P4, P10)."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from chaport_sync.clock import Stopping
from chaport_sync.core.health import nothing_done, stale_after
from chaport_sync.core.text import one_line
from chaport_sync.monitoring.heartbeat import Pulse
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.progress import Progress
from chaport_sync.store import StoreError
from chaport_sync.sync.cycle import Flow

log = structlog.get_logger()

#: So much of an error is told where there is one line for everything (characters): paths and what to do have room.
TOLD = 300
#: What to do about a flow that stands still.
ADVICE = "if it stays so, restart the daemon (under systemd the watchdog does)"


class Runner:
    """Runs one flow's cycles and keeps its failures from ending anything but the cycle.

    Attributes:
        attempted: Whether its first cycle has ended, well or not.
        ready: Whether it has read all it needs at least once.
        running: The cycle that is under way.
        progress: What it has done last.
        turn: Held by the cycle that is under way; the next one waits for it.
    """

    def __init__(self, flow: Flow, pulse: Pulse, monitor: Monitor, on_change: Callable[[], None]) -> None:
        self.flow = flow
        self.progress = Progress(asyncio.get_running_loop().time)
        self._pulse = pulse
        self._monitor = monitor
        monitor.watch(flow.name, self.progress, flow.poll)
        self.attempted = False
        self.ready = False
        self.running: asyncio.Task[None] | None = None
        self.turn = asyncio.Lock()
        self._well = False
        self._error = ""
        self._broken = ""
        self._ended = False
        self._stood_still = False
        self._on_change = on_change

    @property
    def stands_still(self) -> bool:
        """Whether it has done nothing for longer than a few polls take: no cycle has ended, and none gets on."""
        return not self._ended and self.progress.idle > stale_after(self.flow.poll)

    def look(self) -> None:
        """Tell once when it has come to a stand, and once when it gets on again; record that a long cycle gets on."""
        still = self.stands_still
        if still:
            if not self._stood_still:
                error = f"{nothing_done(self.progress.idle)}; {ADVICE}"
                log.error("poll.failed", flow=self.flow.name, error=error)
            self._monitor.stands_still(self.flow.name)
        else:
            if self._stood_still:
                log.info("poll.recovered", flow=self.flow.name)
            if self.running is not None:
                with suppress(StoreError):  # a full disk is told when the cycle ends
                    self._pulse.at_work(self.flow.name, self.progress.idle)
        self._stood_still = still

    def words(self, told: set[str]) -> str:
        """Say how it gets on, for one line among others; after a failure that is the error, which says what to do.

        An error that is in `told` is not repeated; one that is not is added to it.
        """
        if self.stands_still:
            return f"{self.flow.name}: {nothing_done(self.progress.idle)}"
        if not self.attempted:
            return f"{self.flow.name}: first poll under way"
        if self._well:
            return f"{self.flow.name} ok"
        error = "the same" if self._error in told else one_line(self._error, TOLD)
        told.add(self._error)
        return f"{self.flow.name} failing{f' ({error})' if self._error else ''}"

    async def take_turn(self) -> None:
        """Run a cycle for the scheduler, after the one that is under way.

        The scheduler would log as an error that a stop cut it short.
        """
        with suppress(asyncio.CancelledError):
            async with self.turn:
                if not self._ended:
                    await self.cycle()

    def end(self) -> None:
        """Begin no further cycle, whatever waits for its turn."""
        self._ended = True

    async def cycle(self) -> None:
        """Run a cycle."""
        self.running = asyncio.current_task()
        began = time.monotonic()
        try:
            with self.progress.of_this():
                report = await self.flow.cycle()
            self._pulse.note(self.flow.name, report.errors, good=report.well)
            self._monitor.cycled(self.flow.name, report, time.monotonic() - began)
        except Stopping:
            return
        except StoreError as error:
            self._failed(str(error))
        except Exception as error:  # noqa: BLE001 - a defect ends this cycle; the next one runs
            self._failed(f"a defect: {type(error).__name__}", defect=True)
        else:
            if self._broken:
                log.info("poll.recovered", flow=self.flow.name)
                self._broken = ""
            self._note(report.errors, well=report.well)
            self.ready = self.ready or report.good
        finally:
            self.running = None
            self._on_change()

    def _failed(self, error: str, *, defect: bool = False) -> None:
        self._note((error,), well=False)
        self._monitor.broke(self.flow.name, error)
        if error != self._broken:
            log.error("poll.failed", flow=self.flow.name, error=error, exc_info=defect)
        self._broken = error

    def _note(self, errors: Sequence[str], *, well: bool) -> None:
        self.attempted, self._well = True, well
        # While a flow rests after a failure it has nothing new to say.
        self._error = "" if well else next(iter(errors), self._error)
