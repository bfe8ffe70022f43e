"""What was used of the accounts' limits, kept over reloads and restarts, of which the servers know nothing (P5)."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from chaport_sync.api.allowance import Queue
from chaport_sync.clock import Clock
from chaport_sync.store import Store

KEY = "spent"


class Spending:
    """Goes on from what the last run has used, and writes down what this one does.

    Args:
        store: The state file.
        clock: The shell's clock.
        queues: What requests wait in, by account.
    """

    def __init__(self, store: Store, clock: Clock, queues: Mapping[str, Queue]) -> None:
        self._store = store
        self._clock = clock
        self._queues = queues
        self._noted: dict[str, Any] = {}
        # What is damaged counts as nothing spent: the accounts' own limits are heeded all the same.
        with suppress(AttributeError, LookupError, TypeError, ValueError):
            self._go_on_from(store.marks.recall(KEY, {}))

    def _go_on_from(self, before: Mapping[str, Any]) -> None:
        # By a clock that was set back meanwhile it seems to come: then it was just now, as far as is known.
        ago = max(0.0, self._clock.now() - before.get("at", 0.0))
        for name, queue in self._queues.items():
            if name in before:
                queue.go_on_from(before[name], ago)

    def note(self) -> None:
        """Write it down, if anything is different from before; raises `StoreError`."""
        spent = {name: queue.spent() for name, queue in self._queues.items()}
        if spent != self._noted:
            self._store.marks.remember(**{KEY: spent | {"at": self._clock.now()}})
            self._noted = spent
