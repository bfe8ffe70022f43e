"""What was used of the accounts' limits, kept over reloads and restarts, of which the servers know nothing (P5)."""

from dataclasses import replace

from chaport_sync.api.allowance import Queue
from chaport_sync.clock import Clock
from chaport_sync.core.spending import Spent
from chaport_sync.store import Store


class Spending:
    """Goes on from what the last run has used, and writes down what this one does.

    Args:
        store: The state file.
        clock: The shell's clock.
        deskie: What requests to Deskie wait in.
        chaport: What requests to Chaport wait in.
    """

    def __init__(self, store: Store, clock: Clock, deskie: Queue, chaport: Queue) -> None:
        self._store = store
        self._clock = clock
        self._deskie = deskie
        self._chaport = chaport
        self._noted: Spent | None = None
        before = store.marks.get(Spent)
        # By a clock that was set back meanwhile it seems to come: then it was just now, as far as is known.
        ago = max(0.0, clock.now() - before.at)
        deskie.go_on_from(before.deskie, ago)
        chaport.go_on_from(before.chaport, ago)

    def note(self) -> None:
        """Write it down, if anything is different from before; raises `StoreError`."""
        spent = Spent(deskie=self._deskie.spent(), chaport=self._chaport.spent())
        if spent != self._noted:
            self._store.marks.put(replace(spent, at=self._clock.now()))
            self._noted = spent
