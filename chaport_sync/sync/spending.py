"""What is used of the accounts' limits, kept over reloads and restarts: the servers go on counting (P5)."""

from dataclasses import replace

from chaport_sync.api.request_queue import RequestQueue
from chaport_sync.clock import Clock
from chaport_sync.core.spending import Spent
from chaport_sync.store import Store


class Spending:
    """Takes over what the last run has used, and records what this run uses.

    Args:
        store: The state file.
        clock: The shell's clock.
        deskie: The queue of requests to Deskie.
        chaport: The queue of requests to Chaport.
    """

    def __init__(self, store: Store, clock: Clock, deskie: RequestQueue, chaport: RequestQueue) -> None:
        self._store = store
        self._clock = clock
        self._deskie = deskie
        self._chaport = chaport
        self._noted: Spent | None = None
        before = store.marks.get(Spent)
        # If the clock was set back, the record seems to lie in the future; it counts as made just now.
        ago = max(0.0, clock.now() - before.at)
        deskie.go_on_from(before.deskie, ago)
        chaport.go_on_from(before.chaport, ago)

    def note(self) -> None:
        """Record what is used, if it has changed; raises `StoreError`."""
        spent = Spent(deskie=self._deskie.spent(), chaport=self._chaport.spent())
        if spent != self._noted:
            self._store.marks.put(replace(spent, at=self._clock.now()))
            self._noted = spent
