"""Memory of `chaport-sync run` with 1,000 agents and operators, by part, against an interpreter with httpx."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.companies import People
from benchmarks.processes import running, wait_until_asked
from benchmarks.row import Goal, Row
from benchmarks.services import served
from benchmarks.worlds import MEMORY

MOST, POLLS = 50.0, 3


def rows(*, small: bool) -> Iterator[Row]:
    """Measure the daemon's process after each part of its imports, each on top of the last, and after some polls."""
    number = 1 if small else 1000
    with (
        tempfile.TemporaryDirectory(dir=MEMORY) as folder,
        served(People(number, online=False)) as services,
        running(
            services,
            Path(folder),
            "status.poll = 1",
            "transcripts.poll = 1",
            "chaport.requests_per_second = 100",
            forked=False,
        ) as daemon,
    ):
        wait_until_asked(services, "GET", "/api/v1/operators", 1 if small else POLLS)
        megabytes, parts = daemon.megabytes(), daemon.parts()
    for words, taken in parts.items():
        yield Row(f"memory: {words}", taken, "MB")
    figure, least = f"memory: the daemon, {number:,} agents", parts["with httpx"]
    yield Row(figure, megabytes, "MB", least, "interpreter with httpx", Goal("ours", MOST))
