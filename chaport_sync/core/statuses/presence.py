"""Decide what is written for an operator: grace, manual changes, operators that are left alone (S4 to S8).

Each operator is decided alone, from its agents' verdict, its status in Chaport, the recorded state and `now`. There is
no countdown: a deadline is a stored time plus a configured duration, so a restart changes nothing.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from chaport_sync.core.model import OFFLINE, Operator, Verdict
from chaport_sync.core.statuses.lease import (
    CONTEST_OVERRIDES,
    CONTEST_PAUSE,
    Kind,
    OperatorState,
    PresenceRules,
    Write,
    grace_ends,
    lifetime_of,
    renewal,
    settle,
)
from chaport_sync.core.statuses.mapping import Asked
from chaport_sync.core.wording import Reason

#: After a write Chaport's two words may differ for so many cycles; then the write has no effect (S6).
INEFFECTIVE_AFTER = 3
#: So many seconds before its end a lease may be over in Chaport: clocks differ, and `validUntil` has whole seconds.
END_UNSURE = 5.0

AS_ASKED = Reason("S6", "it is as its agents ask")
LEFT_ALONE = Reason("S2", "its agents' status leaves it as it is")
_SOMEBODY_MISSING = Reason("S3", "somebody is missing from the lists for the first time; the next poll decides")
_IN_GRACE = Reason("S4", "its agents left; it goes offline when the grace is over")
_UNCONFIRMED = Reason("S4", "the grace is over; it goes offline when the next good poll finds the same")
_GRACE_OVER = Reason("S4", "its agents left, and the grace is over")
_RESPECTED = Reason("S7", "somebody changed it in Chaport; it stays so until its agents' status changes")
_OVERRIDDEN = Reason("S7", "somebody changed it in Chaport; it is set again")
_CONTESTED = Reason("S7", "something else keeps changing it in Chaport; it is set at most once a minute")
HELD = Reason("S8", "the agents cannot be read; it is kept as it was decided last")
_NOT_HELD = Reason("S8", "the agents cannot be read, and offline was decided last; it is not renewed")


class Notice(StrEnum):
    """A log event that a decision causes, by its name in the log."""

    GRACE_STARTED = "status.grace_started"
    GRACE_CANCELLED = "status.grace_cancelled"
    MANUAL = "status.manual"
    CONTESTED = "status.contested"
    INEFFECTIVE = "status.ineffective"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about one operator, and why; `until` is when this may change by itself (Unix seconds)."""

    operator: Operator
    state: OperatorState
    reason: Reason
    write: Write | None = None
    notices: tuple[Notice, ...] = ()
    until: float | None = None


def decide(
    operator: Operator, asked: Asked, state: OperatorState, rules: PresenceRules, now: float, *, confirmed: bool
) -> Decision:
    """Decide one operator after both services were read well.

    Args:
        operator: As Chaport answered just now.
        asked: What its agents ask for together.
        state: What is remembered of it.
        rules: The configured durations and policy.
        now: Unix seconds.
        confirmed: Whether there was an earlier good poll since the start or the last gap (S4).
    """
    verdict = asked.verdict
    state = settle(state, operator.status, now)
    status = seen(operator, state, now)
    by_hand = _changed_by_hand(state, status, verdict, now)
    state, grace = _run_grace_clock(state, status, verdict, rules, now)
    state, effect = _count_mismatch(state, operator)
    state, manual = _yield_or_resume(state, verdict, rules, now, by_hand=by_hand)
    overrides = state.recent_overrides(now)
    if (state.verdict, state.overrides) != (verdict, overrides):
        state = replace(state, verdict=verdict, overrides=overrides)
    notices = tuple(notice for notice in (grace, effect, manual) if notice)
    if waiting := _reason_to_leave(state, asked, status, rules, now, confirmed=confirmed):
        reason, until = waiting
        due = None if state.yielded_to else renewal(state, status, rules, now)
        return Decision(operator, state, reason, due, notices, until)
    if status == verdict.value:
        return Decision(operator, state, AS_ASKED, _keep_up(state, verdict.value, rules, now), notices)
    again = by_hand and not rules.respect and state.written == verdict.value
    return _change(Decision(operator, state, AS_ASKED, None, notices), asked, rules, now, again=again)


def hold(operator: Operator, state: OperatorState, rules: PresenceRules, now: float) -> Decision:
    """Decide one operator while the agents cannot be read: only leases of online and invisible are renewed (S8)."""
    if state.attempted == OFFLINE:
        return Decision(operator, state, _NOT_HELD)
    state = settle(state, operator.status, now)
    due = renewal(state, seen(operator, state, now), rules, now)
    return Decision(operator, state, HELD, due)


