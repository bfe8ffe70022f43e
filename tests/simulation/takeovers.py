"""Another worker takes the account over from one that is killed, stopped, or cut off from the database (K1 to K4)."""

import asyncio
import random
from typing import Literal

from tests.simulation.life import Life
from tests.simulation.machine import Machine
from tests.simulation.session import Session, StateInCluster
from tests.simulation.trace import ALL, Trace

Kind = Literal["is killed", "is stopped", "is cut off from the database"]
KINDS: tuple[Kind, ...] = ("is killed", "is stopped", "is cut off from the database")
#: The account of a worker that was killed is taken after so many seconds; of another one, so many seconds after its
#: session was last heard. A session is heard every so many seconds.
AFTER_A_DEATH, AFTER_SILENCE, HEARTBEAT = 0.6, (6.0, 7.0), 2.0
#: Whoever has lost the account wakes or lives on for so many seconds at most, and notices it within so many.
LATEST, NOTICED = 300.0, 60.0


class TakeOvers:
    """The take-overs of one run, and the workers who have lost the account and do not know it yet."""

    def __init__(self, machine: Machine, trace: Trace, seed: int) -> None:
        self._machine = machine
        self._trace = trace
        self._chance = random.Random(f"take-overs {seed}")
        self._leaving: set[asyncio.Task[None]] = set()

    async def one(self) -> None:
        """Let something befall the worker at any of its instructions, and another one take over."""
        life, kind, befell = self._machine.life, self._chance.choice(KINDS), asyncio.Event()
        assert life is not None

        def befall() -> None:
            befell.set()
            self._befall(life, kind)

        soon, late = self._chance.randrange(4), self._chance.randrange(1500)
        if self._chance.random() < 0.5:
            # Between its record and its request, if that has to wait for its turn.
            self._session.on_append = lambda: self._machine.do_after(soon, befall)
        else:
            self._machine.do_after(late, befall)
        try:
            await asyncio.wait_for(befell.wait(), 120)
        except TimeoutError:
            self._machine.spare()
            self._session.on_append = None
            befall()
        if kind == "is killed":
            await self._machine.bury(life)
            await asyncio.sleep(AFTER_A_DEATH)
            self._machine.start()
        else:
            session = self._session
            assert session.heard_at is not None
            await asyncio.sleep(session.heard_at + self._chance.uniform(*AFTER_SILENCE) - session.clock())
            self._machine.take_over()
            self._leaving.add(asyncio.create_task(self._leaves(life, session, kind)))
        self._trace.figures["take-overs"] += 1

    async def database_away(self) -> None:
        """Nobody reaches the database for a while, so nobody takes over (K4)."""
        session, seconds = (
            self._session,
            self._chance.choice([self._chance.uniform(1, 60), self._chance.uniform(60, 900)]),
        )
        self._trace.tell(f"the database is away for {seconds:.0f} s", ALL)
        self._machine.state.refuse(refuses=True)
        await asyncio.sleep(seconds)
        if session is self._session:
            self._machine.state.refuse(refuses=False)

    async def over(self) -> None:
        """Wait until everybody who has lost the account has noticed it."""
        await asyncio.gather(*self._leaving)

    @property
    def _session(self) -> Session:
        state = self._machine.state
        assert isinstance(state, StateInCluster)
        return state.session

    def _befall(self, life: Life, kind: Kind) -> None:
        if kind == "is killed":
            self._machine.die("and is replaced")
            return
        self._trace.tell(f"daemon {life.number} {kind}", ALL)
        session = self._session
        session.heard_at = session.clock() - self._chance.uniform(0, HEARTBEAT)
        session.refuses = kind == "is cut off from the database"
        if kind == "is stopped":
            self._machine.ready.stop(life.number)

    async def _leaves(self, life: Life, session: Session, kind: Kind) -> None:
        """Wake, or go on renewing, then notice and end; what a worker that wakes had sent may still reach the log."""
        await asyncio.sleep(self._chance.choice([self._chance.uniform(0, 10), self._chance.uniform(0, LATEST)]))
        if kind == "is stopped":
            session.refuses = self._chance.random() < 0.5
            self._trace.tell(f"daemon {life.number} wakes", ALL)
            self._machine.ready.go_on(life.number)
        await asyncio.sleep(self._chance.choice([0.01, self._chance.uniform(0, NOTICED)]))
        await self._machine.stop(life)
