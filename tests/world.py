"""A company with both services and the daemon on them, in virtual time: what most tests begin with."""

import asyncio
import random
import re
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from chaport_sync.app import App, build
from chaport_sync.clock import Clock
from chaport_sync.config import Settings, load
from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.chaport.records import Operator
from chaport_sync.sandbox.deskie.records import Case, Message, Staff
from chaport_sync.state_file import open_store
from chaport_sync.store import Store
from chaport_sync.sync.statuses.report import StatusReport
from chaport_sync.sync.transcripts.flow import TranscriptReport
from tests.store.logs import MemoryLog, Way
from tests.virtual_time import START, VirtualTime

Log = list[dict[str, Any]]
#: The last row of a note (T5).
REFERENCE = re.compile(r"chat \S+ ·( [0-9a-f]{8})+")


class DaemonClock(Clock):
    """The daemon's clock on virtual time; its wall clock may be wrong by `error` seconds."""

    def __init__(self, time: VirtualTime) -> None:
        super().__init__()
        self._time = time
        self.error = 0.0
        #: So long, in seconds, the disk takes for whatever it is asked to keep.
        self.disk_takes = 0.0

    async def beside(self, work: Callable[[], None]) -> None:
        """Do it at once, or when the disk has taken its time."""
        if self.disk_takes:
            await asyncio.sleep(self.disk_takes)
        work()

    def wall(self) -> float:
        """Return virtual time, and the error of this machine's clock."""
        return self._time.now().timestamp() + self.error


