"""How long a lease has to be, so that all who are held can be renewed in time (S5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from chaport_sync.core.model import Verdict
from chaport_sync.core.statuses.lease import OFFLINE_LIFETIME, RENEW_FROM, RENEW_SPREAD, OperatorState, PresenceRules

#: The part of Chaport's pace that renewals may take; the rest is for changes and for the other flow.
RENEWALS = 0.5
#: Statuses are written one after the other, and an answer takes its time: faster than this is not reckoned with.
FASTEST = 4.0


@dataclass(frozen=True, slots=True)
class LeaseInForce:
    """For how many seconds online and invisible are written now; `reason` says why that is more than configured."""

    seconds: float
    configured: float
    reason: str = ""

    @property
    def in_words(self) -> str:
        """Say how long, and why if it is not as configured."""
        if not self.reason:
            return f"{self.seconds:,g} s"
        return f"{self.seconds:,g} s instead of {self.configured:,g} s, because {self.reason}"


def patience_with_chaport(rules: PresenceRules, poll: float) -> float:
    """Return for how many seconds the status flow leaves Chaport alone at most: it must renew what it holds."""
    return max(poll, rules.lease / 5)


def patience_with_deskie(rules: PresenceRules, poll: float) -> float:
    """Return for how many seconds the status flow leaves Deskie alone at most: `hold` is all it has (S8)."""
    return max(poll, rules.lease / 5, rules.hold / 3)


def held(verdicts: Mapping[str, Verdict | None], states: Mapping[str, OperatorState], now: float) -> int:
    """Count the operators that are or will be renewed: their agents ask for it, or a lease of ours runs.

    Whoever is to be written yet counts already, so that the first of a crowd gets the lease that the last one needs.
    """
    asked = {operator_id for operator_id, verdict in verdicts.items() if verdict is not None and verdict.available}
    return len(asked | {operator_id for operator_id, state in states.items() if state.is_held(now)})


def lease_in_force(count: int, rules: PresenceRules) -> LeaseInForce:
    """Return the lease with which so many operators can be renewed in time, never a shorter one than configured.

    Renewals come in the middle of a lease, so it lasts for two rounds of them; but not longer than offline, a day.
    """
    pace = min(rules.pace, FASTEST)
    a_round = count / (RENEWALS * pace)
    needed = min(ceil(a_round / (RENEW_FROM + RENEW_SPREAD / 2)), OFFLINE_LIFETIME)
    if needed <= rules.lease:
        return LeaseInForce(rules.lease, rules.lease)
    how = f"at {pace:g} {'request' if pace == 1 else 'requests'} a second" if pace < FASTEST else "one after the other"
    return LeaseInForce(needed, rules.lease, f"{count:,} operators cannot be renewed faster {how}")
