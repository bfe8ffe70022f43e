"""What people and bots do all day, one act after another, as chance will."""

import random
from collections.abc import Callable
from typing import Any

from chaport_sync.sandbox.chaport.records import Bot, Chat, Event, Operator, Visitor
from chaport_sync.sandbox.deskie.records import Staff
from tests.simulation.setting import Setting
from tests.simulation.trace import Trace
from tests.world import World

Act = Callable[[], None]
STATUSES = (1, 1, 1, 2, 2, 3, 113808, 120273, 555001)
#: Words as people repeat them: equal texts are what a read-back could mistake for one another.
REPEATED = ("ok", "yes", "Hello?", "Thank you!")


class People:
    """Everybody in both accounts.

    Each text that must be found again carries a mark such as `[e17]`; a repeated one is its visitor's own.
    """

    def __init__(self, world: World, setting: Setting, trace: Trace) -> None:
        self.world = world
        self.deskie, self.chaport = world.deskie, world.chaport
        self.setting = setting
        self.trace = trace
        self.chance = random.Random(f"people {setting.seed}")
        self.agents: list[Staff] = []
        self.operators: list[Operator] = []
        self.bots: list[Bot] = []
        self.marks = self.came = 0
        #: statuses set by hand in Chaport, by operator
        self.by_hand: dict[str, float] = {}

    def arrive(self) -> None:
        """The company as it is in the morning: some shared seats, somebody excluded, somebody without a counterpart."""
        for number in range(self.setting.agents):
            email = f"agent{number}@acme.example"
            self.agents.append(self.deskie.add_agent(f"Agnes-{number}", email, self.chance.choice(STATUSES)))
            self.operators.append(self.chaport.add_operator(f"Olga-{number}", email.upper() if number % 2 else email))
        self.agents.append(self.deskie.add_agent("Agnes-shared", "shared@acme.example", 2))
        self.agents.append(self.deskie.add_agent("Agnes-excluded", "excluded@acme.example", 1))
        self.operators.append(self.chaport.add_operator("Olga-excluded", "excluded@acme.example"))
        self.operators.append(self.chaport.add_operator("Olga-alone", "alone@acme.example"))
        self.bots = [self.chaport.add_bot("Robin"), self.chaport.add_bot("Pat")]

    # ---- agents and operators

    def agent_acts(self) -> None:
        """An agent's status changes; now and then something rarer."""
        agent = self.chance.choice(self.deskie.staff[1:] or self.agents)
        kind = self.chance.random()
        if kind < 0.75:
            self.set_status(agent)
        elif kind < 0.83:
            for _ in range(self.chance.randint(2, 5)):
                self.set_status(agent)
        elif kind < 0.88:
            (self.deskie.disable_agent if agent.active else self.deskie.enable_agent)(agent)
            self.tell(f"agent {agent.id} is {'enabled' if agent.active else 'disabled'}", agent.id)
        elif kind < 0.91:
            self.deskie.rename_agent(agent, name=f"{agent.name}x")
        elif kind < 0.94 and agent.email != "excluded@acme.example":
            email = self.chance.choice(["", "x."]) + f"agent{self.chance.randrange(self.setting.agents)}@acme.example"
            self.deskie.rename_agent(agent, email=email)
            self.tell(f"agent {agent.id} has the address {email} now", agent.id)
        elif kind < 0.955 and len(self.deskie.staff) > 3:
            self.deskie.delete_agent(agent)
            self.tell(f"agent {agent.id} is deleted", agent.id)
        elif kind < 0.97:
            number = self.chance.randrange(self.setting.agents + 2)
            agent = self.deskie.add_agent(f"New-{number}", f"agent{number}@acme.example", self.chance.choice(STATUSES))
            self.tell(f"agent {agent.id} {agent.email} is hired", agent.id)
        else:
            self._operator_acts()

    def set_status(self, agent: Staff, status: int | None = None) -> None:
        """An agent chooses a status, this one or any."""
        self.deskie.set_status(agent, self.chance.choice(STATUSES) if status is None else status)
        self.tell(f"agent {agent.id} {agent.email} is in status {agent.status_id}", agent.id)

    def _operator_acts(self) -> None:
        operator = self.chance.choice(self.chaport.operators)
        word = self.chance.choice(["online", "offline", "away", "invisible"])
        self.chaport.operator_sets(operator, word)
        self.by_hand[operator.id] = self.world.time.elapsed
        self.tell(f"operator {operator.id} sets {word} by hand", operator.id)

    # ---- chats

    def chat_goes_on(self) -> None:  # noqa: C901 - a line a kind of act
        """Somebody does something in a chat."""
        visitors = self.chaport.visitors
        kind = self.chance.random()
        if not visitors or (kind < 0.08 and len(visitors) < self.setting.visitors):
            self.visitor_comes()
            return
        visitor = self.chance.choice(visitors)
        if not visitor.chats or kind < 0.14:
            self.begins(visitor, self.chance.choice([*self.bots, None]))
            return
        chat = visitor.chats[-1]
        if kind < 0.5:
            self.says(visitor, chat, "visitor")
        elif kind < 0.72:
            self.says(visitor, chat, "bot" if chat.bot else "operator")
        elif kind < 0.82:
            self.says(visitor, chat, "operator")
        elif kind < 0.86:
            operator = self.chance.choice(self.operators)
            self.chaport.operator_joins(chat, operator)
            self.tell(f"operator {operator.id} joins {visitor.id}/{chat.id}", visitor.id)
        elif kind < 0.91:
            (self.chaport.close if self.chance.random() < 0.7 else self.chaport.reopen)(chat)
            self.tell(f"{visitor.id}/{chat.id} is {chat.stage}", visitor.id)
        elif kind < 0.95:
            for who in self.chance.choices(["visitor", "visitor", "bot", "operator"], k=self.chance.randint(3, 12)):
                self.says(visitor, chat, who if chat.bot or who != "bot" else "operator")
        elif kind < 0.97:
            params: dict[str, Any] = {"name": f"scan {self._mark()}.pdf", "url": "https://files.example/1"}
            self._tell_event(visitor, chat, self.chaport.event(chat, "file", params))
        elif kind < 0.99:
            self.chaport.event(chat, "page-opened", {"url": "https://acme.example/prices"})
        elif self.setting.seed % 4 == 0 and len(visitors) > 2:
            self.chaport.delete_visitor(visitor)
            self.tell(f"visitor {visitor.id} is deleted", visitor.id)

    def visitor_comes(self) -> Visitor:
        """Somebody new is on the website."""
        self.came += 1
        number = self.came
        email = f"vera{number}@mail.example" if self.chance.random() < 0.7 else None
        phone = f"+4930555{number:04}" if self.chance.random() < 0.3 else None
        visitor = self.chaport.add_visitor(f"Vera-{number}", email, phone)
        self.tell(f"visitor {visitor.id} comes", visitor.id)
        if email and self.chance.random() < 0.5:
            user = self.deskie.add_user(f"Vera-{number}", email=email)
            if not self.setting.own:
                self.deskie.open_case(user)
        return visitor

    def begins(self, visitor: Visitor, bot: Bot | None) -> Chat:
        """A visitor begins a chat, with a bot that greets or with nobody."""
        chat = self.chaport.start_chat(visitor, bot)
        self.tell(f"visitor {visitor.id} begins chat {chat.id}", visitor.id)
        if bot:
            self.says(visitor, chat, "bot")
        return chat

    def says(self, visitor: Visitor, chat: Chat, who: str, operator: Operator | None = None) -> None:
        """Somebody writes in a chat; of the operators it is this one, or any."""
        text = self._text(visitor)
        if who == "visitor":
            event = self.chaport.visitor_says(chat, text)
        elif who == "bot":
            event = self.chaport.bot_says(chat, text, chat.bot or self.bots[0])
        else:
            event = self.chaport.operator_says(chat, operator or self.chance.choice(self.operators), text)
        self._tell_event(visitor, chat, event)

    def says_much(self, visitor: Visitor, chat: Chat) -> None:
        """A visitor writes as much as one delivery holds."""
        self._tell_event(visitor, chat, self.chaport.visitor_says(chat, f"{self._mark()} " + "long " * 2600))

    def _tell_event(self, visitor: Visitor, chat: Chat, event: Event) -> None:
        what = event.text or str(event.params.get("name"))
        self.tell(f"{event.author} in {visitor.id}/{chat.id}: {what[:60]!r}", visitor.id)

    def _text(self, visitor: Visitor) -> str:
        kind = self.chance.random()
        if kind < 0.12:
            return f"{self.chance.choice(REPEATED)} ({visitor.name})"
        if kind < 0.2:
            return f"first <b>row</b> & {self._mark()}\n\n  second row 🙂"
        if kind < 0.202:
            return f"{self._mark()} " + "long " * 5000
        return f"words {self._mark()}"

    def _mark(self) -> str:
        self.marks += 1
        return f"[e{self.marks}]"

    def tell(self, text: str, *ids: object) -> None:
        """Note what somebody did."""
        self.trace.tell(text, *map(str, ids))
