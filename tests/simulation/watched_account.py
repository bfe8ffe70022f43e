"""One account of a daemon with several: its company, and its referee, who sees all that the daemon does for it."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from chaport_sync.app import App, build
from chaport_sync.configured import Source
from chaport_sync.sync.cycle import Flow, Report
from tests.simulation.company import Company
from tests.simulation.life import CYCLE, Life, MortalConnection, WatchedFlow
from tests.simulation.network import Exchange, Network
from tests.simulation.replying import with_answers
from tests.simulation.setting import Setting, choose
from tests.simulation.trace import Trace
from tests.simulation.vendors import with_vendors_ways
from tests.virtual_time import VirtualTime
from tests.world import DaemonClock, World

#: Numbers of seeds that decide an account: no run of one account alone was kept with one of them.
NUMBERS = (10**6, 10**9)


class Way(httpx.AsyncBaseTransport):
    """The way to an account's services; what they answer on it can be made larger."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.instead: Any = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Let the service execute the request, and pass its answer on, or something else."""
        response = await self._inner.handle_async_request(request)
        return response if self.instead is None else await self.instead(response)


class WatchedAccount:
    """An account whose people, services and faults are decided by its name and the seed, and by nothing else.

    Attributes:
        cannot_start: What building it raises.
        disk_is_full: Whether its state file takes no record.
        has_a_defect: Whether each of its cycles raises something that nobody expects.
    """

    def __init__(self, name: str, seed: int, time: VirtualTime, folder: Path) -> None:
        self.name = name
        self._time = time
        self._seed = f"{name} {seed}"
        folder.mkdir()
        number = random.Random(f"account {self._seed}").randrange(*NUMBERS)
        setting, replying = with_answers(with_vendors_ways(_soon_right(choose(number))))
        if replying is not None:
            # Nobody starts over who is not in trouble, so what the configuration says at first is in force.
            replying = replace(replying, on_at_first=True, switches=())
            setting = replace(setting, config=setting.config | {"replies.enabled": "true"})
        self.trace = Trace(time)
        self.world = World(folder, time, [])
        self.company = Company(self.world, setting, replying, self.trace)
        self.company.arrive()
        self.settings = self.world.settings()
        self.way = Way(self.company.faults.way or self.world.sandbox.transport())
        self.path = folder / "state.db"
        self.cannot_start: Exception | None = None
        self.disk_is_full = False
        self.has_a_defect = False
        self._lives: dict[int, Life] = {}

    def source(self) -> Source:
        """Return what the daemon runs it from, as it is configured now."""
        return Source(self._start, settings=self.settings)

    def change(self, grace: int) -> None:
        """Configure another grace, from the next reading on."""
        self.settings = self.world.settings(f"status.offline_grace = {grace}")

    @property
    def life(self) -> Life | None:
        """The newest start, None before the first."""
        return self._lives.get(len(self._lives))

    @property
    def starts(self) -> int:
        """Count how often it was started."""
        return len(self._lives)

    def send_again(self) -> None:
        """Do what `retry` does: send again what was parked."""
        if self.life is not None:
            self.life.app.store.transcripts.retry_parked()

    def log(self, event: dict[str, Any]) -> None:
        """Take note of what the daemon logs of it."""
        if self.life is not None:
            self.company.referee.on_log(self.life, event)

    async def _start(self) -> App:
        if self.cannot_start is not None:
            raise self.cannot_start
        number, referee = len(self._lives) + 1, self.company.referee
        network = Network(number, self.way, lambda: self._time.elapsed, self._sent, self._answered)
        clock, chance = DaemonClock(self._time), random.Random(f"{self._seed} {number}")
        app = build(self.settings, clock, environ={}, over=network, chance=chance)
        app.store.connection._sqlite = _Disk(app.store.connection._sqlite, self)  # type: ignore[assignment]
        life = self._lives[number] = Life(number, self._time.elapsed, app, clock, network)
        referee.on_start(life)
        watched: dict[str, Any] = {flow.name: _Flow(flow, life, self) for flow in app.flows}
        return replace(app, **watched)

    def _sent(self, exchange: Exchange) -> None:
        life = self._lives[exchange.life]
        exchange.clock = life.clock.now()
        if (cycle := CYCLE.get()) is not None:
            cycle.requests.append(exchange)
        self.company.referee.on_request(life, exchange)

    def _answered(self, exchange: Exchange) -> None:
        self.company.referee.on_answer(self._lives[exchange.life], exchange)


class _Flow(WatchedFlow):
    """A flow of an account that may have a defect."""

    def __init__(self, flow: Flow, life: Life, account: WatchedAccount) -> None:
        super().__init__(flow, life, account.company.referee, lambda: account.world.time.elapsed)
        self._account = account

    async def cycle(self) -> Report:
        """Run a cycle, or raise."""
        if self._account.has_a_defect:
            raise ZeroDivisionError
        return await super().cycle()


class _Disk(MortalConnection):
    """A connection to the state file of an account whose disk may be full."""

    def __init__(self, connection: Any, account: WatchedAccount) -> None:
        super().__init__(connection)
        self._account = account

    def execute(self, statement: str, values: Any = ()) -> Any:
        """Execute a statement if the disk has room."""
        self.refuses = self._account.disk_is_full
        return super().execute(statement, values)


def _soon_right(setting: Setting) -> Setting:
    """Return a setting in which all words are found and shown soon after the faults.

    Two sweeps take longer than all the rest (T7). What Deskie refuses in a closed case is tried again for some polls,
    and then what follows it (P3).
    """
    faults = {name: rate for name, rate in setting.faults.items() if not name.endswith("_page")}
    chaport = setting.chaport_quirks | {"row_shows_activity": True, "page_size": 20}
    deskie = setting.deskie_quirks | {"closed_rejects_messages": False}
    return replace(setting, faults=faults, chaport_quirks=chaport, deskie_quirks=deskie, tampering=(), misfortunes=())
