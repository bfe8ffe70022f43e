"""Passing the outcome of each cycle on: to the state file, the metrics, `/healthz`, the ping and the notices."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from chaport_sync.clock import Clock, Progress
from chaport_sync.core.health import Beat, Vital, down, stale_after
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.monitoring.notices import Notices
from chaport_sync.monitoring.ping import Ping
from chaport_sync.store import Store
from chaport_sync.sync.cycle import Report

#: While nothing changes, the record is written only so often (seconds), because each write waits for the disk.
WRITE_EVERY = 10.0


class Pulse:
    """Records the last cycle of each flow in the state file."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._last: dict[str, Beat] = {}

    def note(self, flow: str, errors: Sequence[str], *, good: bool) -> None:
        """Record a cycle: a change at once, the same outcome as before only now and then."""
        before = self._last.get(flow) or self._store.marks.get(Beat, flow)
        now = self._clock.now()
        if good:
            after = Beat(good_at=now, at=now)
        else:
            since = before.failing_since if before.failing_since is not None else now
            after = replace(before, failing_since=since, error=errors[0] if errors else "", at=now)
        recent = before.at is not None and 0 <= now - before.at < WRITE_EVERY
        if flow in self._last and recent and replace(after, good_at=before.good_at, at=before.at) == before:
            return
        self._record(flow, after)

    def at_work(self, flow: str, idle: float) -> None:
        """Record now and then that a flow goes on in a long cycle; it did something `idle` seconds ago."""
        before, at = self._last.get(flow), self._clock.now() - idle
        if before is not None and before.at is not None and not 0 <= at - before.at < WRITE_EVERY:
            self._record(flow, replace(before, at=at))

    def _record(self, flow: str, after: Beat) -> None:
        self._store.marks.put(after, of=flow)
        self._last[flow] = after


class Monitor:
    """Tells how the flows of one run do: the state file, whoever asks, and metrics, ping and notices as far as wanted.

    Args:
        store: The state file, in which each flow's last cycle is recorded, and whose chats and deliveries are counted.
        flows: The names of the flows that are switched on.
        tolerate: A flow may fail for so long before it counts as down, in seconds (`[health] tolerate`).
        account: The account's name in the metrics, empty if it is the only one.
        metrics: The metrics, if they are served.
        ping: The ping, which stops if the daemon dies.
        notices: The notices to people.

    Attributes:
        behind: Which work is too late, though the flows are well; empty if none is.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        flows: Iterable[str] = (),
        *,
        tolerate: float = 0.0,
        account: str = "",
        metrics: Metrics | None = None,
        ping: Ping | None = None,
        notices: Notices | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._pulse = Pulse(store, clock)
        self._tolerate = tolerate
        self._account = account
        self._metrics = metrics
        self._ping = ping
        self._notices = notices
        # Not the clock's method, which needs the running loop: the endpoint's thread asks for the time too.
        self._monotonic = asyncio.get_running_loop().time
        self._vitals = {flow: Vital(self._monotonic()) for flow in flows}
        self._progress: dict[str, Progress] = {}
        self._behind: dict[str, Sequence[str]] = {}
        self.behind = ""
        if metrics is not None:
            metrics.begin(account, self._vitals)

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

    def goes_on(self, flow: str) -> None:
        """Note that a flow is at work in a long cycle; raises `StoreError`."""
        self._pulse.at_work(flow, self._progress[flow].idle)

    def stands_still(self, flow: str) -> None:
        """Note that a flow stands still; that is told, though the other flows are well."""
        if self._metrics is not None:
            self._metrics.broke(self._account, flow)
        if self._ping is not None:
            self._ping.tell(self.down())
        if self._notices is not None:
            self._notices.tell(self.down())

    def cycled(self, flow: str, report: Report, seconds: float) -> None:
        """Note the report of a cycle that took so many seconds; raises `StoreError`."""
        self._pulse.note(flow, report.errors, good=report.well)
        if self._metrics is not None:
            self._metrics.cycled(self._account, flow, report, seconds, self._clock.now(), self._store)
        if self._notices is not None:
            self._notices.cycled(flow, report)
        self._behind[flow] = report.behind
        self.behind = "; ".join(chain.from_iterable(self._behind.values()))
        self._note(flow, report.errors, well=report.well)

    def broke(self, flow: str, error: str) -> None:
        """Note a cycle that ended in an error of the daemon."""
        if self._metrics is not None:
            self._metrics.broke(self._account, flow)
        if self._notices is not None:
            self._notices.broke(flow)
        self._note(flow, (error,), well=False)

    async def aclose(self) -> None:
        """Close the ping, and end the notices."""
        if self._notices is not None:
            await self._notices.aclose()
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
        if self._notices is not None:
            self._notices.tell(reason)
