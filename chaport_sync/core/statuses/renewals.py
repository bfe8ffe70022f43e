"""How long a lease must be, so that the leases of all operators can be renewed in time (S5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from chaport_sync.core.model import Verdict
from chaport_sync.core.statuses.lease import OFFLINE_LIFETIME, RENEW_FROM, RENEW_SPREAD, OperatorState, PresenceRules

#: Renewals may use this part of Chaport's pace; the rest is for changes and for the other flows.
RENEWALS = 0.5
#: Statuses are written one after the other, so no more than so many in a second are expected.
FASTEST = 4.0


@dataclass(frozen=True, slots=True)
class LeaseInForce:
    """The lease of online and invisible that is written, in seconds; `reason` says why it is more than configured."""

    seconds: float
    configured: float
    reason: str = ""

    @property
    def in_words(self) -> str:
        """Say how long the lease is, and why if it is not as configured."""
        if not self.reason:
            return f"{self.seconds:,g} s"
        return f"{self.seconds:,g} s instead of {self.configured:,g} s, because {self.reason}"


def patience_with_chaport(rules: PresenceRules, poll: float) -> float:
    """Return how many seconds the status flow pauses at most when Chaport fails: it must renew leases."""
    return max(poll, rules.lease / 5)


def patience_with_deskie(rules: PresenceRules, poll: float) -> float:
    """Return how many seconds the status flow pauses at most when Deskie fails: `hold` must not end meanwhile (S8)."""
    return max(poll, rules.lease / 5, rules.hold / 3)


def held(verdicts: Mapping[str, Verdict | None], states: Mapping[str, OperatorState], now: float) -> int:
    """Count the operators whose leases need renewals: their agents are available, or a lease of ours runs.

    Operators that are not written yet count as well, so the first one written gets the lease that the last one needs.
    """
    asked = {operator_id for operator_id, verdict in verdicts.items() if verdict is not None and verdict.available}
    return len(asked | {operator_id for operator_id, state in states.items() if state.is_held(now)})


def lease_in_force(count: int, rules: PresenceRules) -> LeaseInForce:
    """Return the lease with which so many operators can be renewed in time, at least the configured one.

    A lease is renewed in its middle, so it lasts for two rounds of renewals, but never longer than a day.
    """
    pace = min(rules.pace, FASTEST)
    a_round = count / (RENEWALS * pace)
    needed = min(ceil(a_round / (RENEW_FROM + RENEW_SPREAD / 2)), OFFLINE_LIFETIME)
    if needed <= rules.lease:
        return LeaseInForce(rules.lease, rules.lease)
    how = f"at {pace:g} {'request' if pace == 1 else 'requests'} a second" if pace < FASTEST else "one after the other"
    return LeaseInForce(needed, rules.lease, f"{count:,} operators cannot be renewed faster {how}")
