"""Deliberate faults by which two workers act for one account (K2)."""

from chaport_sync.store.logged import LoggedConnection
from tests.simulation.deliberate import Sabotage
from tests.simulation.former import INVARIANT
from tests.store.logs import MemoryLog


def _takes_all(log: MemoryLog, seq: int, body: bytes) -> None:
    if seq > log.snapshot[1]:
        log.changes[seq] = body


CLUSTER = {
    "no-clock-fence": Sabotage(INVARIANT, [(LoggedConnection, "ensure_held", lambda _: None)], 12, "cluster"),
    "no-log-key": Sabotage("each event exactly once and in order", [(MemoryLog, "append", _takes_all)], 16, "cluster"),
}