class World:
    """Both accounts, people in them, and a daemon that tests start, stop and let run."""

    def __init__(self, folder: Path, time: VirtualTime, log: Log) -> None:
        self.folder = folder
        self.time = time
        self.log = log
        self.sandbox = Sandbox(time.now)
        self.deskie = self.sandbox.deskie
        self.chaport = self.sandbox.chaport
        self.deskie.add_channel(12)
        self.deskie.requests_per_minute = 6000
        self.lines: dict[str, str] = {"deskie.requests_per_minute": "6000", "chaport.requests_per_second": "100"}
        self._app: App | None = None
        #: Where the state is kept instead of in a file; then each end of the daemon is a death.
        self.changes: MemoryLog | None = None
        self.way: Way | None = None
        self.clock = DaemonClock(time)

    # ---- the daemon

    def settings(self, *lines: str) -> Settings:
        """Return the settings: the basics, what `lines` of earlier calls said, and these (`section.key = value`)."""
        self.lines |= {key.strip(): value for key, _, value in (line.partition("=") for line in lines)}
        basics = {
            "deskie.url": '"https://acme.deskie.io"',
            "deskie.email": '"sync@acme.example"',
            "cases.channel": '"cch12"',
            "transcripts.timezone": '"UTC"',
            # Most stories tell what stands in a case at the end of the cycle that read it.
            "transcripts.deliver": '"live"',
            "state.path": f'"{self.folder / "state.db"}"',
        }
        tables: dict[str, list[str]] = {}
        for name, value in (basics | self.lines).items():
            section, _, key = name.rpartition(".")
            tables.setdefault(section, []).append(f"{key} = {value.strip()}")
        path = self.folder / "config.toml"
        path.write_text("\n".join(f"[{section}]\n" + "\n".join(rows) for section, rows in tables.items()), "utf-8")
        environ = {
            "CHAPORT_SYNC_DESKIE__API_KEY": self.deskie.api_key,
            "CHAPORT_SYNC_CHAPORT__TOKEN": self.chaport.token,
        }
        return load(path, environ=environ)

    async def start(self, *lines: str, dry_run: bool = False) -> App:
        """Start the daemon, instead of the one that runs, with these configuration lines besides the earlier ones."""
        await self.stop()
        self.clock = DaemonClock(self.time)
        settings = self.settings(*lines)
        if not dry_run and not (state := self.folder / "state.db").exists():
            state.write_bytes(_new_state_file())
        self.way = None if self.changes is None else Way(self.changes)
        self._app = build(
            settings,
            self.clock,
            dry_run=dry_run,
            environ={},
            over=self.sandbox.transport(),
            chance=random.Random(1),
            store=None if self.way is None else open_store(settings, dry_run=dry_run, log=self.way),
        )
        return self._app

    async def stop(self) -> None:
        """Stop the daemon; what it remembers is in its state file."""
        if self._app is not None:
            if self.way is not None:
                self.way.refuses = True
            await self._app.aclose()
            self._app = None

    @property
    def app(self) -> App:
        """The daemon that runs."""
        assert self._app is not None
        return self._app

    async def statuses(self) -> StatusReport:
        """Run one cycle of the status flow."""
        assert self.app.statuses is not None
        return await self.app.statuses.cycle()

    async def transcripts(self) -> TranscriptReport:
        """Run one cycle of the transcript flow."""
        assert self.app.transcripts is not None
        return await self.app.transcripts.cycle()

    async def run(self, seconds: float, *, each: Callable[[], None] | None = None) -> None:
        """Let the daemon run: each flow at its poll, one after the other."""
        end = self.time.elapsed + seconds
        due = {flow.name: self.time.elapsed for flow in self.app.flows}
        while True:
            flow = min(self.app.flows, key=lambda flow: due[flow.name])
            if due[flow.name] > end:
                break
            self.time.advance(max(0.0, due[flow.name] - self.time.elapsed))
            await flow.cycle()
            due[flow.name] = max(due[flow.name] + flow.poll, self.time.elapsed)
            if each is not None:
                each()
        self.time.advance(max(0.0, end - self.time.elapsed))

    def wait(self, seconds: float) -> None:
        """Let time pass without the daemon."""
        self.time.advance(seconds)

    # ---- people

    def pair(self, name: str = "Ann", status: int = 1) -> tuple[Staff, Operator]:
        """Add an agent and the operator of the same address."""
        email = f"{name.lower()}@acme.example"
        return self.deskie.add_agent(name, email, status), self.chaport.add_operator(name, email)

    # ---- what one can see

    def events(self, *names: str) -> Log:
        """Return the log events of these names."""
        return [entry for entry in self.log if entry["event"] in names]

    def writes(self, side: str) -> list[tuple[str, str]]:
        """Return the writes that reached an API, as method and path."""
        return [(each.method, each.path) for each in self.sandbox.requests_of(side) if each.method != "GET"]  # type: ignore[arg-type]

    def case(self) -> Case:
        """Return the only case there is."""
        (case,) = self.deskie.cases
        return case

    def thread(self, case: Case | None = None) -> list[tuple[str, str]]:
        """Return what stands in a case: form and text of each message, without the times and references of notes."""
        return [(message.form, text_of(message)) for message in (case or self.case()).messages]

    def now(self) -> float:
        """Return the time in Unix seconds."""
        return self.time.now().timestamp()

    def elapsed_at(self, at: datetime) -> float:
        """Return how many seconds after the start a moment is."""
        return self.time.elapsed - (self.time.now() - at).total_seconds()


@cache
def _new_state_file() -> bytes:
    """Return a state file as the first start makes it, which takes longer than the rest of a start."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        Store.open(path).close()
        return path.read_bytes()


def text_of(message: Message) -> str:
    """Return a message's text without the times in front of its lines, and without the reference that ends a note."""
    rows = message.text.split("\n")
    if message.note and REFERENCE.fullmatch(rows[-1]):
        del rows[-1]
    return "\n".join(without_time(row) for row in rows)


def without_time(line: str) -> str:
    """Return a line of a note without its time."""
    year = f"{START:%Y}-"
    return line[20:] if line.startswith(year) else line


def later(seconds: float) -> str:
    """Return the time that a note shows for a moment so many seconds after the start."""
    return f"{START + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}"


def only(entries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the only entry."""
    (entry,) = entries
    return entry
