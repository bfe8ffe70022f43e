"""A company in which people act by themselves: agents change their status, and visitors talk with the bot."""

import random
from collections.abc import Iterator

from chaport_sync.sandbox.chaport.records import Chat
from chaport_sync.sandbox.company import QUESTIONS, Company, conversation, names
from chaport_sync.sandbox.sandbox import Sandbox

#: Seconds between two acts, at least and at most.
PAUSE = (3.0, 8.0)
#: The most conversations at once.
TALKS = 3


class Lively:
    """Lets one of the people do something at each call of `act`; equal seeds make equal days."""

    def __init__(self, sandbox: Sandbox, company: Company, seed: int = 1) -> None:
        self._sandbox = sandbox
        self._company = company
        self._chance = random.Random(seed)
        taken = {each.name for each in company.agents} | {each.name for each in company.visitors}
        self._names = (name for name in names(self._chance) if name not in taken)
        self._talks: dict[str, Iterator[Chat]] = {}

    @property
    def pause(self) -> float:
        """Return the seconds until the next act."""
        return self._chance.uniform(*PAUSE)

    def act(self) -> str:
        """Let somebody do something, and return what it was."""
        if self._chance.random() < 1 / 3:
            return self._status()
        return self._talk()

    def _status(self) -> str:
        deskie = self._sandbox.deskie
        agent = self._chance.choice(self._company.agents)
        status = self._chance.choice([each for each in deskie.statuses if each.id != agent.status_id])
        deskie.set_status(agent, status.id)
        return f"{agent.name} takes the status {status.name}"

    def _talk(self) -> str:
        if len(self._talks) < TALKS:
            name = next(self._names)
            visitor = self._sandbox.chaport.add_visitor(name, page="https://acme.example/delivery")
            operator, question = self._chance.choice(self._company.operators), self._chance.choice(QUESTIONS)
            steps = conversation(self._sandbox.chaport, visitor, self._company.bot, operator, question)
            self._talks[name] = steps
        name = self._chance.choice(list(self._talks))
        if next(self._talks[name], None) is None:
            del self._talks[name]
            return f"{name} leaves the website"
        return f"the chat with {name} goes on"
