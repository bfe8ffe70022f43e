"""Who was seen how, and what became of statuses: the records that people ask for (design, 7)."""

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class OperatorSeen:
    """A paired operator as the last good poll found it, with the ids of its agents, and what was decided and why.

    `status` is what Chaport said, empty if it said nothing, and `since` when that was first seen (Unix seconds).
    """

    operator_id: str
    name: str = ""
    email: str = ""
    status: str = ""
    since: float = 0.0
    agents: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One change of an operator's status; `by_hand` if it was not ours, and `agents` are those who drive it."""

    at: float
    operator_id: str
    operator: str
    before: str
    after: str
    agents: tuple[str, ...]
    reason: str
    by_hand: bool = False
