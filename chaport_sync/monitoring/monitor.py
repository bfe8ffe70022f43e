"""Passing the outcome of each cycle on to the metrics, `/healthz` and the ping."""

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
    """Tells the metrics, the endpoint and the ping how the flows of one run do; each of them may be switched off.

    Args:
        store: The state file, whose chats and deliveries are counted.
        clock: The shell's clock.
        flows: The names of the flows that are switched on.
        tolerate: A flow may fail for so long before it counts as down, in seconds (`[health] tolerate`).
        metrics: The metrics, if they are served.
        listen: The host and the port of the endpoint.
        ping: The ping, which stops if the daemon dies.
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
        # Not the clock's method, which needs the running loop: the endpoint's thread asks for the time too.
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
        """Return the address of the endpoint, for people; empty if there is none."""
        return self._endpoint.address if self._endpoint else ""

    def watch(self, flow: str, progress: Progress, poll: float) -> None:
        """Watch the progress of a flow that polls every `poll` seconds."""
        self._progress[flow] = progress
        self._vitals.setdefault(flow, Vital(self._monotonic()))
        self._vitals[flow] = replace(self._vitals[flow], patience=stale_after(poll))

    def down(self) -> str:
        """Return which flows stand still, or have failed for too long, and why; empty while all is well."""
        vitals = {
            flow: replace(vital, idle=self._progress[flow].idle) if flow in self._progress else vital
            for flow, vital in self._vitals.items()
        }
        return down(vitals, self._tolerate, self._monotonic())

    def stands_still(self, flow: str) -> None:
        """Note that a flow stands still; the ping reports a failure though the other flows are well."""
        if self._metrics is not None:
            self._metrics.broke(flow)
        if self._ping is not None:
            self._ping.tell(self.down())

    def cycled(self, flow: str, report: Report, seconds: float) -> None:
        """Note the report of a cycle that took so many seconds."""
        if self._metrics is not None:
            self._metrics.cycled(flow, report, seconds, self._clock.now(), self._store)
        self._behind[flow] = report.behind
        if self._endpoint is not None:
            self._endpoint.behind = "; ".join(chain.from_iterable(self._behind.values()))
        self._note(flow, report.errors, well=report.well)

    def broke(self, flow: str, error: str) -> None:
        """Note a cycle that ended in an error of the daemon."""
        if self._metrics is not None:
            self._metrics.broke(flow)
        self._note(flow, (error,), well=False)

    async def aclose(self) -> None:
        """Close the endpoint and the ping."""
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
            # The flows are more important than their metrics, so the daemon runs without the endpoint.
            log.error("metrics.failed", error=error.strerror or str(error))  # noqa: TRY400 - a port in use is no defect
            return None
