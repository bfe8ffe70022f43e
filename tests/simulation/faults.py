"""What goes wrong between the daemon and the services: single faults, and spells of worse."""

import asyncio
import random

from chaport_sync.sandbox.requests import Side
from tests.simulation.hostile import HostileAnswers, is_hostile
from tests.simulation.setting import Setting
from tests.simulation.trace import ALL, Trace, pause
from tests.world import World

#: A request is given up after 20 s and looked into 15 s later: what takes effect within that is found (P1).
LATEST_EFFECT = 34.0
#: After a death nobody knows when a request was sent, and it is looked into 15 s after the next start.
LATEST_EFFECT_AFTER_DEATH = 14.0
SIDES: tuple[Side, ...] = ("deskie", "chaport")


class Faults:
    """The faults of one run, from its begin to `clear`."""

    def __init__(self, world: World, setting: Setting, trace: Trace) -> None:
        self._world = world
        self._setting = setting
        self._trace = trace
        self._chance = random.Random(f"weather {setting.seed}")  # the name decides each seed's story
        self._hostile = HostileAnswers(world, trace, setting.seed) if is_hostile(setting) else None
        self._latest = LATEST_EFFECT_AFTER_DEATH if setting.may_die else LATEST_EFFECT

    @property
    def way(self) -> HostileAnswers | None:
        """The way to both services in seeds with hostile answers."""
        return self._hostile

    def begin(self) -> None:
        """Let the single faults begin."""
        if self._hostile is not None:
            self._hostile.on = True
        if self._setting.faults:
            self._world.sandbox.faults.random(
                seed=self._chance.randrange(2**32),
                rates=self._setting.faults,
                slow=(0.1, self._latest),
                late=(0.5, self._latest),
            )

    async def come_in_spells(self, until: float) -> None:
        """Let spells come and go."""
        time, chance = self._world.time, self._chance
        while self._setting.spells and not await pause(time, chance, self._setting.spell_every, until):
            spell, side = chance.choice(self._setting.spells), chance.choice(SIDES)
            longest = self._setting.spell_every * (8 if chance.random() < 0.1 else 1)
            seconds = min(chance.uniform(5, longest), until - time.elapsed)
            await self._spell(spell, side, seconds)

    async def _spell(self, spell: str, side: Side, seconds: float) -> None:
        self._trace.figures["spells"] += 1
        self._trace.tell(f"{spell} of {side} for {seconds:.0f} s", ALL)
        faults, chance = self._world.sandbox.faults, self._chance
        match spell:
            case "outage":
                faults.outage(side)
                await asyncio.sleep(seconds)
                faults.recover(side)
                return
            case "crowded":
                for _ in range(chance.randint(1, 10)):
                    self._world.deskie.others_spend(self._setting.limit // chance.randint(2, 6))
                    await asyncio.sleep(chance.uniform(1, 30))
                return
            case "throttling":
                after = chance.choice([None, 1, 10, 60, 200])
                faults.add("too_many", side=side, times=chance.randint(1, 5), retry_after=after)
                return
            case "silence":
                rule = faults.add("hang", side=side, times=None)
            case "errors":
                rule = faults.add("error", side=side, times=None, status=chance.choice([500, 502, 504]))
            case "locked_out":
                rule = faults.add("error", side=side, times=None, status=chance.choice([401, 401, 403]), body={})
            case "empty_list":
                body = {"result": []} if side == "chaport" else chance.choice([{"total_count": 0}, {"staff": []}, []])
                path = r"/operators$" if side == "chaport" else r"/staff\.json$"
                rule = faults.add("error", side=side, method="GET", path=path, times=None, status=200, body=body)
            case _:
                body = {"error": "incorrect"}
                method = chance.choice(["POST", "PUT"])
                rule = faults.add("error", side="deskie", method=method, times=None, status=400, body=body)
        await asyncio.sleep(seconds)
        rule.left = 0

    def clear(self) -> None:
        """From now on everything works."""
        self._world.sandbox.faults.clear()
        if self._hostile is not None:
            self._hostile.on = False
        self._trace.tell("the faults end", ALL)
