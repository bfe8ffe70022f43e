"""Taking note of each cycle, for whoever watches from outside."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

import structlog

from chaport_sync.clock import Clock
from chaport_sync.core.health import Vital, down, stale_after
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.monitoring.ping import Ping
from chaport_sync.monitoring.serving import Endpoint
from chaport_sync.progress import Progress
from chaport_sync.store import Store
from chaport_sync.sync.cycle import Report

log = structlog.get_logger()


class Monitor:
    """What is told to others about one run; with nothing configured it is told nobody.

    Args:
        store: For what is counted in the state file.
        clock: The shell's clock.
        flows: The names of the flows that are switched on.
        tolerate: A flow may be down so long before it counts, in seconds (`[health] tolerate`).
        metrics: Where figures are kept, if they are served.
        listen: Where they are served: host and port.
        ping: Who is to notice our death.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        flows: Iterable[str] = (),
        *,
        tolerate: float = 0.0,
        metrics: Metrics | None = None,
        listen: tuple[str, int] | None = None,
        ping: Ping | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._tolerate = tolerate
        self._metrics = metrics
        self._ping = ping
        # Not the clock's: this is asked by the endpoint's thread as well.
        self._monotonic = asyncio.get_running_loop().time
        self._vitals = {flow: Vital(self._monotonic()) for flow in flows}
        self._progress: dict[str, Progress] = {}
        self._behind: dict[str, Sequence[str]] = {}
        self._endpoint = None
        if metrics is not None:
            metrics.begin(self._vitals)
        if metrics is not None and listen is not None:
            self._endpoint = self._serve(metrics, listen)

    @property
    def address(self) -> str:
        """Where the figures are served, for people; empty if they are not."""
        return self._endpoint.address if self._endpoint else ""

    def watch(self, flow: str, progress: Progress, poll: float) -> None:
        """Watch whether a flow gets on, which polls every `poll` seconds."""
        self._progress[flow] = progress
        self._vitals.setdefault(flow, Vital(self._monotonic()))
        self._vitals[flow] = replace(self._vitals[flow], patience=stale_after(poll))

    def down(self) -> str:
        """Say which flows stand still now, or have failed for too long, and why; empty while all is well."""
        vitals = {
            flow: replace(vital, idle=self._progress[flow].idle) if flow in self._progress else vital
            for flow, vital in self._vitals.items()
        }
        return down(vitals, self._tolerate, self._monotonic())

    def stands_still(self, flow: str) -> None:
        """Take note that a flow does nothing; the others do not speak for it."""
        if self._metrics is not None:
            self._metrics.broke(flow)
        if self._ping is not None:
            self._ping.tell(self.down())

    def cycled(self, flow: str, report: Report, seconds: float) -> None:
        """Take note of a cycle and how long it took."""
        if self._metrics is not None:
            self._metrics.cycled(flow, report, seconds, self._clock.now(), self._store)
        self._behind[flow] = report.behind
        if self._endpoint is not None:
            self._endpoint.behind = "; ".join(chain.from_iterable(self._behind.values()))
        self._note(flow, report.errors, well=report.well)

    def broke(self, flow: str, error: str) -> None:
        """Take note of a cycle that ended in an error of our own."""
        if self._metrics is not None:
            self._metrics.broke(flow)
        self._note(flow, (error,), well=False)

    async def aclose(self) -> None:
        """Stop telling."""
        if self._endpoint is not None:
            self._endpoint.close()
        if self._ping is not None:
            await self._ping.aclose()

    def _note(self, flow: str, errors: Sequence[str], *, well: bool) -> None:
        now = self._monotonic()
        before = self._vitals.get(flow, Vital(now))
        error = errors[0] if errors and not well else ""
        self._vitals[flow] = replace(before, well_at=now if well else before.well_at, error=error)
        reason = self.down()
        if self._ping is not None and (well or reason):
            self._ping.tell(reason)

    def _serve(self, metrics: Metrics, listen: tuple[str, int]) -> Endpoint | None:
        try:
            return Endpoint(metrics.registry, *listen, self.down)
        except OSError as error:
            # Whoever watches is less important than what is watched.
            log.error("metrics.failed", error=error.strerror or str(error))  # noqa: TRY400 - a port in use is no defect
            return None
