"""What happens to operators while nobody renews their leases: Chaport ends each lease by itself (S5)."""

from collections.abc import Iterable
from dataclasses import dataclass

from chaport_sync.core.model import ONLINE
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules
from chaport_sync.core.wording import Clock, number


@dataclass(frozen=True, slots=True)
class Leases:
    """The ends of all leases of online (Unix seconds, in order): those that are past, and those to come."""

    over: tuple[float, ...] = ()
    left: tuple[float, ...] = ()


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
