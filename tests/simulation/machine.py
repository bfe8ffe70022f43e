"""The machine on which the daemon runs: it starts it, lets its flows poll, and is the place of all its misfortunes."""

import asyncio
import random
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import Any

import httpx

from chaport_sync import logs
from chaport_sync.account import GRACE_AT_STOP
from chaport_sync.app import build, secrets
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.runner import Runner
from chaport_sync.schedule import JITTER
from chaport_sync.sync.cycle import Flow
from tests.simulation.former import Former
from tests.simulation.life import CYCLE, Died, Life, MortalConnection, Observer, WatchedFlow, let_die
from tests.simulation.log_stream import LogStream
from tests.simulation.loop import ELSEWHERE, LIFE, SeededLoop
from tests.simulation.network import Exchange, Network
from tests.simulation.states import Kept, states
from tests.simulation.trace import ALL, Trace
from tests.world import DaemonClock, World


class Machine:
    """Runs one daemon at a time, dry runs beside it, and another daemon as if it ran on another machine."""

    def __init__(
        self,
        world: World,
        loop: SeededLoop,
        trace: Trace,
        observer: Observer,
        show_line: Callable[[str], None],
        seed: str,
        state: Kept = "file",
    ) -> None:
        self._world = world
        self._loop, self.ready = loop, loop.ready
        self._trace = trace
        self._observer = observer
        self._stream: Any = LogStream(show_line)
        self._chance = random.Random(f"machine {seed}")
        self._former = Former(trace)
        self._lives: dict[int, Life] = {}
        self.life: Life | None = None
        #: Seconds by which the machine's wall clock is wrong.
        self.clock_error = 0.0
        #: How much longer than configured a flow's polls are: a busy machine may take its time.
        self.stretch: dict[str, float] = {}
        #: What carries requests to the services instead of the plain way.
        self.way: httpx.AsyncBaseTransport | None = None
        #: Where the state of the daemon and of the other one is kept.
        self.state, self._state_elsewhere = states(state, world.folder, lambda: world.time.elapsed)

    # ---- lives

    def start(self, *, remembers_until: float | None = None) -> None:
        """Start the daemon on the state file that is there."""
        self.life = self._begin()
        self.life.remembers_until = remembers_until
        self._trace.figures["starts"] += 1
        self._observer.on_start(self.life)
        self._let_poll(self.life)

    def start_beside(self, *, elsewhere: bool) -> Life:
        """Start one more: on another machine, with a state file of its own, else here as a dry run."""
        life = self._begin(dry_run=not elsewhere, elsewhere=elsewhere)
        self._observer.on_start(life)
        self._let_poll(life)
        return life

    def _begin(self, *, dry_run: bool = False, elsewhere: bool = False) -> Life:
        number, world = len(self._lives) + 1 + (ELSEWHERE if elsewhere else 0), self._world
        clock = DaemonClock(world.time)
        clock.error = 0.0 if elsewhere else self.clock_error
        way = self.way or world.sandbox.transport()
        network = Network(number, way, lambda: world.time.elapsed, self._sent, self._answered)
        settings = world.settings()
        if elsewhere:
            state = settings.state.model_copy(update={"path": str(world.folder / "other.db")})
            settings = settings.model_copy(update={"state": state})
        logs.setup("debug", "json", stream=self._stream, secrets=secrets(settings), taps=[self._logged], environ={})
        chance = random.Random(self._chance.random())
        kept = self._state_elsewhere if elsewhere else self.state
        store = kept.store(settings, dry_run=dry_run)
        app = build(settings, clock, dry_run=dry_run, environ={}, over=network, chance=chance, store=store)
        if not dry_run:
            kept.begin(app.store)
        if not (dry_run or elsewhere):
            let_die(app.store)
        life = self._lives[number] = Life(number, world.time.elapsed, app, clock, network, dry_run, elsewhere)
        how = " as a dry run" if dry_run else " on another machine" if elsewhere else ""
        self._trace.tell(f"daemon {number} starts{how}", ALL)
        return life

    def _let_poll(self, life: Life) -> None:
        for flow in life.app.flows:
            context = copy_context()
            context.run(LIFE.set, life.number)
            life.polls.append(self._loop.create_task(self._poll(life, flow), context=context))

    async def _poll(self, life: Life, flow: Flow) -> None:
        """Do what the scheduler does: poll with jitter, one cycle at a time, and skip what was missed."""
        app = life.app
        watched: Any = WatchedFlow(flow, life, self._observer, lambda: self._world.time.elapsed)
        runner = Runner(watched, Monitor(app.store, app.clock), lambda: None)
        life.runners[flow.name] = runner
        chance = random.Random(f"{life.number} {flow.name}")
        due = self._loop.time()
        while not life.app.clock.stopping:
            try:
                await runner.cycle()
            except Died:
                self.die("at a commit")
                return
            if life is self.life and not life.dead:
                self.state.tidy(self._world.time.elapsed)
            poll = flow.poll * self.stretch.get(flow.name, 1.0)
            due = max(due + poll, self._loop.time())
            await asyncio.sleep(max(0.001, due - self._loop.time() + poll * JITTER * chance.uniform(-1, 1)))

    def die(self, how: str) -> None:
        """Kill the daemon: nothing that it does from now on happens."""
        if self.life is not None and not self.life.dead:
            self._trace.tell(f"daemon {self.life.number} dies {how}", ALL)
            self._trace.figures["deaths"] += 1
            self.state.die()
            self._end(self.life)

    def _end(self, life: Life) -> None:
        life.dead = True
        life.network.cut = True
        with suppress(sqlite3.ProgrammingError):  # it died at a commit
            life.app.store.close()
        for task in self._loop.tasks_of(life.number):
            task.cancel()
        self._tell_cycles(life)

    def _tell_cycles(self, life: Life) -> None:
        """Tell of the cycles that will not be seen to end."""
        cycles = list(life.cycles.values())
        life.cycles.clear()
        for cycle in cycles:
            self._observer.on_cycle(cycle)

    def take_over(self) -> None:
        """Start the daemon elsewhere, on the log that the one here may still believe to hold (K1)."""
        former = self.life
        assert former is not None
        former.superseded = True
        self._former.loses(former)
        self._tell_cycles(former)
        self.start()

    def suspend(self) -> None:
        """Let nothing happen on this machine."""
        self.ready.suspend()

    def wake(self) -> None:
        """Let it go on."""
        self.ready.resume()
        self._observer.on_wake()

    async def stop(self, life: Life | None = None) -> None:
        """Ask a daemon to stop, as the service manager does, and wait until it has."""
        life = life or self.life
        if life is None:
            return
        life.app.clock.stop()
        flows = zip(life.polls, life.app.flows, strict=True)
        busy = [task for task, flow in flows if flow.name in life.runners and life.runners[flow.name].running]
        if busy:
            await asyncio.wait(busy, timeout=GRACE_AT_STOP)
        if not life.dead:
            self._trace.tell(f"daemon {life.number} stops", ALL)
            self._end(life)
        await self.bury(life)

    async def bury(self, life: Life) -> None:
        """Wait until nothing of a life is left."""
        while tasks := self._loop.tasks_of(life.number):
            await asyncio.wait(tasks)
        with suppress(Exception):
            await life.app.clients.aclose()
        self._loop.forget(life.number)

    # ---- what happens to it

    def kill_after(self, steps: int) -> None:
        """Let the daemon die when it has come so many steps further."""
        self.do_after(steps, lambda: self.die("between two steps"))

    def do_after(self, steps: int, act: Callable[[], None]) -> None:
        """Let something happen when the daemon has come so many steps further."""
        self.ready.on_death, self.ready.before_death = act, steps

    def spare(self) -> None:
        """Let no death come that was prepared and has not come yet."""
        self.ready.before_death = None
        if self.life is not None and isinstance(self.life.app.store.connection._sqlite, MortalConnection):
            self.life.app.store.connection._sqlite.spare()

    def kill_at_commit(self, commits: int, *, after: bool) -> None:
        """Let the daemon die before or after one of its next commits."""
        connection: Any = None if self.life is None else self.life.app.store.connection._sqlite
        if isinstance(connection, MortalConnection):
            connection.doom(commits, after=after)

    def set_clock(self, error: float) -> None:
        """Let this machine's wall clock be wrong by so many seconds."""
        self.clock_error = error
        for life in self._lives.values():
            life.clock.error = 0.0 if life.elsewhere else error
        self._trace.tell(f"the daemon's clock is {error:+.0f} s wrong", ALL)

    def set_disk(self, *, refuses: bool, takes: float) -> None:
        """Let the disk take no record, or take so many seconds to keep one."""
        if self.life is not None:
            self.life.clock.disk_takes = takes
            connection: Any = self.life.app.store.connection._sqlite
            if not self.state.refuse(refuses=refuses) and isinstance(connection, MortalConnection):
                connection.refuses = refuses

    # ---- telling the observer

    def _sent(self, exchange: Exchange) -> None:
        life = self._lives[exchange.life]
        exchange.clock = life.clock.now()
        self._former.sends(life, exchange)
        if life.superseded:
            return
        cycle = CYCLE.get()
        if cycle is not None:
            cycle.requests.append(exchange)
        self._observer.on_request(life, exchange)

    def _answered(self, exchange: Exchange) -> None:
        if not (life := self._lives[exchange.life]).superseded:
            self._observer.on_answer(life, exchange)

    def _logged(self, event: dict[str, Any]) -> None:
        life = self._lives.get(LIFE.get())
        if life is not None and not (life.dead or life.superseded):
            self._observer.on_log(life, event)
