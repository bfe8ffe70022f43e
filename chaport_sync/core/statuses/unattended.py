"""What happens while leases end by themselves, because no daemon runs or a service cannot be read (S5, S8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from chaport_sync.core.model import INVISIBLE, OFFLINE, ONLINE
from chaport_sync.core.statuses.history import OperatorSeen
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules
from chaport_sync.core.statuses.presence import HELD
from chaport_sync.core.wording import Clock, Reason, number

RUN_OUT = Reason("S5", "its lease is over, and Chaport has not been read since")
NOT_HELD = Reason("S8", "the agents cannot be read, and it is not held any longer")
_TRIED = "it is tried again by itself"


@dataclass(frozen=True, slots=True)
class Leases:
    """The ends of all leases of online (Unix seconds, in order): those that are past, and those to come."""

    over: tuple[float, ...] = ()
    left: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """What the status flow cannot read now; both times (Unix seconds) are None while it can read everything.

    `chaport_read` is when the operators were last read, if they cannot be read now. `held_until` is until when statuses
    are (or were) held, if the operators can be read and the agents cannot.
    """

    chaport_read: float | None = None
    held_until: float | None = None


def online_leases(states: Iterable[OperatorState], rules: PresenceRules, now: float, since: float = 0.0) -> Leases:
    """Return the leases of the operators that the daemon holds online, which a person's change in Chaport ends.

    Leases that ended until `since` (Unix seconds) are left out, because their end was seen.
    """
    ends = sorted(end_of(state, ONLINE, rules) for state in states if ONLINE in (state.written, state.attempted))
    ends = [end for end in ends if end > since]
    return Leases(tuple(end for end in ends if end <= now), tuple(end for end in ends if end > now))


def outcome(leases: Leases, clock: Clock) -> str:
    """Say what these leases mean for the chat on the website, now and later."""
    over, left = leases.over, leases.left
    ended = number(len(over), "operator went offline when its lease", "operators went offline when their leases")
    ended = f"{ended} ended, {'the last ' if len(over) > 1 else ''}at {clock(over[-1])}" if over else ""
    if not left:
        return f"{ended}: the chat is off the website." if over else "It held no operator online."
    stay = number(
        len(left), "operator stays online until its lease ends", "operators stay online until the last lease ends"
    )
    return f"{ended + '; ' if ended else ''}{stay} at {clock(left[-1])}: then the chat is off the website."


def end_of(state: OperatorState, status: str, rules: PresenceRules) -> float:
    """Return the latest time at which Chaport ends this status (Unix seconds), 0 if the daemon did not set it.

    The last request may have been executed, even if it was not confirmed.
    """
    if state.yielded_to is not None:
        return 0.0
    written = state.lease_until if state.written == status else 0.0
    sent = max(state.attempted_until, state.attempted_at + rules.lease) if state.attempted == status else 0.0
    return max(written, sent)


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
    if unread.chaport_read is not None and operator.status in (ONLINE, INVISIBLE):
        ended = end_of(state, operator.status, rules)
        if unread.chaport_read < ended <= now:
            return replace(operator.with_reason(RUN_OUT), status=OFFLINE, since=ended)
    if unread.held_until is not None and state.verdict in (ONLINE, INVISIBLE):
        return operator.with_reason(HELD if now < unread.held_until else NOT_HELD)
    return operator


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
