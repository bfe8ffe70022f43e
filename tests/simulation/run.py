"""One run: a seed's people, faults and misfortunes, then a quiet time in which everything must come right."""

import asyncio
import hashlib
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.simulation.administrator import Administrator
from tests.simulation.agents_desk import AgentsDesk
from tests.simulation.answers import Answers
from tests.simulation.boot import Boot, boot_of
from tests.simulation.crashes import Crashes
from tests.simulation.disk import Disk
from tests.simulation.faults import Faults
from tests.simulation.invariants import Referee
from tests.simulation.loop import SeededLoop
from tests.simulation.machine import Machine
from tests.simulation.morning import Morning
from tests.simulation.occasions import Occasions, has_a_rule, is_tidy, with_occasions
from tests.simulation.people import Act, People
from tests.simulation.replying import Replying, with_answers
from tests.simulation.rewording import Rewording
from tests.simulation.seats import Seats
from tests.simulation.second_daemon import second_daemon
from tests.simulation.setting import DAY, Setting, choose
from tests.simulation.trace import ALL, Trace, Violation, pause
from tests.simulation.vendors import with_vendors_ways
from tests.virtual_time import VirtualTime
from tests.world import World

#: The longest pause after a failure (P4), and after a 401 or 403.
LONGEST_PAUSE = 300.0
#: Mean seconds between two changes that an administrator makes, two assignments by a rule, two cases that are closed.
EDITED_EVERY, ASSIGNED_EVERY, DONE_EVERY = 60.0, 40.0, 150.0
#: In the second part of the quiet time polls are so much rarer: it is as long as two sweeps (T7).
STRETCH, SWEEPS = 10.0, 2 * 3600.0 + 900.0


@dataclass(frozen=True)
class Outcome:
    """What a run came to; `digest` is the same for equal seeds."""

    seed: int
    violations: tuple[Violation, ...]
    figures: Counter[str]
    digest: str
    story: tuple[str, ...] = field(default=())


