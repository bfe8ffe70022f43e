"""One run: a seed's people, faults and misfortunes, then a quiet time in which everything must come right."""

import asyncio
import hashlib
import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation.administrator import Administrator
from tests.simulation.boot import Boot, boot_of
from tests.simulation.company import Company
from tests.simulation.crashes import Crashes
from tests.simulation.disk import Disk
from tests.simulation.loop import SeededLoop
from tests.simulation.machine import Machine
from tests.simulation.morning import Morning
from tests.simulation.occasions import Occasions, with_occasions
from tests.simulation.replying import Replying, with_answers
from tests.simulation.second_daemon import second_daemon
from tests.simulation.setting import DAY, Setting, choose, in_a_cluster
from tests.simulation.states import Kept
from tests.simulation.trace import Trace, Violation
from tests.simulation.vendors import with_vendors_ways
from tests.virtual_time import VirtualTime
from tests.world import World

#: Mean seconds between two changes that an administrator makes.
EDITED_EVERY = 60.0
#: In the second part of the quiet time polls are so much rarer: it is as long as two sweeps (T7).
STRETCH, SWEEPS = 10.0, 2 * 3600.0 + 900.0
#: What is said where the disk refuses, on a file and on a log.
_REFUSED = re.compile(
    "the state (file /state.db|of it in the database) cannot be used|"
    "check its disk and its permissions, or if it is damaged move it away|if it is damaged, restore a backup"
)


@dataclass(frozen=True)
class Outcome:
    """What a run came to; `digest` is the same for equal seeds."""

    seed: int
    violations: tuple[Violation, ...]
    figures: Counter[str]
    digest: str
    story: tuple[str, ...] = field(default=())


def run(seed: int, *, day: bool = False, state: Kept = "file") -> Outcome:
    """Run a seed; `state` says where the daemon's state is kept."""
    setting, occasions = with_occasions(with_vendors_ways(choose(seed, day=day), day=day), day=day)
    (setting, replying), time = with_answers(setting, day=day), VirtualTime()
    if state == "cluster":
        setting = in_a_cluster(setting)
    loop = SeededLoop(time, random.Random(f"loop {seed}"))
    with folder_in_memory() as folder, asyncio.Runner(loop_factory=lambda: loop) as runner:
        life = _Run(setting, replying, occasions, time, folder, loop, state)
        life.boot = boot_of(seed, day=day)
        return runner.run(life.all())


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """Make a folder for state files, in memory where the system has a file system in it."""
    shared = Path("/dev/shm")  # noqa: S108 - a state file survives this run's deaths and nothing else
    folder = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


class _Run:
    def __init__(
        self,
        setting: Setting,
        replying: Replying | None,
        occasions: Occasions,
        time: VirtualTime,
        folder: Path,
        loop: SeededLoop,
        state: Kept,
    ) -> None:
        self._setting = setting
        self._time = time
        self._trace = Trace(time)
        self._world = World(folder, time, [])
        company = self._company = Company(self._world, setting, replying, self._trace)
        self._referee = company.referee
        self._administrator = Administrator(company.people) if occasions.edited else None
        self._machine = Machine(
            self._world, loop, self._trace, self._referee, self._referee.logs.show, str(setting.seed), state
        )
        self._machine.way = company.faults.way
        disk = Disk(self._machine, setting, self._trace)
        self._morning = Morning(company.people, occasions, self._referee, disk)
        self._crashes = Crashes(self._machine, setting, self._trace)
        self._referee.losses = self._crashes.losses
        self._aside: list[asyncio.Task[None]] = []
        self.boot: Boot | None = None

    async def all(self) -> Outcome:
        """Live through it."""
        self._company.arrive()
        self._morning.arrive()
        if self.boot is not None:
            self._machine.set_clock(self.boot.error)
        self._machine.start()
        story = asyncio.ensure_future(self._story())
        over = asyncio.ensure_future(self._trace.over.wait())
        await asyncio.wait({story, over}, return_when=asyncio.FIRST_COMPLETED)
        for task in (*self._aside, story, over):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await story
        self._crashes.end()
        await self._machine.stop()
        await self._world.sandbox.aclose()
        return self._outcome()

    async def _story(self) -> None:
        if self.boot is not None:
            self._aside.append(asyncio.create_task(self._put_right(self.boot)))
        await self._morning.pass_by()
        end = self._time.elapsed + self._setting.seconds
        self._company.faults.begin()
        edits = [(self._administrator.edits, EDITED_EVERY)] if self._administrator else []
        await asyncio.gather(
            self._company.faults.come_in_spells(end),
            self._crashes.strike(end),
            *self._company.lives(end, besides=edits),
            *second_daemon(self._machine, self._setting, self._trace),
        )
        self._crashes.end()
        await self._company.faults_end()
        await self._come_right()

    async def _put_right(self, boot: Boot) -> None:
        await asyncio.sleep(boot.put_right_after)
        self._machine.set_clock(0)

    async def _come_right(self) -> None:
        """The faults are over: statuses must be right soon, cases after a sweep, and what was parked on demand."""
        await self._company.statuses_come_right()
        self._machine.stretch = {"statuses": 1e9, "transcripts": STRETCH, "replies": STRETCH}
        await asyncio.sleep(SWEEPS)
        life = self._machine.life
        assert life is not None
        if life.app.store.transcripts.retry_parked():
            # Chats whose cases were merged into one follow one another, poll by poll.
            chats = sum(len(visitor.chats) for visitor in self._world.chaport.visitors)
            for stretch, seconds in (
                (1.0, min(SWEEPS, chats * self._setting.number("transcripts.poll"))),
                (STRETCH, SWEEPS),
            ):
                self._machine.stretch["transcripts"] = stretch
                await asyncio.sleep(seconds)
        self._referee.everything_must_be_right()
        if self._setting.seconds >= DAY and not self._trace.violations:
            await self._be_away()

    async def _be_away(self) -> None:
        """P7: after days without anything the state file holds nothing of old chats, and nothing is shown again."""
        await self._machine.stop()
        await asyncio.sleep((self._setting.number("state.keep") + 2) * DAY)
        self._machine.start()
        await asyncio.sleep(2 * SWEEPS)
        self._referee.old_chats_must_be_forgotten(self._machine)
        self._referee.everything_must_be_right()

    def _outcome(self) -> Outcome:
        trace, requests = self._trace, self._world.sandbox.journal
        figures = trace.figures
        figures["seconds"] = int(self._time.elapsed)
        figures["requests"] = len(requests)
        figures["faults"] = sum(bool(request.fault) for request in requests)
        figures["events"] = self._company.events
        figures["violations"] = len(trace.violations[:1])
        told = repr([(request.at, request.method, request.path, request.status, request.body) for request in requests])
        # Errors may name the state file, whose folder is another one each time, and a log in its place.
        told = _REFUSED.sub("", (told + repr(trace.lines)).replace(str(self._world.folder), ""))
        digest = hashlib.sha256(told.encode()).hexdigest()[:16]
        story = tuple(trace.story(trace.violations[0])) if trace.violations else ()
        return Outcome(self._setting.seed, tuple(trace.violations[:1]), figures, digest, story)
