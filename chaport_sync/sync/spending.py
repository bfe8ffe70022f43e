"""What is used of the accounts' limits, kept over reloads and restarts: the servers go on counting (P5)."""

from chaport_sync.api.allowance import Queue, Spent
from chaport_sync.clock import Clock
from chaport_sync.store import Store


class Spending:
    """Takes over what the last run has used, and records what this run uses.

    Args:
        store: The state file.
        clock: The shell's clock.
        deskie: The queue of requests to Deskie.
        chaport: The queue of requests to Chaport.
    """

    def __init__(self, store: Store, clock: Clock, deskie: Queue, chaport: Queue) -> None:
        self._store = store
        self._clock = clock
        self._deskie = deskie
        self._chaport = chaport
        before = store.marks.get(Spent)
        # If the clock was set back, the record seems to lie in the future; it counts as made just now.
        ago = max(0.0, clock.now() - before.at)
        deskie.go_on_from(before.deskie, ago)
        chaport.go_on_from(before.chaport, ago)

    def note(self) -> None:
        """Record what is used; raises `StoreError`."""
        self._store.marks.put(Spent(self._clock.now(), self._deskie.spent(), self._chaport.spent()))
