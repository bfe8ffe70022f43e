"""The accounts and rules that the daemon uses, recorded for the commands that read its state file (P7)."""

from collections.abc import Mapping
from dataclasses import dataclass

from chaport_sync.core.statuses.lease import PresenceRules
from chaport_sync.core.transcripts.cases import CaseRules


@dataclass(frozen=True, slots=True)
class Accounts:
    """The host of each service."""

    deskie: str
    chaport: str

    def __str__(self) -> str:
        return f"deskie {self.deskie}, chaport {self.chaport}"


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The configuration with which the daemon was started.

    `flows` are the flows that are switched on, `polls` the seconds between two polls of each flow, and `keep` the days
    of silence after which a chat is forgotten.
    """

    flows: tuple[str, ...]
    polls: Mapping[str, float]
    keep: int
    presence: PresenceRules
    cases: CaseRules


@dataclass(frozen=True, slots=True)
class Rejection:
    """When a new configuration was rejected (Unix seconds), and its problems; without problems none was rejected."""

    at: float = 0.0
    problems: tuple[str, ...] = ()
