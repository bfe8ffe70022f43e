"""Starting, signalling and killing the daemon, and waiting for what it does."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.serving import Urls
from tests.processes.program import Trap, begin


def company() -> Sandbox:
    """Return a sandbox with an own channel, in which a test need not wait for its budget."""
    sandbox = Sandbox()
    sandbox.deskie.add_channel(12)
    sandbox.deskie.requests_per_minute = 6000
    return sandbox


def configuration(sandbox: Sandbox, urls: Urls, *lines: str) -> str:
    """Return a configuration for a sandbox that is served: the basics and these lines (`section.key = value`)."""
    basics = [
        f'deskie.url = "{urls.deskie}"',
        f'deskie.email = "{sandbox.deskie.email}"',
        "deskie.requests_per_minute = 6000",
        f'chaport.url = "{urls.chaport}"',
        "chaport.requests_per_second = 100",
        "status.poll = 1",
        "transcripts.poll = 1",
        'transcripts.deliver = "live"',
        'cases.channel = "cch12"',
    ]
    tables: dict[str, dict[str, str]] = {}
    for line in (*basics, *lines):
        name, _, value = line.partition("=")
        section, _, key = name.strip().rpartition(".")
        tables.setdefault(section, {})[key] = value.strip()
    return "\n".join(
        f"[{section}]\n" + "\n".join(f"{key} = {value}" for key, value in keys.items())
        for section, keys in tables.items()
    )


class DaemonProcess:
    """One run of `chaport-sync`."""

    def __init__(self, process: ForkServerProcess, log: Path) -> None:
        self._process = process
        self._log = log

    def events(self, *names: str) -> list[dict[str, Any]]:
        """Return what it has logged, of these names or all of it."""
        lines = self._log.read_text("utf-8").splitlines() if self._log.exists() else []
        events = [json.loads(line) for line in lines if line.startswith("{")]
        return [event for event in events if not names or event["event"] in names]

    @property
    def output(self) -> str:
        """Everything it has written to stderr."""
        return self._log.read_text("utf-8")

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process.pid is not None
        return self._process.pid

    def kill(self) -> None:
        """Kill it without warning."""
        self._process.kill()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    async def ended(self, within: float = 20.0) -> int:
        """Wait for its end and return its exit code."""
        await asyncio.to_thread(self._process.join, within)
        assert self._process.exitcode is not None, "it has not ended"
        return self._process.exitcode

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.exitcode is None


class Terminal:
    """A folder with a configuration, by which the program is started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.environ: dict[str, str] = {}
        self.processes: list[DaemonProcess] = []

    async def start(self, *arguments: str, pause: float = 1.0, trap: Trap | None = None) -> DaemonProcess:
        """Start `chaport-sync --config … ARGUMENTS`, by default `run`; `trap` is set before it begins."""
        log = self.folder / f"log-{len(self.processes) + 1}.jsonl"
        command = ["--config", str(self.config), *(arguments or ("run",))]
        process = begin(command, log, os.environ | self.environ, pause, trap)
        self.processes.append(DaemonProcess(process, log))
        return self.processes[-1]

    async def end(self) -> None:
        """End whatever a test leaves running."""
        for each in self.processes:
            each.kill()
            await each.ended()


class Host(Terminal):
    """A folder with a configuration for the sandbox that is served."""

    def __init__(self, folder: Path, sandbox: Sandbox, urls: Urls) -> None:
        super().__init__(folder)
        self.sandbox = sandbox
        self.urls = urls
        (folder / "deskie_api_key").write_text(sandbox.deskie.api_key)
        (folder / "chaport_token").write_text(sandbox.chaport.token)

    def configure(self, *lines: str) -> None:
        """Write the configuration: the basics and these lines (`section.key = value`)."""
        state = f'state.path = "{self.folder / "state.db"}"'
        self.config.write_text(configuration(self.sandbox, self.urls, state, *lines), "utf-8")


@asynccontextmanager
async def host(folder: Path) -> AsyncIterator[Host]:
    """Serve a sandbox with an own channel, and end every daemon that a test leaves running."""
    sandbox = company()
    async with sandbox.serve() as urls:
        place = Host(folder, sandbox, urls)
        place.configure()
        try:
            yield place
        finally:
            await place.end()


async def until(seen: Callable[[], object], within: float = 30.0, *, every: float = 0.05) -> None:
    """Wait until something is true, looking every so many seconds; fail when it does not become so."""
    try:
        async with asyncio.timeout(within):
            while not seen():  # noqa: ASYNC110 - what is seen is another process's doing
                await asyncio.sleep(every)
    except TimeoutError:
        raise AssertionError("it did not happen in time") from None
