"""Starting, stopping and killing workers, and what they have said."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class WorkerProcess:
    """A worker that runs."""

    def __init__(self, url: str, name: str, accounts: int) -> None:
        command = [sys.executable, "-m", "tests.cluster.worker", url, name, str(accounts)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        self.said: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(json.loads(line))

    def heard(self, what: str) -> list[dict[str, Any]]:
        """Return what it has said of one kind."""
        return [each for each in list(self.said) if each["what"] == what]

    def holds(self, since: float = 0.0) -> set[str]:
        """Return which accounts it has taken and not given back since a moment."""
        held: set[str] = set()
        for each in list(self.said):
            if each["what"] == "lost":
                held.clear()
            elif each["at"] >= since and each["what"] == "taken":
                held.add(each["account"])
            elif each["what"] == "given":
                held.discard(each["account"])
        return held

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def end(self) -> None:
        """Kill it, whatever state it is in."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def processes(url: str, accounts: int, *names: str) -> Iterator[list[WorkerProcess]]:
    """Run workers; each is killed at the end."""
    running = [WorkerProcess(url, name, accounts) for name in names]
    try:
        yield running
    finally:
        for each in running:
            each.end()
