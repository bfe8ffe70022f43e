"""Memory of `chaport-sync run` with 1,000 agents and operators, by part, against an interpreter with httpx."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.companies import People
from benchmarks.processes import resident, running, wait_until_asked
from benchmarks.row import Goal, Row
from benchmarks.services import served
from benchmarks.worlds import MEMORY

MOST, POLLS = 50.0, 3
#: Each part comes on top of those before.
PARTS = {
    "the interpreter": "sys",
    "with httpx": "httpx",
    "with the program's other imports": "chaport_sync.cli.main, chaport_sync.cli.run",
}
_TELL = """\
import sys
for each in sys.argv[1:]:
    exec("import " + each)
    print(open("/proc/self/status").read())
"""


def rows(*, small: bool) -> Iterator[Row]:
    """Measure an interpreter that imports one part after the other, then the daemon after some polls."""
    told = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _TELL, *PARTS.values()], check=True, capture_output=True, text=True
    )
    parts = [resident(f"VmRSS:{each}") for each in told.stdout.split("\nVmRSS:")[1:]]
    for words, megabytes in zip(PARTS, parts, strict=True):
        yield Row(f"memory: {words}", megabytes, "MB")
    number = 1 if small else 1000
    with (
        tempfile.TemporaryDirectory(dir=MEMORY) as folder,
        served(People(number, online=False)) as services,
        running(services, Path(folder), "status.poll = 1", "transcripts.poll = 1", forked=False) as daemon,
    ):
        wait_until_asked(services, "GET", "/api/v1/operators", 1 if small else POLLS)
        megabytes = daemon.megabytes()
    figure = f"memory: the daemon, {number:,} agents"
    yield Row(figure, megabytes, "MB", parts[1], "interpreter with httpx", Goal("ours", MOST))
