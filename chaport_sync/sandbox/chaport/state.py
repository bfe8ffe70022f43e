"""The records of a Chaport account, and what a status is worth at a moment."""

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

from chaport_sync.sandbox.chaport.quirks import ChaportQuirks
from chaport_sync.sandbox.chaport.records import Author, Bot, Chat, Event, Operator, Visitor


class ChaportState:
    """Records in the order of their creation; every change is counted in `changes`.

    The end of a lease is not a change: it follows from the clock whenever a status is read.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.quirks = ChaportQuirks()
        self.changes = 0
        self.operators: list[Operator] = []
        self.bots: list[Bot] = []
        self.visitors: list[Visitor] = []
        self._ids = itertools.count(1)

    def find_operator(self, operator_id: str) -> Operator | None:
        """The operator with this id."""
        return next((one for one in self.operators if one.id == operator_id), None)

    def find_visitor(self, visitor_id: str) -> Visitor | None:
        """The visitor with this id."""
        return next((one for one in self.visitors if one.id == visitor_id), None)

    def visitor_of(self, chat: Chat) -> Visitor:
        """Whose chat it is."""
        return next(visitor for visitor in self.visitors if chat in visitor.chats)

    def status_of(self, operator: Operator) -> str:
        """`lastStatus`: the word last set, until the end of its lease."""
        ended = operator.lease_until is not None and operator.lease_until <= self.now()
        return self.quirks.after_lease if ended else operator.word

    def real_status_of(self, operator: Operator) -> str:
        """`realStatus`: the status in effect."""
        return "offline" if operator.id in self.quirks.ineffective else self.status_of(operator)

    def put_status(self, operator: Operator, word: str, lease_until: datetime | None) -> None:
        """Set a status, for a time or (None) until further notice; what was set before is over."""
        self.changes += 1
        operator.word = word
        operator.lease_until = lease_until

    def new_chat(self, visitor: Visitor, bot: Bot | None = None, start_page: str = "") -> Chat:
        """A chat with an id above the visitor's last, assigned to the bot if there is one."""
        self.changes += 1
        number = visitor.chats[-1].id + 1 if visitor.chats else 1
        chat = Chat(number, self.now(), operators=[bot.id] if bot else [], start_page=start_page, bot=bot)
        visitor.chats.append(chat)
        return chat

    def put_operator(self, chat: Chat, operator: Operator | None) -> Event:
        """Assign a chat to an operator or to nobody; who had it before has it no longer, be it a bot."""
        chat.operators = [operator.id] if operator else []
        params = {"operatorId": operator.id if operator else None}
        return self.new_event(chat, "system", type="operator-change", params=params)

    def put_stage(self, chat: Chat, stage: str) -> None:
        """Set the stage."""
        self.changes += 1
        chat.stage = stage

    def new_event(self, chat: Chat, author: Author, **parts: Any) -> Event:
        """Append to a chat; `parts` are fields of `Event`."""
        self.changes += 1
        event = Event(self.new_id(), self.now(), author, **parts)
        chat.events.append(event)
        return event

    def new_id(self) -> str:
        """24 hex digits, of which the first 8 are the second of creation (reference 1)."""
        return f"{int(self.now().timestamp()):08x}{next(self._ids):016x}"

    def newest_first(self) -> list[Visitor]:
        """All visitors by their most recent chat; those without one come last (reference 3.1)."""

        def recency(numbered: tuple[int, Visitor]) -> tuple[bool, datetime, int]:
            number, visitor = numbered
            if not visitor.chats:
                return False, visitor.seen_at, number
            chat = visitor.chats[-1]
            return True, chat.active_at if self.quirks.order_by == "activity" else chat.started_at, number

        return [visitor for _, visitor in sorted(enumerate(self.visitors), key=recency, reverse=True)]
