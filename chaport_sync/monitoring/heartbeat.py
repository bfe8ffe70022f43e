"""Recording how each flow does, for commands that read the state file while the daemon runs."""

from collections.abc import Sequence
from dataclasses import replace

from chaport_sync.clock import Clock
from chaport_sync.core.health import Beat
from chaport_sync.store import Store

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
