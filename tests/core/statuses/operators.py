"""What the tests about an operator's status have in common: an operator, what is remembered of it, a decision."""

from dataclasses import replace

from chaport_sync.core.model import Operator, Verdict
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules, Write
from chaport_sync.core.statuses.mapping import Asked
from chaport_sync.core.statuses.presence import Decision, Notice, decide
from chaport_sync.core.wording import Reason

NOW = 1_800_000_000.0
RULES = PresenceRules(offline_grace=180, lease=600, hold=1800)
RESPECT = replace(RULES, respect=True)
#: Written a minute ago, and renewed in the middle of its lease.
ONLINE = OperatorState("op326", verdict=Verdict.ONLINE, written="online", written_at=NOW - 60, lease_until=NOW + 540)
OFFLINE = replace(
    ONLINE, verdict=Verdict.OFFLINE, unavailable_since=NOW - 600, written="offline", lease_until=NOW + 86340
)

#: Why something was decided: the rule's number, and words for people.
AS_ASKED = ("S6", "it is as its agents ask")
ASKED_ONLINE, ASKED_INVISIBLE = ("S2", "its agents count as online"), ("S2", "its agents count as invisible")
LEFT_ALONE = ("S2", "its agents' status leaves it as it is")
MISSING = ("S3", "somebody is missing from the lists for the first time; the next poll decides")
IN_GRACE = ("S4", "its agents left; it goes offline when the grace is over")
UNCONFIRMED = ("S4", "the grace is over; it goes offline when the next good poll finds the same")
GRACE_OVER = ("S4", "its agents left, and the grace is over")
RESPECTED = ("S7", "somebody changed it in Chaport; it stays so until its agents' status changes")
OVERRIDDEN = ("S7", "somebody changed it in Chaport; it is set again")
CONTESTED = ("S7", "something else keeps changing it in Chaport; it is set at most once a minute")
HELD = ("S8", "the agents cannot be read; it is kept as it was decided last")
NOT_HELD = ("S8", "the agents cannot be read, and offline was decided last; it is not renewed")


def operator(status: str | None) -> Operator:
    """Return the operator with this status in Chaport."""
    return Operator("op326", last_status=status)


def decided(
    status: str | None,
    verdict: str,
    state: OperatorState,
    rules: PresenceRules = RULES,
    *,
    now: float = NOW,
    confirmed: bool = True,
    cause: str = "",
) -> Decision:
    """Decide after a good poll that another one confirmed."""
    return decide(operator(status), Asked(Verdict(verdict), cause), state, rules, now, confirmed=confirmed)


def decision(
    operator: Operator,
    state: OperatorState,
    verdict: Verdict | None,
    why: tuple[str, str],
    write: Write | None = None,
    notices: tuple[Notice, ...] = (),
    until: float | None = None,
) -> Decision:
    """Return a decision by what it has in it; `why` is its rule and its words."""
    return Decision(operator, replace(state, verdict=verdict), Reason(*why), write, notices, until)


def clock(at: float) -> str:
    """Write a moment so that it can be found in a sentence."""
    return f"<{at:.0f}>"
