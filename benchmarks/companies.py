"""What the accounts are filled with, as records that can go to another process."""

from dataclasses import dataclass

from benchmarks.services import Accounts
from chaport_sync.core.model import DAY


@dataclass(frozen=True)
class People:
    """So many agents and their operators: all online, or all offline; and visitors who have been silent for days."""

    number: int
    online: bool = True
    visitors: int = 0

    def __call__(self, accounts: Accounts) -> None:
        """Put them into the accounts."""
        deskie, chaport = accounts.sandbox.deskie, accounts.sandbox.chaport
        for each in range(self.number):
            deskie.add_agent(f"Agent {each}", f"agent{each}@acme.example", 1 if self.online else 2)
            chaport.add_operator(f"Agent {each}", f"agent{each}@acme.example")
        accounts.ahead -= 3 * DAY
        for each in range(self.visitors):
            chaport.visitor_says(chaport.start_chat(chaport.add_visitor(f"Visitor {each}")), "Hello")
        accounts.ahead += 3 * DAY


@dataclass(frozen=True)
class Talks:
    """So many chats of so many lines: the bot's, all of which make few notes, or in turns with the visitor's."""

    chats: int
    lines: int
    in_turns: bool = False
    latency: float = 0.0

    def __call__(self, accounts: Accounts) -> None:
        """Put them into the accounts, each answer of which takes `latency` seconds."""
        chaport = accounts.sandbox.chaport
        chaport.add_operator("Ann", "ann@acme.example")
        bot = chaport.add_bot("Robin")
        for number in range(self.chats):
            chat = chaport.start_chat(chaport.add_visitor(f"Mary {number}"), bot)
            chaport.visitor_says(chat, "Hello")
            for each in range(1, self.lines):
                says = chaport.visitor_says if self.in_turns and each % 2 == 0 else chaport.bot_says
                says(chat, f"Line {each} of a talk with about sixty characters in each")
        if self.latency:
            accounts.sandbox.faults.add("latency", times=None, seconds=self.latency)


def go_on(accounts: Accounts) -> None:
    """In each chat the visitor writes a line, and the bot answers."""
    chaport = accounts.sandbox.chaport
    for visitor in chaport.visitors:
        chaport.visitor_says(visitor.chats[-1], "Where is my order? It was to come on Monday.")
        chaport.bot_says(visitor.chats[-1], "One moment, I am looking for somebody who knows.")
