"""What the daemon does while nothing happens, at the default polls: share of a core, and connections opened."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.companies import People
from benchmarks.processes import running, wait_until_asked
from benchmarks.row import Goal, Row
from benchmarks.services import connections, requests, served
from benchmarks.worlds import MEMORY

#: A small account is looked at for longer: it takes less.
LARGE, SMALL = People(1000, online=False), People(10, visitors=20)
LARGE_MOST, SMALL_MOST = 0.3, 0.03
SECONDS = {LARGE: 90.0, SMALL: 180.0}
#: A start has much to do: statuses to write, visitors and chats to read, cases to open (seconds).
STARTED = 30.0


def rows(*, small: bool) -> Iterator[Row]:
    """Watch the daemon's process: one with 1,000 agents who are all offline, and one with ten who are all online."""
    if small:
        share, opened = watched(People(1, visitors=1), 0.2, started=0.0)
        yield Row("idle, 1 agent, 1 visitor", share, "% of a core")
        yield Row("connections opened in an idle poll", opened, "connections", goal=Goal("ours", 0))
        return
    share, _ = watched(LARGE, SECONDS[LARGE])
    yield Row("idle, 1,000 agents", share, "% of a core", goal=Goal("ours", LARGE_MOST))
    share, opened = watched(SMALL, SECONDS[SMALL])
    yield Row("idle, 10 agents, 20 visitors", share, "% of a core", goal=Goal("ours", SMALL_MOST))
    yield Row("connections opened in an idle poll", opened, "connections", goal=Goal("ours", 0))


def watched(people: People, seconds: float, started: float = STARTED) -> tuple[float, float]:
    """Return the percentage of a core that the daemon takes in so many seconds, and the connections a poll.

    The first `started` seconds, and what comes before the statuses are written, are not counted.
    """
    with (
        tempfile.TemporaryDirectory(dir=MEMORY) as folder,
        served(people) as services,
        running(services, Path(folder)) as daemon,
    ):
        if people.online:
            wait_until_asked(services, "POST", "/operators/", people.number)
        time.sleep(started)
        services.ask(connections)
        services.ask(requests)
        share = daemon.share(seconds)
        # Reading the visitor list or the operators begins a poll.
        polls = sum(each.path in ("/api/v1/visitors", "/api/v1/operators") for each in services.ask(requests))
        return share, services.ask(connections) / max(1, polls)
