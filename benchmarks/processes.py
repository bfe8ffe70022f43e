"""The daemon as a process of its own: `chaport-sync run` on services that are served in another one."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.services import Served, requests
from tests.processes.program import begin

#: Seconds in which a daemon has to be ready, and to end.
PATIENCE = 60.0
#: The program as it is installed, which tells its memory after each part of its imports: those of `PARTS`.
_PROGRAM = """\
import sys
exec(sys.argv.pop(1))
from chaport_sync.cli import main
from chaport_sync.cli.unseen import unseen
for part in sys.argv.pop(1).split(";"):
    with unseen("rich", "pygments"):
        exec("import " + part)
    with open("/proc/self/status") as status:
        print(status.read(), flush=True)
main()
"""
PARTS = {
    "the interpreter with the command line": "os",
    "with httpx": "httpx",
    "with the program's other imports": "chaport_sync.cli.run",
}


@dataclass(frozen=True)
class Daemon:
    """A daemon that runs.

    `ready_after` is how many seconds it took to say READY, and `log` has what it has printed.
    """

    pid: int
    ready_after: float
    log: Path

    def cpu(self) -> float:
        """Return the seconds of processor time that all its threads have taken."""
        # Linux makes the id of a process's clock of the process's id (clock_getcpuclockid(3)).
        return time.clock_gettime((~self.pid << 3) | 2)

    def share(self, seconds: float) -> float:
        """Wait so many seconds; return the percentage of a core that it has taken meanwhile."""
        began, computed = time.monotonic(), self.cpu()
        time.sleep(seconds)
        return 100 * (self.cpu() - computed) / (time.monotonic() - began)

    def megabytes(self) -> float:
        """Return how much memory it has now, as systemd counts it."""
        return _resident(Path(f"/proc/{self.pid}/status").read_text("ascii"))[0]

    def parts(self) -> dict[str, float]:
        """Return how much memory it had after each of `PARTS`, if it is not forked."""
        return dict(zip(PARTS, _resident(self.log.read_text("utf-8")), strict=True))


def _resident(told: str) -> list[float]:
    """Return the megabytes of memory that are told in the status of a process, once or more."""
    return [int(each) / 1024 for each in re.findall(r"^VmRSS:\s+(\d+) kB$", told, re.MULTILINE)]


@contextmanager
def running(services: Served, folder: Path, *lines: str, forked: bool = True) -> Iterator[Daemon]:
    """Run the daemon until the block ends; it is ready at its beginning.

    One that is `forked` begins with everything imported. Its memory is not what it has on an administrator's machine.
    """
    config = folder / "config.toml"
    config.write_text(services.configuration(folder, *lines), "utf-8")
    with running_by(config, forked=forked) as daemon:
        yield daemon


@contextmanager
def running_by(
    config: Path, *, forked: bool = True, before: str = "", environ: Mapping[str, str] = os.environ
) -> Iterator[Daemon]:
    """Run the daemon by this configuration, as `running` does.

    One that is not forked executes the code `before` first. `environ` is added to the environment.
    """
    folder = config.parent
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(folder / "notify"))
        told.settimeout(PATIENCE)
        variables = os.environ | dict(environ) | {"NOTIFY_SOCKET": str(folder / "notify")}
        began = time.monotonic()
        log, arguments = folder / "log.jsonl", ("--config", str(config), "run")
        ends: Callable[[], object]
        if forked:
            process = begin(arguments, log, variables, pause=1.0, trap=None)
            pid, ends = process.pid, lambda: process.join(PATIENCE)
        else:
            command = [sys.executable, "-c", _PROGRAM, before, ";".join(PARTS.values()), *arguments]
            with log.open("wb") as out:
                program = subprocess.Popen(command, env=variables, stdout=out, stderr=out)  # noqa: S603
            pid, ends = program.pid, lambda: program.wait(PATIENCE)
        assert pid is not None
        try:
            while b"READY=1" not in told.recv(4096).split(b"\n"):
                pass
            yield Daemon(pid, time.monotonic() - began, log)
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            ends()
            (folder / "notify").unlink()


def wait_until_asked(services: Served, method: str, path: str, times: int) -> None:
    """Wait until so many requests have come of this method, with this in their path; they are forgotten then."""
    until, asked = time.monotonic() + PATIENCE, 0
    while asked < times:
        assert time.monotonic() < until, f"{method} {path} did not come in time"
        asked += sum(each.method == method and path in each.path for each in services.ask(requests))
        time.sleep(0.05)
