"""The calm before the faults: the daemon reads what is there, and whoever comes then is served in turn."""

import asyncio
import random

from chaport_sync.sandbox.chaport.records import Chat, Visitor
from tests.simulation.disk import Disk
from tests.simulation.fair_share import longest_wait_for_statuses, longest_wait_for_words
from tests.simulation.invariants import Referee
from tests.simulation.occasions import Occasions
from tests.simulation.people import People

#: Seconds of a morning on which nothing happens.
ORDINARY = 60.0
#: Mean seconds between two words of a crowd, and between two moments at which browsers turn a page.
WORDS, PAGES = 2.0, 8.0
#: Mean seconds between two agents' coming or going.
FLAPPING = 0.5
#: Leases are watched for so many seconds: the longest that so many operators can need are renewed several times.
WATCHED = 900.0
#: Every so many seconds it is looked whether all words are shown.
LOOK = 30.0


class Morning:
    """Who comes before anything goes wrong, and what must hold then."""

    def __init__(self, people: People, occasions: Occasions, referee: Referee, disk: Disk) -> None:
        self._people = people
        self._occasions = occasions
        self._referee = referee
        self._disk = disk
        self._setting = people.setting
        self._time = people.world.time
        self._chance = random.Random(f"morning {people.setting.seed}")

    def arrive(self) -> None:
        """A crowded company is there from the beginning."""
        if self._occasions.crowded:
            for agent in self._people.agents:
                self._people.deskie.set_status(agent, 1)

    async def pass_by(self) -> None:
        """Let the morning pass."""
        if self._occasions.comers:
            await self._visitors_come()
        elif self._occasions.crowded:
            await self._agents_work()
        else:
            await asyncio.sleep(ORDINARY)
        await self._disk.fail()
        self._referee.calm_is_over()

    # ---- visitors

    async def _visitors_come(self) -> None:
        await asyncio.sleep(self._occasions.empty_for)
        writing = [self._comes() for _ in range(self._occasions.comers)]
        for visitor, chat in writing:
            self._people.says(visitor, chat, "visitor")
        longest = longest_wait_for_words(self._setting, self._occasions)
        floods = [self._floods()] if self._occasions.flood else []
        if self._occasions.busy:
            browsing = [self._comes()[0] for _ in range(self._occasions.browsers)]
            # Longer than anybody may wait, so that waiting for them to go is not enough.
            until = self._time.elapsed + longest + LOOK
            await asyncio.gather(self._write(writing, until), self._browse(browsing, until))
        for _ in range(1 + int(longest // LOOK) + 1):
            if self._referee.all_words_are_shown():
                break
            await asyncio.sleep(LOOK)
        self._referee.words_must_be_in_time(longest, besides=floods)

    def _floods(self) -> str:
        visitor, chat = self._comes()
        for _ in range(self._occasions.flood):
            self._people.says_much(visitor, chat)
        return visitor.id

    def _comes(self) -> tuple[Visitor, Chat]:
        visitor = self._people.visitor_comes()
        return visitor, self._people.begins(visitor, self._chance.choice(self._people.bots))

    async def _write(self, writing: list[tuple[Visitor, Chat]], until: float) -> None:
        while self._time.elapsed < until:
            await asyncio.sleep(self._chance.expovariate(1 / WORDS))
            self._people.says(*self._chance.choice(writing), "visitor")

    async def _browse(self, browsing: list[Visitor], until: float) -> None:
        while browsing and self._time.elapsed < until:
            await asyncio.sleep(self._chance.expovariate(1 / PAGES))
            for visitor in browsing:
                visitor.seen_at = self._people.chaport.now()

    # ---- agents

    async def _agents_work(self) -> None:
        until = self._time.elapsed + WATCHED
        flapping = self._people.agents[: self._occasions.flapping]
        while flapping and self._time.elapsed < until:
            await asyncio.sleep(self._chance.expovariate(1 / FLAPPING))
            agent = self._chance.choice(flapping)
            self._people.set_status(agent, 3 - agent.status_id)
        await asyncio.sleep(max(0.0, until - self._time.elapsed))
        await asyncio.sleep(longest_wait_for_statuses(self._setting))
        self._referee.statuses_must_be_right()
