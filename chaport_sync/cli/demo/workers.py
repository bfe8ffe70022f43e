"""The workers of the cluster's demo: real processes that are started, listened to, and killed."""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from chaport_sync.sandbox import Urls
from chaport_sync.sandbox.story.stage import Stage

#: What a worker is started by; the environment of this machine may belong to another daemon, so it is not handed over.
PROGRAM = (sys.executable, "-P", "-c", "from chaport_sync.cli import main; main()")
_ENVIRONMENT = ("PATH", "HOME", "LANG", "TZ", "VIRTUAL_ENV")
#: What stands for a line that is no event of the log.
OUTPUT = "output"
#: A stop finishes the step that is under way (seconds).
_STOPS_WITHIN = 15.0


class Worker:
    """A worker as a process of its own.

    Args:
        name: Its name.
        config: Its configuration.
        tell: Called with its name and each event that it logs.

    Attributes:
        holds: The accounts that it runs, by its log.
    """

    def __init__(self, name: str, config: Path, tell: Callable[[str, dict[str, Any]], None]) -> None:
        self.name = name
        self.holds: set[str] = set()
        self._config = config
        self._tell = tell
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it; Ctrl-C at the terminal does not reach it."""
        self._process = await asyncio.create_subprocess_exec(
            *PROGRAM,
            "--config",
            str(self._config),
            "run",
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            start_new_session=True,
        )
        self._listening = asyncio.create_task(self._listen())

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.returncode is None

    async def kill(self) -> None:
        """Kill it without warning (SIGKILL)."""
        if self.runs and self._process is not None:
            self._process.kill()
        await self._ended()

    async def stop(self) -> None:
        """Let it give back what it holds, and end (SIGTERM)."""
        if self.runs and self._process is not None:
            self._process.terminate()
        try:
            await asyncio.wait_for(self._ended(), _STOPS_WITHIN)
        except TimeoutError:
            await self.kill()

    async def _ended(self) -> None:
        if self._process is not None and self._listening is not None:
            await self._process.wait()
            await self._listening

    async def _listen(self) -> None:
        assert self._process is not None  # noqa: S101 - it is started
        assert self._process.stderr is not None  # noqa: S101
        async for line in self._process.stderr:
            told = line.startswith(b"{")
            event = json.loads(line) if told else {"event": OUTPUT, "error": line.decode(errors="replace").strip()}
            match event:
                case {"event": "account.started", "account": account}:
                    self.holds.add(account)
                case {"event": "account.released" | "account.failed", "account": account}:
                    self.holds.discard(account)
            self._tell(self.name, event)


def write_shared(folder: Path, worker: str, database: str) -> Path:
    """Write the file that all workers have, but for the name of one; return its path."""
    path = folder / f"{worker}.toml"
    path.write_text(_SHARED.format(accounts=folder / "accounts.d", database=database, worker=worker), "utf-8")
    return path


def write_accounts(folder: Path, stages: Mapping[str, Stage], urls: Mapping[str, Urls]) -> None:
    """Write the files of all accounts, which every worker reads."""
    accounts = folder / "accounts.d"
    accounts.mkdir()
    for name, stage in stages.items():
        deskie, chaport = stage.sandbox.deskie, stage.sandbox.chaport
        (accounts / f"{name}.deskie_api_key").write_text(deskie.api_key, "utf-8")
        (accounts / f"{name}.chaport_token").write_text(chaport.token, "utf-8")
        text = _ACCOUNT.format(urls=urls[name], email=deskie.email, bot=stage.bot, channel=stage.channel.key)
        (accounts / f"{name}.toml").write_text(text, "utf-8")


_SHARED = """\
[accounts]
directory = '{accounts}'

[cluster]
database = "{database}"
worker = "{worker}"

[deskie]
requests_per_minute = 6000

[chaport]
requests_per_second = 50

[status]
poll = 1
lease = 30

[transcripts]
poll = 1
deliver = "live"
"""
_ACCOUNT = """\
[deskie]
url = "{urls.deskie}"
email = "{email}"

[chaport]
url = "{urls.chaport}"
[chaport.bots]
{bot.id} = "{bot.name}"

[cases]
channel = "{channel}"
"""