def wait_for_next_poll(
    operator: Operator, verdict: Verdict | None, state: OperatorState, rules: PresenceRules, now: float
) -> Decision:
    """Decide one operator while one of its agents is missing from the list for the first time: only renew (S3).

    `verdict` is what the others ask for, None if there are none. If one of them is available, the wait ends (S4).
    """
    found = replace(hold(operator, state, rules, now), reason=_SOMEBODY_MISSING)
    if verdict is None or not verdict.available:
        return found
    state, cancelled = _run_grace_clock(found.state, seen(operator, state, now), verdict, rules, now)
    return replace(found, state=state, notices=(cancelled,) if cancelled else ())


def seen(operator: Operator, state: OperatorState, now: float) -> str | None:
    """Return the status that Chaport says, or if it says none, the one that we wrote and whose lease runs."""
    if operator.status is not None:
        return operator.status
    return state.written if state.has_lease(now) else None


def _reason_to_leave(
    state: OperatorState, asked: Asked, status: str | None, rules: PresenceRules, now: float, *, confirmed: bool
) -> tuple[Reason, float | None] | None:
    """Return why the status is not changed now, and until when; None if it becomes what the agents ask for."""
    if state.yielded_to is not None:
        return _RESPECTED, None
    if state.verdict is Verdict.KEEP:
        return asked.told(LEFT_ALONE), None
    deadline = grace_ends(state, rules)
    if state.verdict is not Verdict.OFFLINE or status == OFFLINE or deadline is None:
        return None
    if now < deadline:
        return asked.told(_IN_GRACE), deadline
    return None if confirmed else (asked.told(_UNCONFIRMED), None)


def _change(found: Decision, asked: Asked, rules: PresenceRules, now: float, *, again: bool) -> Decision:
    state, verdict = found.state, asked.verdict
    if state.contested(now) and now - max(state.written_at, state.attempted_at) < CONTEST_PAUSE:
        return replace(found, reason=_CONTESTED)
    write = Write(verdict.value, lifetime_of(verdict.value, rules), Kind.CHANGE, override=again)
    if not again:
        reason = _GRACE_OVER if verdict is Verdict.OFFLINE else Reason("S2", f"its agents count as {verdict}")
        return replace(found, reason=asked.told(reason), write=write)
    notices = (*found.notices, Notice.MANUAL)
    if len(state.recent_overrides(now)) == CONTEST_OVERRIDES - 1:
        notices = (*notices, Notice.CONTESTED)
    return replace(found, reason=_OVERRIDDEN, write=write, notices=notices)


def _yield_or_resume(
    state: OperatorState, verdict: Verdict, rules: PresenceRules, now: float, *, by_hand: bool
) -> tuple[OperatorState, Notice | None]:
    """Leave the operator to the person who changed it, which ends our lease, or take it back when agents change."""
    if not rules.respect or (state.verdict is not None and state.verdict is not verdict):
        return replace(state, yielded_to=None) if state.yielded_to else state, None
    if by_hand and state.yielded_to is None:
        return replace(state, yielded_to=verdict, lease_until=now), Notice.MANUAL
    return state, None


def _keep_up(state: OperatorState, target: str, rules: PresenceRules, now: float) -> Write | None:
    if target == OFFLINE:
        return None
    if state.written != target or not state.has_lease(now):
        return Write(target, rules.lease, Kind.LEASE)
    return renewal(state, target, rules, now)


def _run_grace_clock(
    state: OperatorState, status: str | None, verdict: Verdict, rules: PresenceRules, now: float
) -> tuple[OperatorState, Notice | None]:
    since = state.unavailable_since
    visible = status != OFFLINE and rules.offline_grace > 0
    if verdict.available and since is not None:
        return replace(state, unavailable_since=None), Notice.GRACE_CANCELLED if visible else None
    if verdict.available or (since is not None and since <= now):
        return state, None
    return replace(state, unavailable_since=now), Notice.GRACE_STARTED if visible else None


def _count_mismatch(state: OperatorState, operator: Operator) -> tuple[OperatorState, Notice | None]:
    both = operator.last_status is not None and operator.real_status is not None
    if not (both and state.written and operator.last_status == state.written != operator.real_status):
        return replace(state, mismatches=0) if state.mismatches else state, None
    count = min(state.mismatches, INEFFECTIVE_AFTER) + 1
    return replace(state, mismatches=count), Notice.INEFFECTIVE if count == INEFFECTIVE_AFTER else None


def _changed_by_hand(state: OperatorState, status: str | None, verdict: Verdict, now: float) -> bool:
    if status in (None, verdict.value) or now < state.written_at:
        return False
    return state.has_lease(now + END_UNSURE) and not state.may_be_ours(status, now)
