"""Whether a list from a service is plausible (S8), and whether there was a gap between good polls (S4)."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from chaport_sync.core.wording import nobody

#: A list is doubted if more than half of the paired people, and at least so many, are missing (S8).
VANISHED_AT_LEAST = 3
#: After a gap of more than so many polls without a good one, offline needs a second good poll (S4).
GAP_POLLS = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """When a list was implausible first and last (Unix seconds)."""

    since: float
    last: float


def implausible(what: str, present: AbstractSet[str], paired_before: AbstractSet[str]) -> str:
    """Say why a list of ids is implausible, empty if it is plausible; `what` is "agents" or "operators" (S8)."""
    if not present:
        return nobody(what, len(paired_before))
    vanished = len(paired_before - present)
    if vanished >= VANISHED_AT_LEAST and vanished * 2 > len(paired_before):
        return f"{vanished} of {len(paired_before)} paired {what} vanished"
    return ""


def doubt(before: Doubt | None, poll: float, now: float) -> Doubt:
    """Return the doubt after one more implausible list; after a gap it begins anew (S8)."""
    if before is None or gap(before.last, poll, now):
        return Doubt(now, now)
    return Doubt(before.since, now)


def gap(last_good: float | None, poll: float, now: float, took: float = 0.0) -> bool:
    """Return whether the polls since `last_good` were interrupted by an outage, a suspension or a clock's jump (S4).

    `took` is how many seconds of that time this poll's requests and the last poll's writes took, by a clock that stops
    while the machine is suspended.
    """
    return last_good is None or not 0 <= now - last_good <= GAP_POLLS * poll + took
