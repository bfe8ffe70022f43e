"""A company in both services: everybody in it, what goes wrong between it and the daemon, and who judges that."""

import asyncio
import random
from collections.abc import Coroutine, Sequence
from typing import Any

from tests.simulation.agents_desk import AgentsDesk
from tests.simulation.answers import Answers
from tests.simulation.faults import Faults
from tests.simulation.invariants import Referee
from tests.simulation.occasions import has_a_rule, is_tidy
from tests.simulation.people import Act, People
from tests.simulation.replying import Replying
from tests.simulation.rewording import Rewording
from tests.simulation.seats import Seats
from tests.simulation.setting import Setting
from tests.simulation.trace import ALL, Trace, pause
from tests.world import World

#: The longest pause after a failure (P4), and after a 401 or 403.
LONGEST_PAUSE = 300.0
#: Mean seconds between two assignments by a rule, and two cases that are closed.
ASSIGNED_EVERY, DONE_EVERY = 40.0, 150.0

Life = Coroutine[Any, Any, None]


class Company:
    """The people of one seed, in both services as that seed has them; none of them is there before `arrive`."""

    def __init__(self, world: World, setting: Setting, replying: Replying | None, trace: Trace) -> None:
        self.world = world
        self.setting = setting
        self.trace = trace
        self._replying = replying
        self._configure()
        self.people = People(world, setting, trace)
        self.faults = Faults(world, setting, trace)
        self.desk = AgentsDesk(self.people)
        self.desk.answers = self._answers = Answers(self.people, setting, replying) if replying else None
        self.referee = Referee(world, setting, trace, self.people, self.desk)

    def _configure(self) -> None:
        world, setting = self.world, self.setting
        world.deskie.requests_per_minute = setting.limit
        world.deskie.channels[0].type = setting.channel_type
        for account, quirks in ((world.deskie, setting.deskie_quirks), (world.chaport, setting.chaport_quirks)):
            for name, value in quirks.items():
                setattr(account.quirks, name, value)
        world.lines |= setting.config
        mapping = ", ".join(f'{key} = "{word}"' for key, word in setting.mapping.items())
        world.lines["status.map"] = f"{{ {mapping} }}"

    def arrive(self) -> None:
        """Everybody is there, and the configuration names whom it has to name."""
        self.people.arrive()
        if self._answers is not None:
            self._answers.arrive()
        if self.setting.bots == "H2" and self.setting.bots_named:
            bots = ", ".join(f'"{bot.id}" = "{bot.name}"' for bot in self.people.bots)
            self.world.lines["chaport.bots"] = f"{{ {bots} }}"
        self.world.lines |= {
            "agents.exclude": '["excluded@acme.example"]',
            "agents.pairs": '[{ agent = "shared@acme.example", operator = "agent0@acme.example" },'
            ' { agent = "agent0@acme.example", operator = "agent0@acme.example" }]',
        }

    def lives(self, end: float, *, besides: Sequence[tuple[Act, float]] = ()) -> list[Life]:
        """Return what everybody does until a moment, and what others do `besides`, with the mean seconds between."""
        pace, setting = self.setting.pace, self.setting
        acts: list[tuple[Act, float | None]] = [
            (self.people.agent_acts, pace["agents"]),
            (self.people.chat_goes_on, pace["chats"]),
            (self.desk.case_is_handled, pace["cases"]),
            (self.desk.a_rule_assigns, ASSIGNED_EVERY if has_a_rule(setting) else None),
            (self.desk.two_cases_are_done_with, DONE_EVERY if is_tidy(setting) else None),
        ]
        more: list[tuple[Act, float | None]] = [
            *besides,
            (Rewording(self.people).somebody_rewords, setting.reworded_every),
            (Seats(self.people, self.referee.authors.listed).somebody_comes_or_goes, setting.seats_every),
        ]
        return [*self._acting(acts, end), *self._answering(end), *self._acting(more, end)]

    def _answering(self, end: float) -> list[Life]:
        if self._answers is None or self._replying is None:
            return []
        answering: list[tuple[Act, float | None]] = [(self._answers.agent_answers, self._answers.pace)]
        return [*self._acting(answering, end), self._switch(self._replying)]

    def _acting(self, acts: Sequence[tuple[Act, float | None]], end: float) -> list[Life]:
        return [self._act(act, every, end) for act, every in acts if every]

    async def _act(self, act: Act, every: float, end: float) -> None:
        chance = random.Random(f"{act.__name__} {self.setting.seed}")
        while not await pause(self.world.time, chance, every, end):
            act()

    async def _switch(self, replying: Replying) -> None:
        """Replies are switched on or off in the configuration, which the next start obeys."""
        enabled = replying.on_at_first
        for at in replying.switches:
            await asyncio.sleep(max(0.0, at - self.world.time.elapsed))
            enabled = not enabled
            self.world.lines["replies.enabled"] = str(enabled).lower()
            self.trace.tell(f"replies are switched {'on' if enabled else 'off'} in the configuration", ALL)

    async def faults_end(self) -> None:
        """From now on everything works; what took effect late has done so."""
        self.faults.clear()
        await self.world.sandbox.settle()

    async def statuses_come_right(self) -> None:
        """Wait for as long as the last fault may keep statuses from being right; then they must be (P2)."""
        setting = self.setting
        polls = 2 * 1.1 * setting.number("status.poll")
        await asyncio.sleep(LONGEST_PAUSE + polls + setting.number("status.offline_grace") + 120)
        if self.referee.a_list_is_doubted():
            await asyncio.sleep(setting.number("status.hold") + polls + setting.number("status.offline_grace"))
        self.referee.statuses_must_be_right()

    @property
    def events(self) -> int:
        """Count what was said and done in all chats."""
        return sum(len(chat.events) for visitor in self.world.chaport.visitors for chat in visitor.chats)
