"""One life of the daemon, its cycles, and who watches them."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from chaport_sync.app import App
from chaport_sync.runner import Runner
from chaport_sync.store import Store
from chaport_sync.sync.cycle import Flow, Report
from tests.simulation.network import Exchange, Network
from tests.world import DaemonClock


class Died(BaseException):
    """The process was killed at this very instruction."""


@dataclass(eq=False)
class Cycle:
    """One cycle of one flow; `report` is None while it runs, and for ever if it did not end by itself."""

    life: "Life"
    flow: str
    began: float
    report: Report | None = None
    #: what it asked and what it was answered, in the order of the requests
    requests: list[Exchange] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether it ended well."""
        return self.report is not None and self.report.good


@dataclass(eq=False)
class Life:
    """One life of the daemon, or of the other one, `elsewhere`.

    `remembers_until` is set where its state file is not the one that the last life left; `superseded` where another
    has taken over.
    """

    number: int
    since: float
    app: App
    clock: DaemonClock
    network: Network
    dry_run: bool = False
    elsewhere: bool = False
    remembers_until: float | None = None
    cycles: dict[str, Cycle] = field(default_factory=dict)
    polls: list[asyncio.Task[None]] = field(default_factory=list)
    runners: dict[str, Runner] = field(default_factory=dict)
    dead: bool = False
    superseded: bool = False


class Observer:
    """What the machine tells about. Each method may be left as it is."""

    def on_start(self, life: Life) -> None:
        """A life begins."""

    def on_wake(self) -> None:
        """The machine goes on after a suspension."""

    def on_request(self, life: Life, exchange: Exchange) -> None:
        """A request leaves the daemon."""

    def on_answer(self, life: Life, exchange: Exchange) -> None:
        """An answer reaches the daemon."""

    def on_cycle(self, cycle: Cycle) -> None:
        """A cycle has ended, by itself or with the daemon's death."""

    def on_log(self, life: Life, event: dict[str, Any]) -> None:
        """An event was logged."""


#: The cycle that a task of the daemon works for.
CYCLE: ContextVar[Cycle | None] = ContextVar("cycle", default=None)


class WatchedFlow:
    """A flow whose cycles are told to an observer."""

    def __init__(self, flow: Flow, life: Life, observer: Observer, now: Callable[[], float]) -> None:
        self.name = flow.name
        self.poll = flow.poll
        self._flow = flow
        self._life = life
        self._observer = observer
        self._now = now

    async def cycle(self) -> Report:
        """Run a cycle; one that a death ended was told by then."""
        cycle = Cycle(self._life, self.name, self._now())
        if not self._life.superseded:
            self._life.cycles[self.name] = cycle
        CYCLE.set(cycle)
        try:
            cycle.report = await self._flow.cycle()
            return cycle.report
        finally:
            CYCLE.set(None)
            if self._life.cycles.pop(self.name, None) is not None:
                self._observer.on_cycle(cycle)


class MortalConnection:
    """A connection to the state file at whose commits the daemon can die."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._before_death: int | None = None
        self._commits_then = self._dies = False
        #: Whether the disk takes nothing.
        self.refuses = False

    def doom(self, commits: int, *, after: bool) -> None:
        """Let the daemon die at the commit after so many others, before or after it is made."""
        self._before_death, self._commits_then = commits, after

    def spare(self) -> None:
        """Let it live on."""
        self._before_death = None

    def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:
        """Execute a statement, or die."""
        if self.refuses and statement == "BEGIN IMMEDIATE":
            raise sqlite3.OperationalError("disk I/O error")
        if statement == "COMMIT" and self._before_death is not None:
            self._before_death -= 1
            if self._before_death < 0:
                if self._commits_then:
                    self._connection.execute(statement)
                    self._dies = True
                    return self._connection.cursor()
                self._die()
        return self._connection.execute(statement, values)

    @property
    def in_transaction(self) -> bool:
        """Whether there is something to roll back; a closed file rolls back by itself."""
        try:
            return self._connection.in_transaction
        except sqlite3.ProgrammingError:
            return False

    def committed(self) -> None:
        """Note that a commit is over, and die now if it was to be the last thing that is done."""
        if self._dies:
            self._die()

    def _die(self) -> None:
        self._connection.close()
        raise Died

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def let_die(store: Store) -> MortalConnection:
    """Let the daemon die at commits of this store, when it is told so."""
    connection, writing = store.connection, store.connection.writing
    mortal = MortalConnection(connection._sqlite)

    @contextmanager
    def mortal_writing() -> Iterator[sqlite3.Connection]:
        with writing() as write:
            yield write
        mortal.committed()

    connection._sqlite = mortal  # type: ignore[assignment]
    connection.writing = mortal_writing  # type: ignore[method-assign]
    return mortal
