"""What is known about operators while a service cannot be read and leases end by themselves (S5, S8)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chaport_sync.core.model import INVISIBLE, OFFLINE, ONLINE
from chaport_sync.core.statuses.history import OperatorSeen
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules
from chaport_sync.core.statuses.presence import HELD
from chaport_sync.core.statuses.unattended import end_of, online_leases, outcome
from chaport_sync.core.wording import Clock, Reason

RUN_OUT = Reason("S5", "its lease is over, and Chaport has not been read since")
NOT_HELD = Reason("S8", "the agents cannot be read, and it is not held any longer")
_TRIED = "it is tried again by itself"


@dataclass(frozen=True, slots=True)
class Unread:
    """What the status flow cannot read now; both times (Unix seconds) are None while it can read everything.

    `chaport_read` is when the operators were last read, if they cannot be read now. `held_until` is until when statuses
    are (or were) held, if the operators can be read and the agents cannot.
    """

    chaport_read: float | None = None
    held_until: float | None = None


def as_known(
    operator: OperatorSeen, state: OperatorState, unread: Unread, rules: PresenceRules, now: float
) -> OperatorSeen:
    """Return an operator as it must be now: as it was last seen, offline if its lease has ended since.

    Args:
        operator: As it was last found or set.
        state: What is remembered of it.
        unread: What cannot be read.
        rules: With the lease that is in force.
        now: Unix seconds.
    """
    if ended := run_out_at(operator, state, unread, rules, now):
        return replace(operator.with_reason(RUN_OUT), status=OFFLINE, since=ended)
    if unread.held_until is not None and state.verdict in (ONLINE, INVISIBLE):
        return operator.with_reason(HELD if now < unread.held_until else NOT_HELD)
    return operator


def run_out_at(
    operator: OperatorSeen, state: OperatorState, unread: Unread, rules: PresenceRules, now: float
) -> float | None:
    """Return when an operator's lease ended (Unix seconds) since Chaport was last read, None if none did."""
    if unread.chaport_read is None or operator.status not in (ONLINE, INVISIBLE):
        return None
    ended = end_of(state, operator.status, rules)
    return ended if unread.chaport_read < ended <= now else None


def trouble(states: Mapping[str, OperatorState], unread: Unread, rules: PresenceRules, clock: Clock, now: float) -> str:
    """Say what cannot be read, and what that means for the chat on the website; empty if everything can be read."""
    if unread.chaport_read is not None:
        follows = outcome(online_leases(states.values(), rules, now, since=unread.chaport_read), clock)
        return f"CHAPORT HAS NOT BEEN READ SINCE {clock(unread.chaport_read)}. {follows}"
    until = unread.held_until
    if until is None:
        return ""
    if now < until:
        return f"DESKIE CANNOT BE READ: statuses are held until {clock(until)}, then each runs out with its lease."
    follows = outcome(online_leases(states.values(), rules, now, since=until - rules.hold), clock)
    return f"DESKIE CANNOT BE READ: statuses were held until {clock(until)}. {follows}"


def next_unread(
    operator: OperatorSeen, state: OperatorState, unread: Unread, rules: PresenceRules, clock: Clock, now: float
) -> str:
    """Say what will happen to an operator while a service cannot be read; empty if both can be read."""
    end = end_of(state, operator.status, rules) if operator.status in (ONLINE, INVISIBLE) else 0.0
    if unread.chaport_read is not None:
        if end > now:
            return f"Chaport ends {operator.status} at {clock(end)} unless it can be read before; {_TRIED}"
        if end > unread.chaport_read and state.verdict in (ONLINE, INVISIBLE):
            return f"it becomes {state.verdict} again as soon as Chaport can be read; {_TRIED}"
        return f"nothing is set until Chaport can be read; {_TRIED}"
    if unread.held_until is None:
        return ""
    if end <= now:
        return f"nothing is changed until Deskie can be read; {_TRIED}"
    if now < unread.held_until:
        return (
            f"it is kept {operator.status} until {clock(unread.held_until)}, then it runs out with its lease,"
            " unless Deskie can be read before"
        )
    return f"it is not held any longer, and Chaport ends {operator.status} at {clock(end)}; {_TRIED}"
