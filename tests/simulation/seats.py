"""Seats in Chaport that come and go: people who are hired, write and leave again, from a stream of its own."""

import random
from collections.abc import Collection

from chaport_sync.sandbox.chaport.records import Operator
from tests.simulation.people import People


class Seats:
    """Operators without an agent in Deskie; whoever was hired earlier stays.

    Args:
        people: Everybody else.
        listed: The operators whom the daemon has seen in a list. Nobody is deleted before, because nobody could tell
            such an operator from a bot afterwards.
    """

    def __init__(self, people: People, listed: Collection[str]) -> None:
        self._people = people
        self._chaport = people.chaport
        self._listed = listed
        self._chance = random.Random(f"seats {people.setting.seed}")
        self._hired: list[Operator] = []
        self._times = 0

    def somebody_comes_or_goes(self) -> None:
        """Somebody is hired, does something in a chat, or leaves right after that, perhaps for another."""
        kind = self._chance.random()
        if not self._hired or kind < 0.2:
            self._hire()
            return
        operator = self._chance.choice(self._hired)
        self._does_something(operator)
        if kind > 0.6:
            self._leaves(operator)
        if kind > 0.8:
            self._hire()

    def _hire(self) -> None:
        self._times += 1
        operator = self._chaport.add_operator(f"Otto-{self._times}", f"otto{self._times}@acme.example")
        self._hired.append(operator)
        self._people.tell(f"operator {operator.id} is hired", operator.id)
        self._does_something(operator)

    def _does_something(self, operator: Operator) -> None:
        chats = [(visitor, visitor.chats[-1]) for visitor in self._chaport.visitors if visitor.chats]
        if not chats:
            return
        visitor, chat = self._chance.choice(chats)
        if self._chance.random() < 0.2:
            self._chaport.operator_joins(chat, operator)
            self._people.tell(f"operator {operator.id} joins {visitor.id}/{chat.id}", visitor.id)
        self._people.says(visitor, chat, "operator", operator)

    def _leaves(self, operator: Operator) -> None:
        deleted = operator.id in self._listed and self._chance.random() < 0.6
        (self._chaport.remove_operator if deleted else self._chaport.deactivate_operator)(operator)
        self._hired.remove(operator)
        self._people.tell(f"operator {operator.id} is {'deleted' if deleted else 'deactivated'}", operator.id)
