"""Running one flow: its cycles, one after the other, and its state in words for people (P4, P10)."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from chaport_sync.clock import Progress, Stopping
from chaport_sync.core.health import nothing_done, stale_after
from chaport_sync.core.text import one_line
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.store import StoreError
from chaport_sync.sync.cycle import Flow

log = structlog.get_logger()

#: The length of an error in STATUS, which is one line (characters): paths and what to do have room.
TOLD = 300
#: The advice about a flow that stands still.
ADVICE = "if it stays so, restart the daemon (under systemd the watchdog does)"


class Runner:
    """Runs the cycles of one flow; an error ends the cycle and nothing else.

    Attributes:
        attempted: Whether the first cycle has ended, well or not.
        ready: Whether the flow has once read all that it decides from.
        running: The task of the running cycle; None between two cycles.
        progress: When the flow did something last.
        turn: The lock of the running cycle; the next cycle waits for it.
    """

    def __init__(self, flow: Flow, monitor: Monitor, on_change: Callable[[], None]) -> None:
        self.flow = flow
        self.progress = Progress(asyncio.get_running_loop().time)
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
    def well(self) -> bool:
        """Return whether the last cycle was well, or the first one is still under way."""
        return not self.stands_still and (self._well or not self.attempted)

    @property
    def stands_still(self) -> bool:
        """Return whether the flow has done nothing for longer than a few polls: no cycle has ended or gone on."""
        return not self._ended and self.progress.idle > stale_after(self.flow.poll)

    def look(self) -> None:
        """Log once that the flow stands still, and once that it goes on; record the progress of a long cycle."""
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
                with suppress(StoreError):  # the end of the cycle logs that the disk is full
                    self._monitor.goes_on(self.flow.name)
        self._stood_still = still

    def words(self, told: set[str]) -> str:
        """Return how the flow does, as a part of STATUS; after a failure with its error, which says what to do.

        An error that stands in `told` is not repeated; another one is added to `told`.
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
        """Run a cycle for the scheduler, after the running one.

        A stop may cancel it; that is suppressed here, because the scheduler would log it as an error.
        """
        with suppress(asyncio.CancelledError):
            async with self.turn:
                if not self._ended:
                    await self.cycle()

    def end(self) -> None:
        """Begin no further cycle, also if one waits for its turn."""
        self._ended = True

    async def cycle(self) -> None:
        """Run a cycle."""
        self.running = asyncio.current_task()
        began = time.monotonic()
        try:
            with self.progress.of_this():
                report = await self.flow.cycle()
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
        # While a flow waits after a failure, its reports have no error; the last error stays.
        self._error = "" if well else next(iter(errors), self._error)
