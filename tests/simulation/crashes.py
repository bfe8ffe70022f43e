"""What befalls the machine: deaths at any instruction, restarts, other state files, suspension, a wrong clock."""

import asyncio
import random
from dataclasses import dataclass
from typing import Any

from tests.simulation.machine import Machine
from tests.simulation.setting import DAY, Setting
from tests.simulation.takeovers import TakeOvers
from tests.simulation.trace import ALL, Trace, pause


@dataclass(frozen=True)
class Loss:
    """The daemon started at `at` with a state file of the moment `remembers_until`, None if with none."""

    at: float
    remembers_until: float | None


class Crashes:
    """The misfortunes of one run."""

    def __init__(self, machine: Machine, setting: Setting, trace: Trace) -> None:
        self._machine = machine
        self._setting = setting
        self._trace = trace
        self._time = trace.time
        self._chance = random.Random(f"fate {setting.seed}")  # the name decides each seed's story
        self._copy: tuple[float, Any] | None = None
        self._take_overs = TakeOvers(machine, trace, setting.seed)
        self.losses: list[Loss] = []

    async def strike(self, until: float) -> None:
        """Let one misfortune follow another."""
        every = self._setting.misfortune_every
        while self._setting.misfortunes and not await pause(self._time, self._chance, every, until):
            name = self._chance.choice(self._setting.misfortunes)
            self._trace.figures["misfortunes"] += 1
            await getattr(self, f"_{name}")()
            copied = "older_copy" in self._setting.tampering and self._chance.random() < 0.5
            # A file in which no start is noted yet remembers as little as none.
            if copied and self._machine.state.has_begun():
                self._copy = (self._time.elapsed, self._machine.state.copied())
        await self._take_overs.over()

    async def _take_over(self) -> None:
        await self._take_overs.one()

    async def _database_away(self) -> None:
        await self._take_overs.database_away()

    async def _death(self) -> None:
        self._machine.kill_after(self._chance.choice([self._chance.randrange(40), self._chance.randrange(1500)]))
        await self._death_comes()

    async def _death_at_commit(self) -> None:
        self._machine.kill_at_commit(self._chance.randrange(6), after=self._chance.random() < 0.5)
        await self._death_comes()

    async def _power_cut(self) -> None:
        self._machine.die("in a power cut")
        await self._death_comes()

    async def _death_comes(self) -> None:
        """Wait for a death that was prepared, or let it come after all; then start again, sooner or later."""
        life = self._machine.life
        assert life is not None
        for _ in range(60):
            if life.dead:
                break
            await asyncio.sleep(2)
        self._machine.die("in the end")
        self._machine.spare()
        await self._machine.bury(life)
        await asyncio.sleep(self._chance.choice([0.5, 5, 30, self._chance.uniform(60, 600)]))
        self._come_back()

    def _come_back(self) -> None:
        remembers_until: float | None = None
        dice = self._chance.random()
        if self._copy is not None and dice < 0.3:
            remembers_until = self._copy[0]
            self._machine.state.replace(self._copy[1])
            self._trace.tell(f"the state file is that of {remembers_until:.0f} s", ALL)
            self.losses.append(Loss(self._time.elapsed, remembers_until))
        elif "no_file" in self._setting.tampering and dice > 0.85:
            remembers_until = 0.0
            self._machine.state.replace(None)
            self._copy = None
            self._trace.tell("the state file is lost", ALL)
            self.losses.append(Loss(self._time.elapsed, None))
        self._machine.start(remembers_until=remembers_until)

    async def _restart(self) -> None:
        await self._machine.stop()
        await asyncio.sleep(self._chance.choice([0.2, 10]))
        self._come_back()

    async def _suspension(self) -> None:
        longest = 3 * 3600 if self._setting.seconds >= DAY else 400
        seconds = self._chance.choice([self._chance.uniform(1, 60), self._chance.uniform(60, longest)])
        self._trace.tell(f"the machine is suspended for {seconds:.0f} s", ALL)
        self._machine.suspend()
        await asyncio.sleep(seconds)
        self._machine.wake()

    async def _wrong_clock(self) -> None:
        size = self._chance.choice([3, 60, 600, 4000, 86400])
        self._machine.set_clock(self._chance.choice([-1, 1]) * self._chance.uniform(0, size))
        await asyncio.sleep(self._chance.uniform(1, 400))
        self._machine.set_clock(0)

    async def _dry_run(self) -> None:
        life = self._machine.start_beside(elsewhere=False)
        await asyncio.sleep(self._chance.uniform(5, 200))
        await self._machine.stop(life)

    def end(self) -> None:
        """Nothing befalls the machine any more."""
        self._machine.wake()
        self._machine.ready.go_on()
        self._machine.spare()
        if self._machine.clock_error:
            self._machine.set_clock(0)
