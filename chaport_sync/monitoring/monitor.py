"""Taking note of each cycle, for whoever watches from outside."""

from collections.abc import Iterable, Sequence

import structlog

from chaport_sync.clock import Clock
from chaport_sync.core.vitals import Vital, down
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.monitoring.ping import Ping
from chaport_sync.monitoring.serving import Endpoint
from chaport_sync.store import Store
from chaport_sync.sync.replies import ReplyReport
from chaport_sync.sync.statuses import StatusReport
from chaport_sync.sync.transcripts import TranscriptReport

log = structlog.get_logger()


class Monitor:
    """What is told to others about one run; with nothing configured it is told nobody.

    Args:
        store: For what is counted in the state file.
        clock: The shell's clock.
        halves: The names of the halves that are switched on.
        tolerate: A half may be down so long before it counts, in seconds (`[health] tolerate`).
        metrics: Where figures are kept, if they are served.
        listen: Where they are served: host and port.
        ping: Who is to notice our death.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        halves: Iterable[str] = (),
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
        self._vitals = {half: Vital(clock.monotonic()) for half in halves}
        self._endpoint = None
        if metrics is not None and listen is not None:
            self._endpoint = self._serve(metrics, listen)

    @property
    def address(self) -> str:
        """Where the figures are served, for people; empty if they are not."""
        return self._endpoint.address if self._endpoint else ""

    def cycled(self, half: str, report: StatusReport | TranscriptReport | ReplyReport, seconds: float) -> None:
        """Take note of a cycle and how long it took."""
        if self._metrics is not None:
            self._metrics.cycled(half, report, seconds, self._clock.now(), self._store)
        if self._endpoint is not None and isinstance(report, TranscriptReport):
            self._endpoint.behind = "; ".join(report.behind)
        self._note(half, report.errors, well=report.well)

    def broke(self, half: str, error: str) -> None:
        """Take note of a cycle that ended in an error of our own."""
        if self._metrics is not None:
            self._metrics.broke(half)
        self._note(half, (error,), well=False)

    async def aclose(self) -> None:
        """Stop telling."""
        if self._endpoint is not None:
            self._endpoint.close()
        if self._ping is not None:
            await self._ping.aclose()

    def _note(self, half: str, errors: Sequence[str], *, well: bool) -> None:
        now = self._clock.monotonic()
        well_at = now if well else self._vitals.get(half, Vital(now)).well_at
        self._vitals[half] = Vital(well_at, errors[0] if errors and not well else "")
        reason = down(self._vitals, self._tolerate, now)
        if self._endpoint is not None:
            self._endpoint.down = reason
        if self._ping is not None and (well or reason):
            self._ping.tell(reason)

    @staticmethod
    def _serve(metrics: Metrics, listen: tuple[str, int]) -> Endpoint | None:
        try:
            return Endpoint(metrics.registry, *listen)
        except OSError as error:
            # Whoever watches is less important than what is watched.
            log.error("metrics.failed", error=error.strerror or str(error))  # noqa: TRY400 - a port in use is no defect
            return None
