"""What a cycle of the status flow saw and did."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chaport_sync.core.statuses.mapping import AgentVerdict
from chaport_sync.core.statuses.pairing import Pairing
from chaport_sync.core.statuses.presence import Decision
from chaport_sync.sync.cycle import Report


@dataclass(frozen=True, slots=True)
class StatusReport(Report):
    """What a cycle saw and did; `good` if both lists were read and believed, `well` if writing to Chaport works too.

    `operators` maps the id of each paired operator to its status after the cycle. While Chaport cannot be read, that is
    the last known status, or offline if its lease has ended; empty if nothing is known.
    """

    operators: Mapping[str, str] = field(default_factory=dict)
    verdicts: tuple[AgentVerdict, ...] = ()
    pairing: Pairing = field(default_factory=Pairing)
    decisions: tuple[Decision, ...] = ()
    written: tuple[Decision, ...] = ()
