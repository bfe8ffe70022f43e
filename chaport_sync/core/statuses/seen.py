"""Who was seen how, and what became of statuses: the records that people ask for."""

from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from chaport_sync.core.wording import Reason


class Person(NamedTuple):
    """Somebody as one of the services names them: an agent, an operator or a visitor; name and address may be empty."""

    id: str
    name: str = ""
    email: str = ""

    @property
    def called(self) -> str:
        """What people call somebody: the name, else the address, else the id."""
        return self.name or self.email or self.id


@dataclass(frozen=True, slots=True)
class AgentSeen:
    """An agent as the last good poll found it.

    `since` is when this status was first seen (Unix seconds); `asks` is its verdict, empty for one who is excluded;
    `why` says how that verdict came about, or why the agent drives nobody.
    """

    agent_id: str
    name: str = ""
    email: str = ""
    status: str = ""
    since: float = 0.0
    asks: str = ""
    why: str = ""

    @property
    def person(self) -> Person:
        """Who this is."""
        return Person(self.agent_id, self.name, self.email)


@dataclass(frozen=True, slots=True)
class OperatorSeen:
    """A paired operator as it was found or set last, with the ids of its agents, and what was decided and why.

    `status` is what Chaport said, or what was written since, empty if neither is known, and `since` when that was first
    seen (Unix seconds). `reason` says why in words, and `rule` is the number of the rule.
    """

    operator_id: str
    name: str = ""
    email: str = ""
    status: str = ""
    since: float = 0.0
    agents: tuple[str, ...] = ()
    rule: str = ""
    reason: str = ""

    @property
    def person(self) -> Person:
        """Who this is."""
        return Person(self.operator_id, self.name, self.email)

    def because(self, reason: Reason) -> Self:
        """Return the operator with another reason for being as it is."""
        return replace(self, rule=reason.rule, reason=reason.words)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One change of an operator's status; `by_hand` if it was not ours, and `agents` are those who drove it then.

    Both are named completely, because they may be gone by the time somebody asks.
    """

    at: float
    operator_id: str
    operator_name: str
    operator_email: str
    before: str
    after: str
    agents: tuple[Person, ...]
    rule: str
    reason: str
    by_hand: bool = False

    @property
    def operator(self) -> Person:
        """Whose status it is."""
        return Person(self.operator_id, self.operator_name, self.operator_email)
