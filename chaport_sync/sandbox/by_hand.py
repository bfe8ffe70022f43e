"""What somebody types at a sandbox that runs: an agent takes a status, a visitor writes, a service breaks."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from chaport_sync.sandbox.chaport.records import Visitor
from chaport_sync.sandbox.company import Company
from chaport_sync.sandbox.deskie.records import Staff
from chaport_sync.sandbox.requests import Side
from chaport_sync.sandbox.sandbox import Sandbox

HELP = """\
status NAME STATUS   an agent takes a status: status Ann offline
visitor NAME TEXT    a visitor writes, a new one if nobody has the name: visitor Mary Hello
operator NAME TEXT   an operator answers the visitor who wrote last: operator Ann I am here
break SERVICE        deskie or chaport answers nothing but errors
mend SERVICE         it answers again
people               who is there"""

Person = TypeVar("Person", Staff, Visitor)


class NotUnderstoodError(Exception):
    """What was typed cannot be done; the words say why."""


class ByHand:
    """Does what is typed. Names may be first names or surnames, in any letters."""

    def __init__(self, sandbox: Sandbox, company: Company) -> None:
        self._sandbox = sandbox
        self._company = company

    def do(self, line: str) -> str:
        """Do what a line says, and return what was done, or why it was not."""
        word, name, text, *_ = [*line.strip().split(maxsplit=2), "", "", ""]
        deeds: Mapping[str, Callable[[], str]] = {
            "status": lambda: self._status(name, text),
            "visitor": lambda: self._visitor(name, text),
            "operator": lambda: self._operator(name, text),
            "break": lambda: self._break(name),
            "mend": lambda: self._mend(name),
            "people": self._people,
        }
        try:
            return deeds[word.casefold()]() if word.casefold() in deeds else HELP
        except NotUnderstoodError as error:
            return str(error)

    def _status(self, name: str, wanted: str) -> str:
        agent, statuses = self._agent(name), self._sandbox.deskie.statuses
        found = [status for status in statuses if wanted and status.name.casefold() == wanted.casefold()]
        if not found:
            raise NotUnderstoodError(f"a status is one of: {', '.join(status.name for status in statuses)}")
        self._sandbox.deskie.set_status(agent, found[0].id)
        return f"{agent.name} takes the status {found[0].name}"

    def _visitor(self, name: str, text: str) -> str:
        if not (name and text):
            raise NotUnderstoodError("say who writes, and what: visitor Mary Hello")
        chaport = self._sandbox.chaport
        visitor = _named(name, chaport.visitors) or chaport.add_visitor(name)
        if not visitor.chats or visitor.chats[-1].stage == "closed":
            chaport.start_chat(visitor, self._company.bot)
        chat = visitor.chats[-1]
        chaport.visitor_says(chat, text)
        if any(operator.id in chat.operators for operator in self._company.operators):
            return f"{visitor.name} writes"
        bot = self._company.bot
        chaport.bot_says(chat, "One moment, I am looking for somebody who knows.", bot)
        return f"{visitor.name} writes, and {bot.name}, a bot, answers"

    def _operator(self, name: str, text: str) -> str:
        agent = self._agent(name)
        operator = self._company.operators[self._company.agents.index(agent)]
        chats = [visitor.chats[-1] for visitor in self._sandbox.chaport.visitors if visitor.chats]
        if not (text and chats):
            raise NotUnderstoodError("say who answers, and what, once a visitor has written: operator Ann Hello")
        chat = max(chats, key=lambda each: each.active_at)
        if operator.id not in chat.operators:
            self._sandbox.chaport.operator_joins(chat, operator)
        self._sandbox.chaport.operator_says(chat, operator, text)
        return f"{operator.name} answers"

    def _break(self, name: str) -> str:
        self._sandbox.faults.outage(_side(name))
        return f"{name.title()} answers nothing but errors"

    def _mend(self, name: str) -> str:
        self._sandbox.faults.recover(_side(name))
        return f"{name.title()} answers again"

    def _agent(self, name: str) -> Staff:
        agent = _named(name, self._company.agents)
        if agent is None:
            agents = ", ".join(each.name for each in self._company.agents)
            raise NotUnderstoodError(f"nobody has the name {name!r}; the agents are {agents}")
        return agent

    def _people(self) -> str:
        deskie = self._sandbox.deskie
        statuses = {status.id: status.name for status in deskie.statuses}
        agents = [f"{each.name:<20} {statuses[each.status_id]}" for each in self._company.agents]
        return "\n".join([*agents, "visitors: " + ", ".join(each.name for each in self._sandbox.chaport.visitors)])


def _side(word: str) -> Side:
    sides: Mapping[str, Side] = {"deskie": "deskie", "chaport": "chaport"}
    if word.casefold() not in sides:
        raise NotUnderstoodError("a service is deskie or chaport")
    return sides[word.casefold()]


def _named(word: str, people: Sequence[Person]) -> Person | None:
    """Return the first person with a name that has this word."""
    return next((each for each in people if word and word.casefold() in each.name.casefold().split()), None)
