"""What a cycle of the status flow saw and did: for its caller, and for the log."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from chaport_sync.core.model import ONLINE
from chaport_sync.core.statuses.lease import CONTEST_OVERRIDES
from chaport_sync.core.statuses.mapping import AgentVerdict
from chaport_sync.core.statuses.pairing import Pairing
from chaport_sync.core.statuses.presence import Decision, Notice
from chaport_sync.core.text import one_line
from chaport_sync.sync.cycle import Report
from chaport_sync.sync.once import Once

log = structlog.get_logger()


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


class StatusLog:
    """Logs notices each time and findings once, and remembers until the next start which ones were logged."""

    def __init__(self) -> None:
        self._told = Once()
        self._undone: dict[str, float] = {}
        self._somebody: bool | None = None

    def decisions(self, decisions: Sequence[Decision], pairing: Pairing) -> None:
        """Log the notices of the decisions."""
        for decision in decisions:
            if not decision.state.overrides:
                self._told.again((Notice.CONTESTED, decision.operator.id))
            for notice in decision.notices:
                if not self._is_known(notice, decision):
                    self._notice(notice, decision, pairing)

    def held(self, until: float, reason: str) -> None:
        """Log that statuses are held, once in an outage; `until` is in Unix seconds (S8)."""
        self._once("held", "status.held", until=until, reason=reason)

    def not_held(self) -> None:
        """Note that the outage is over, so that the next one is logged."""
        self._told.again("held")

    def attendance(self, statuses: Iterable[str]) -> None:
        """Log when the last paired operator leaves (the chat is then offline on the website), and when one is back."""
        count = Counter(statuses)
        somebody = count[ONLINE] > 0
        if count and somebody is not self._somebody:
            event = "status.somebody_online" if somebody else "status.nobody_online"
            log.info(event, online=count[ONLINE], operators=count.total())
            self._somebody = somebody

    def findings(self, verdicts: Iterable[AgentVerdict], pairing: Pairing, names: Mapping[str, str]) -> None:
        """Log agents without an operator and statuses without a mapping, each once (S2, S3).

        `names` are the known names of statuses, by status id.
        """
        for unpaired in pairing.unpaired:
            who = unpaired.agent.email or unpaired.agent.id
            self._once(f"unpaired {who}", "agent.unpaired", agent=who, reason=unpaired.reason)
        for missing in pairing.dangling:
            self._once(
                f"dangling {missing}", "agent.unpaired", reason=f"a configured pair names what is not there: {missing}"
            )
        excluded = frozenset(pairing.excluded)
        for each in verdicts:
            status = each.unmapped
            if status and each.agent not in excluded:
                name, treated_as = one_line(names.get(status, ""), 60), each.verdict.value
                self._once(f"unmapped {status}", "status.unmapped", status=status, name=name, treated_as=treated_as)

    def _is_known(self, notice: Notice, decision: Decision) -> bool:
        """Return whether a notice was logged: each poll finds a change again that cannot be undone yet (S7)."""
        operator, undone = decision.operator.id, decision.state.written_at
        known = False
        if notice is Notice.MANUAL:
            known = self._undone.get(operator) == undone
            self._undone[operator] = undone
        elif notice is Notice.CONTESTED:
            known = not self._told.first((notice, operator))
        return known

    def _notice(self, notice: Notice, decision: Decision, pairing: Pairing) -> None:
        operator = decision.operator
        fields: dict[str, Any] = {
            "operator": operator.email or operator.id,
            "agents": [agent.email or agent.id for agent in pairing.drivers.get(operator.id, ())],
        }
        match notice:
            case Notice.GRACE_STARTED:
                fields["until"] = decision.until
            case Notice.MANUAL:
                fields |= {"found": operator.status, "expected": decision.state.written}
                fields["reason"] = decision.reason.words
            case Notice.CONTESTED:
                fields["overrides"] = CONTEST_OVERRIDES
            case Notice.INEFFECTIVE:
                fields |= {"last_status": operator.last_status, "real_status": operator.real_status}
        tell = log.warning if notice in (Notice.CONTESTED, Notice.INEFFECTIVE) else log.info
        tell(notice.value, **fields)

    def _once(self, key: str, event: str, **fields: Any) -> None:
        if self._told.first(key):
            log.warning(event, **fields)
