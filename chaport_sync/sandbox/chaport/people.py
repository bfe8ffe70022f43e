"""What the people and bots of a Chaport account do."""

from typing import Any

from chaport_sync.sandbox.chaport.records import Bot, Chat, Event, Operator, Visitor
from chaport_sync.sandbox.chaport.state import ChaportState


class ChaportPeople(ChaportState):
    """Operators, visitors and chatbots, acting in their apps and not through the API."""

    def add_operator(self, name: str, email: str, role: str = "operator") -> Operator:
        """A person gets a seat."""
        self.changes += 1
        operator = Operator(self.new_id(), name, email, self.now(), role=role)
        self.operators.append(operator)
        return operator

    def operator_sets(self, operator: Operator, word: str) -> None:
        """An operator chooses a status by hand, which ends any lease; any word, since people's apps may know more."""
        self.put_status(operator, word, None)

    def remove_operator(self, operator: Operator) -> None:
        """A seat is given up."""
        self.changes += 1
        self.operators.remove(operator)

    def deactivate_operator(self, operator: Operator) -> None:
        """A seat is taken away from a person who stays in the list, marked so (reference U17)."""
        self.changes += 1
        operator.deactivated = True

    def add_bot(self, name: str) -> Bot:
        """A chatbot is set up."""
        self.changes += 1
        bot = Bot(self.new_id(), name)
        self.bots.append(bot)
        return bot

    def add_visitor(
        self, name: str, email: str | None = None, phone: str | None = None, page: str = "https://acme.example/"
    ) -> Visitor:
        """Somebody comes to the website."""
        self.changes += 1
        visitor = Visitor(self.new_id(), name, email, phone, page, self.now())
        self.visitors.append(visitor)
        return visitor

    def delete_visitor(self, visitor: Visitor) -> None:
        """A visitor is deleted, with all chats."""
        self.changes += 1
        self.visitors.remove(visitor)

    def start_chat(self, visitor: Visitor, bot: Bot | None = None) -> Chat:
        """The visitor begins a new chat; it is assigned to the bot while that one answers."""
        chat = self.new_chat(visitor, bot, visitor.page)
        visitor.seen_at = self.now()
        return chat

    def bot_says(self, chat: Chat, text: str, bot: Bot | None = None) -> Event:
        """A bot writes: the one given, else the chat's, else any."""
        speaker = bot or chat.bot or (self.bots[0] if self.bots else self.add_bot("Robin"))
        return self.new_event(chat, "bot", text=text, author_id=speaker.id)

    def visitor_says(self, chat: Chat, text: str) -> Event:
        """The visitor writes, which reopens a closed chat under its id (reference 4.4)."""
        if chat.stage == "closed":
            self.reopen(chat)
        if chat.stage == "responded":
            chat.stage = "engaged"
        if self.quirks.row_shows_activity:
            self.visitor_of(chat).seen_at = self.now()
        return self.new_event(chat, "visitor", text=text)

    def operator_joins(self, chat: Chat, operator: Operator) -> Event:
        """An operator takes the chat over, from a bot or another one."""
        return self.put_operator(chat, operator)

    def operator_says(self, chat: Chat, operator: Operator, text: str) -> Event:
        """An operator writes."""
        chat.stage = "responded"
        return self.new_event(chat, "operator", text=text, author_id=operator.id)

    def event(self, chat: Chat, type: str, params: dict[str, Any] | None = None) -> Event:  # noqa: A002 - the vendor's word
        """Anything else: a file, an opened page, something new."""
        return self.new_event(chat, "system", type=type, params=params or {})

    def edit(self, event: Event, text: str) -> None:
        """Whoever wrote a message puts other words in its place; its id and its time stay (reference 5.6)."""
        self.changes += 1
        event.text = text

    def delete(self, event: Event) -> None:
        """Whoever wrote a message takes it back."""
        self.changes += 1
        event.deleted = True

    def close(self, chat: Chat) -> None:
        """An operator closes the chat."""
        self.put_stage(chat, "closed")

    def reopen(self, chat: Chat) -> None:
        """An operator opens it again."""
        self.put_stage(chat, "initiated")
