"""The company in which daemons are killed: agents, a visitor who talks to a bot, and what can be seen of them."""

import sqlite3
from contextlib import closing
from typing import Any

from chaport_sync.sandbox.chaport.records import Operator
from chaport_sync.sandbox.deskie.records import Staff
from chaport_sync.sandbox.requests import Request
from tests.processes.daemon_process import DaemonProcess, Host
from tests.processes.program import Trap

#: Deskie's ids of two statuses.
ONLINE, OFFLINE = 1, 2

#: What the case shows when all was told: the first words open it, and what the bot had said before them follows (T3).
SHOWN = [
    ("customer", "Hi <1>"),
    ("note", "Bot: Hello <0>"),
    ("note", "Bot: Yes <2>"),
    ("customer", "Help <3>"),
    ("note", "Bot: How <4>"),
    ("customer", "Now <5>"),
    ("note", "Bot: So <6>"),
]


class Scene:
    """One company, on the host where its daemons are started and killed.

    Attributes:
        keeps_all: Whether a death loses nothing that was committed, also nothing that no request relied on.
    """

    keeps_all = True

    def __init__(self, place: Host) -> None:
        self.place = place
        self.deskie, self.chaport = place.sandbox.deskie, place.sandbox.chaport
        self.agent, self.ann = self.pair("Ann", ONLINE)
        self.chat = self.chaport.start_chat(self.chaport.add_visitor("Mary"), self.chaport.add_bot("Robin"))
        self._told: set[tuple[str, str]] = set()
        self._daemon: DaemonProcess | None = None
        self._made_before = 0

    async def start(self, trap: Trap | None = None) -> DaemonProcess:
        """Start a daemon that need not wait before it looks into what became of its predecessor's last request."""
        self._made_before = len(self.place.sandbox.journal)
        self._daemon = await self.place.start(pause=0, trap=trap)
        return self._daemon

    def pair(self, name: str, status: int) -> tuple[Staff, Operator]:
        """Add an agent and the operator of the same address."""
        email = f"{name.lower()}@acme.example"
        return self.deskie.add_agent(name, email, status), self.chaport.add_operator(name, email)

    def tell(self, *numbers: int) -> None:
        """Let the visitor or the bot say these lines of `SHOWN`."""
        for number in numbers:
            form, line = next(shown for shown in SHOWN if f"<{number}>" in shown[1])
            if form == "customer":
                self.chaport.visitor_says(self.chat, line)
            else:
                self.chaport.bot_says(self.chat, line.removeprefix("Bot: "))
            self._told.add((form, line))

    def answer(self, text: str) -> None:
        """Let the agent answer in the case."""
        self.deskie.agent_replies(self.deskie.cases[0], self.agent, text)

    # ---- what can be seen

    def ready(self) -> bool:
        """Return whether the daemon has read everything once."""
        return bool(self.logged("daemon.ready"))

    def logged(self, name: str) -> list[dict[str, Any]]:
        """Return the events of this name that the daemon has logged."""
        return [] if self._daemon is None else self._daemon.events(name)

    def recorded(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the state file, whether or not a daemon uses it."""
        address = f"{(self.place.folder / 'state.db').as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as state:
            return state.execute(query).fetchall()

    def told(self) -> list[tuple[str, str]]:
        """Return what was told so far, as `shown` will show it."""
        return [shown for shown in SHOWN if shown in self._told]

    def shown(self) -> list[tuple[str, str]]:
        """Return each line of the conversation that stands in Deskie, with its form and without its time."""
        return [
            (message.form, line[20:] if message.note else line)
            for case in self.deskie.cases
            for message in case.messages
            for line in message.lines
            if "<" in line
        ]

    def words(self) -> list[str]:
        """Return the status of each operator."""
        return [self.chaport.status_of(operator) for operator in self.chaport.operators]

    def status_writes(self, operator: Operator) -> list[Request]:
        """Return the writes of an operator's status, by all daemons."""
        return self.place.sandbox.requests_of("chaport", "POST", f"/api/v1/operators/{operator.id}/")

    def written(self, operator: Operator) -> list[str]:
        """Return the statuses that were written for an operator, by all daemons."""
        return [write.body["status"] for write in self.status_writes(operator)]

    def made_by_this_daemon(self) -> list[Request]:
        """Return the requests since the last start."""
        return self.place.sandbox.journal[self._made_before :]