def run(seed: int, *, day: bool = False) -> Outcome:
    """Run a seed, in memory where the system has a file system in it."""
    setting, occasions = with_occasions(with_vendors_ways(choose(seed, day=day), day=day), day=day)
    (setting, replying), time = with_answers(setting, day=day), VirtualTime()
    shared = Path("/dev/shm")  # noqa: S108 - a state file survives this run's deaths and nothing else
    folder = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None))
    loop = SeededLoop(time, random.Random(f"loop {seed}"))
    try:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            life = _Run(setting, replying, occasions, time, folder, loop)
            life.boot = boot_of(seed, day=day)
            return runner.run(life.all())
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
    ) -> None:
        self._setting = setting
        self._replying = replying
        self._time = time
        self._trace = Trace(time)
        self._world = World(folder, time, [])
        self._configure()
        self._people = People(self._world, setting, self._trace)
        self._faults = Faults(self._world, setting, self._trace)
        self._desk = AgentsDesk(self._people)
        self._desk.answers = self._answers = Answers(self._people, setting, replying) if replying else None
        self._referee = Referee(self._world, setting, self._trace, self._people, self._desk)
        self._administrator = Administrator(self._people) if occasions.edited else None
        self._machine = Machine(
            self._world, loop, self._trace, self._referee, self._referee.logs.show, str(setting.seed)
        )
        self._machine.way = self._faults.way
        disk = Disk(self._machine, setting, self._trace)
        self._morning = Morning(self._people, occasions, self._referee, disk)
        self._crashes = Crashes(self._machine, setting, self._trace)
        self._referee.losses = self._crashes.losses
        self._aside: list[asyncio.Task[None]] = []
        self.boot: Boot | None = None

    def _configure(self) -> None:
        world, setting = self._world, self._setting
        world.deskie.requests_per_minute = setting.limit
        world.deskie.channels[0].type = setting.channel_type
        for account, quirks in ((world.deskie, setting.deskie_quirks), (world.chaport, setting.chaport_quirks)):
            for name, value in quirks.items():
                setattr(account.quirks, name, value)
        world.lines |= setting.config
        mapping = ", ".join(f'{key} = "{word}"' for key, word in setting.mapping.items())
        world.lines["status.map"] = f"{{ {mapping} }}"

    async def all(self) -> Outcome:
        """Live through it."""
        self._people.arrive()
        self._morning.arrive()
        if self._answers is not None:
            self._answers.arrive()
        if self._setting.bots == "H2" and self._setting.bots_named:
            bots = ", ".join(f'"{bot.id}" = "{bot.name}"' for bot in self._people.bots)
            self._world.lines["chaport.bots"] = f"{{ {bots} }}"
        self._world.lines |= {
            "agents.exclude": '["excluded@acme.example"]',
            "agents.pairs": '[{ agent = "shared@acme.example", operator = "agent0@acme.example" },'
            ' { agent = "agent0@acme.example", operator = "agent0@acme.example" }]',
        }
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
        self._faults.begin()
        pace = self._setting.pace
        await asyncio.gather(
            self._faults.come_in_spells(end),
            self._crashes.strike(end),
            self._act(self._people.agent_acts, pace["agents"], end),
            self._act(self._people.chat_goes_on, pace["chats"], end),
            self._act(self._desk.case_is_handled, pace["cases"], end),
            *self._handling(end),
            *self._answering(end),
            *self._now_and_then(end),
            *second_daemon(self._machine, self._setting, self._trace),
        )
        self._crashes.end()
        self._faults.clear()
        await self._world.sandbox.settle()
        await self._come_right()

    async def _put_right(self, boot: Boot) -> None:
        await asyncio.sleep(boot.put_right_after)
        self._machine.set_clock(0)

    def _answering(self, end: float) -> list[Coroutine[Any, Any, None]]:
        if self._answers is None or self._replying is None:
            return []
        return [self._act(self._answers.agent_answers, self._answers.pace, end), self._switch(self._replying)]

    def _handling(self, end: float) -> list[Coroutine[Any, Any, None]]:
        return [
            *([self._act(self._desk.a_rule_assigns, ASSIGNED_EVERY, end)] if has_a_rule(self._setting) else []),
            *([self._act(self._desk.two_cases_are_done_with, DONE_EVERY, end)] if is_tidy(self._setting) else []),
        ]

    def _now_and_then(self, end: float) -> list[Coroutine[Any, Any, None]]:
        acts: list[tuple[Act, float | None]] = [
            *([(self._administrator.edits, EDITED_EVERY)] if self._administrator else []),
            (Rewording(self._people).somebody_rewords, self._setting.reworded_every),
            (Seats(self._people, self._referee.authors.listed).somebody_comes_or_goes, self._setting.seats_every),
        ]
        return [self._act(act, every, end) for act, every in acts if every]

    async def _switch(self, replying: Replying) -> None:
        """Replies are switched on or off in the configuration, which the next start obeys."""
        enabled = replying.on_at_first
        for at in replying.switches:
            await asyncio.sleep(max(0.0, at - self._time.elapsed))
            enabled = not enabled
            self._world.lines["replies.enabled"] = str(enabled).lower()
            self._trace.tell(f"replies are switched {'on' if enabled else 'off'} in the configuration", ALL)

    async def _act(self, act: Act, pace: float, end: float) -> None:
        chance = random.Random(f"{act.__name__} {self._setting.seed}")
        while not await pause(self._time, chance, pace, end):
            act()

    async def _come_right(self) -> None:
        """The faults are over: statuses must be right soon, cases after a sweep, and what was parked on demand."""
        setting = self._setting
        polls = 2 * 1.1 * setting.number("status.poll")
        await asyncio.sleep(LONGEST_PAUSE + polls + setting.number("status.offline_grace") + 120)
        if self._referee.a_list_is_doubted():
            await asyncio.sleep(setting.number("status.hold") + polls + setting.number("status.offline_grace"))
        self._referee.statuses_must_be_right()
        self._machine.stretch = {"statuses": 1e9, "transcripts": STRETCH, "replies": STRETCH}
        await asyncio.sleep(SWEEPS)
        life = self._machine.life
        assert life is not None
        if life.app.store.transcripts.retry_parked():
            # Chats whose cases were merged into one follow one another, poll by poll.
            chats = sum(len(visitor.chats) for visitor in self._world.chaport.visitors)
            for stretch, seconds in ((1.0, min(SWEEPS, chats * setting.number("transcripts.poll"))), (STRETCH, SWEEPS)):
                self._machine.stretch["transcripts"] = stretch
                await asyncio.sleep(seconds)
        self._referee.everything_must_be_right()
        if setting.seconds >= DAY and not self._trace.violations:
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
        figures["events"] = sum(len(chat.events) for visitor in self._world.chaport.visitors for chat in visitor.chats)
        figures["violations"] = len(trace.violations[:1])
        told = repr([(request.at, request.method, request.path, request.status, request.body) for request in requests])
        # Errors may name the state file, whose folder is another one each time.
        told = (told + repr(trace.lines)).replace(str(self._world.folder), "")
        digest = hashlib.sha256(told.encode()).hexdigest()[:16]
        story = tuple(trace.story(trace.violations[0])) if trace.violations else ()
        return Outcome(self._setting.seed, tuple(trace.violations[:1]), figures, digest, story)
