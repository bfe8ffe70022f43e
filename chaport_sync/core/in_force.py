"""Which accounts and rules the daemon goes by, for those who look at the state file (P7)."""

from collections.abc import Mapping
from dataclasses import dataclass

from chaport_sync.core.statuses.lease import PresenceRules
from chaport_sync.core.transcripts.casework import CaseRules


@dataclass(frozen=True, slots=True)
class Accounts:
    """The host of each service."""

    deskie: str
    chaport: str

    def __str__(self) -> str:
        return f"deskie {self.deskie}, chaport {self.chaport}"


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """What the daemon was started with.

    `flows` are those that are switched on, `polls` the seconds between two polls of each flow, and `keep` the days of
    silence after which a chat is forgotten.
    """

    flows: tuple[str, ...]
    polls: Mapping[str, float]
    keep: int
    presence: PresenceRules
    cases: CaseRules


@dataclass(frozen=True, slots=True)
class Rejection:
    """When a configuration was read that is not in force (Unix seconds), and why; without problems there was none."""

    at: float = 0.0
    problems: tuple[str, ...] = ()
