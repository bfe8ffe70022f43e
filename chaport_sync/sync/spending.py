"""What is used of the accounts' limits, kept over reloads and restarts: the servers go on counting (P5)."""

from chaport_sync.api.request_queue import RequestQueue
from chaport_sync.clock import Clock
from chaport_sync.core.spending import Spent
from chaport_sync.store import Store


class Spending:
    """Takes over what the last run has used, and records what this run uses, from each service's queue of requests."""

    def __init__(self, store: Store, clock: Clock, deskie: RequestQueue, chaport: RequestQueue) -> None:
        self._store, self._clock = store, clock
        self._deskie, self._chaport = deskie, chaport
        before = store.marks.get(Spent)
        # If the clock was set back, the record seems to lie in the future; it counts as made just now.
        ago = max(0.0, clock.now() - before.at)
        deskie.go_on_from(before.deskie, ago)
        chaport.go_on_from(before.chaport, ago)

    def note(self) -> None:
        """Record what is used; raises `StoreError`."""
        self._store.marks.put(Spent(self._clock.now(), self._deskie.spent(), self._chaport.spent()))
