"""What the tests about an operator's status have in common: an operator, what is remembered of it, a decision."""

from dataclasses import replace

from chaport_sync.core.lease import OperatorState, PresenceRules
from chaport_sync.core.model import Operator, Verdict
from chaport_sync.core.presence import Decision, decide

NOW = 1_800_000_000.0
RULES = PresenceRules(offline_grace=180, lease=600, hold=1800)
RESPECT = replace(RULES, respect=True)
#: Written a minute ago, and renewed in the middle of its lease.
ONLINE = OperatorState("op326", verdict=Verdict.ONLINE, written="online", written_at=NOW - 60, lease_until=NOW + 540)
OFFLINE = replace(
    ONLINE, verdict=Verdict.OFFLINE, unavailable_since=NOW - 600, written="offline", lease_until=NOW + 86340
)


def operator(status: str | None) -> Operator:
    """Give the operator with this status in Chaport."""
    return Operator("op326", last_status=status)


def decided(
    status: str | None,
    verdict: str,
    state: OperatorState,
    rules: PresenceRules = RULES,
    *,
    now: float = NOW,
    confirmed: bool = True,
) -> Decision:
    """Decide after a good poll that another one confirmed."""
    return decide(operator(status), Verdict(verdict), state, rules, now, confirmed=confirmed)
