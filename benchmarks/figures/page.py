"""The page of 500 operators with 20,000 changes in a week: the daemon's memory with it and without, and its time."""

import socket
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.companies import People
from benchmarks.processes import Daemon, running, wait_until_asked
from benchmarks.row import Goal, Row
from benchmarks.services import served
from benchmarks.worlds import MEMORY
from chaport_sync.core.statuses.history import StatusChange
from chaport_sync.store import Store

OPERATORS, CHANGES, WEEK = 500, 20_000, 7 * 86400.0
#: What the page may take: megabytes more, and milliseconds.
MOST_MEMORY, MOST_TIME = 8.0, 1000.0
PAGES = 5


def rows(*, small: bool) -> Iterator[Row]:
    """Measure a daemon before it is asked for its page, and after it was asked some times."""
    operators, changes = (5, 50) if small else (OPERATORS, CHANGES)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    lines = (f'web.listen = "{address}"', "chaport.requests_per_second = 100", "status.poll = 1")
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder, served(People(operators)) as services:
        with running(services, Path(folder), *lines, forked=False):
            wait_until_asked(services, "GET", "/api/v1/operators", 2)
        work(Path(folder, "state.db"), changes, time.time())
        with running(services, Path(folder), *lines, forked=False) as daemon:
            wait_until_asked(services, "GET", "/api/v1/operators", 1 if small else 10)
            before = daemon.megabytes()
            took = [milliseconds(daemon, f"http://{address}/") for _ in range(PAGES)]
            after = daemon.megabytes()
    yield Row("memory after the page was drawn", after, "MB", before, "before", Goal("more", MOST_MEMORY))
    yield Row(f"the page with {changes:,} changes", min(took[1:]), "ms", took[0], "the first", Goal("ours", MOST_TIME))


def work(path: Path, changes: int, now: float) -> None:
    """Record a week in which all operators come and go."""
    store = Store.open(path)
    people = [each.person for each in store.statuses.operators_seen().values()]
    statuses = ("offline", "online")
    store.statuses.record_operators(
        changes=[
            StatusChange(
                now - WEEK + each * WEEK / changes,
                *people[each % len(people)],
                *(statuses if each // len(people) % 2 else statuses[::-1]),
                (people[each % len(people)],),
                "S4",
                "its agents left, and the grace is over",
            )
            for each in range(changes)
        ]
    )
    store.close()


def milliseconds(daemon: Daemon, address: str) -> float:
    """Return what a page takes of the daemon's processor time."""
    began = daemon.cpu()
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - of this machine
        answer.read()
    return 1000 * (daemon.cpu() - began)
