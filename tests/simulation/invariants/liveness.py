"""Whether the daemon gets on while it says that it is well (P10)."""

from chaport_sync.clock import LONGEST_WAIT
from chaport_sync.core.health import stale_after
from tests.simulation.life import CYCLE, Cycle, Life, Observer
from tests.simulation.network import Exchange
from tests.simulation.trace import Trace

#: So often in a row a flow may have to wait for its turn to ask.
WAITS = 3


class Liveness(Observer):
    """Knows of each flow when it was last seen from outside to do something: it asked, or a cycle of it ended."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._seen: dict[tuple[int, str], float] = {}
        self._woke = 0.0

    def on_wake(self) -> None:
        """Whoever was suspended could do nothing."""
        self._woke = self._trace.time.elapsed

    def on_request(self, life: Life, exchange: Exchange) -> None:
        """It asks."""
        cycle = CYCLE.get()
        if cycle is not None:
            self._seen[life.number, cycle.flow] = exchange.at

    def on_cycle(self, cycle: Cycle) -> None:
        """P10: whenever a cycle of one flow ends, the other ones get on, or do not say that they are well."""
        life, now = cycle.life, self._trace.time.elapsed
        self._seen[life.number, cycle.flow] = now
        for flow, runner in life.runners.items():
            quiet = now - max(self._woke, self._seen.get((life.number, flow), life.since))
            longest = stale_after(runner.flow.poll) + WAITS * LONGEST_WAIT
            if quiet > longest and not life.dead and not runner.stands_still:
                self._trace.violate("who says to be well gets on", f"{flow}: nothing was seen for {quiet:.0f} s")
