"""How much later a daemon is ready that remembers 100,000 chats, against one that remembers none."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.companies import People
from benchmarks.processes import running
from benchmarks.remembered import remember
from benchmarks.row import Goal, Row
from benchmarks.services import Served, served
from benchmarks.worlds import MEMORY
from chaport_sync.store import Store

TIMES, CHATS, MOST = 3, 100_000, 0.5


def rows(*, small: bool) -> Iterator[Row]:
    """Start both some times, on the same accounts, and take the quickest of each: what they ask takes as long."""
    chats = 10 if small else CHATS
    with served(People(1, online=False, visitors=1)) as services:
        found = [(seconds(services, chats), seconds(services, 0)) for _ in range(1 if small else TIMES)]
    ours, none = (min(each) for each in zip(*found, strict=True))
    yield Row(f"ready with {chats:,} chats", ours, "s", none, "with none", Goal("more", MOST))


def seconds(services: Served, chats: int) -> float:
    """Return how long a daemon takes to say READY that remembers so many chats."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        store = Store.open(Path(folder, "state.db"))
        remember(store, chats, time.time())
        store.close()
        with running(services, Path(folder), "chaport.requests_per_second = 100") as daemon:
            return daemon.ready_after
