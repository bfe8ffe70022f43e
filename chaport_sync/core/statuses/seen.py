"""How agents and operators were last found, and how statuses changed: records for people."""

from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from chaport_sync.core.wording import Reason


class Person(NamedTuple):
    """An agent, operator or visitor, as the service names this person; name and address may be empty."""

    id: str
    name: str = ""
    email: str = ""

    @property
    def called(self) -> str:
        """What people call this person: the name, else the address, else the id."""
        return self.name or self.email or self.id


@dataclass(frozen=True, slots=True)
class AgentSeen:
    """An agent as the last good poll found it.

    `since` is when this status was first seen (Unix seconds). `asks` is its verdict, empty if the agent is excluded.
    `why` is the reason of the verdict, or why the agent drives no operator.
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
    """A paired operator as it was last found or set, with the ids of its agents, and the reason of the last decision.

    `status` is what Chaport said, or what was written since; it is empty if neither is known. `since` is when it was
    first seen (Unix seconds). `rule` is the number of the rule that decided, `reason` its words.
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
        """Return the operator with another reason."""
        return replace(self, rule=reason.rule, reason=reason.words)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One change of an operator's status, `by_hand` if the daemon did not make it; `agents` drove the operator then.

    Names and addresses are kept, because these people may be gone when somebody asks.
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
        """The operator whose status changed."""
        return Person(self.operator_id, self.operator_name, self.operator_email)
