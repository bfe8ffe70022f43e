"""Whether an answer may be believed (S8) and whether the polls have been continuous enough to act on (S4)."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from chaport_sync.core.wording import nobody

#: A list is doubted when more than half, and at least so many, of the paired ones vanished from it (S8).
VANISHED_AT_LEAST = 3
#: More than so many polls without a good one is a gap: afterwards offline needs a second good poll (S4).
GAP_POLLS = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """Since when a list has been implausible, and when it was last seen so (Unix seconds)."""

    since: float
    last: float


def implausible(what: str, present: AbstractSet[str], paired_before: AbstractSet[str]) -> str:
    """Say what is wrong with a list of "agents" or "operators", with the numbers; empty if nothing is (S8)."""
    if not present:
        return nobody(what, len(paired_before))
    vanished = len(paired_before - present)
    if vanished >= VANISHED_AT_LEAST and vanished * 2 > len(paired_before):
        return f"{vanished} of {len(paired_before)} paired {what} vanished"
    return ""


def doubt(before: Doubt | None, poll: float, now: float) -> Doubt:
    """Go on doubting: the wait of S8 counts only while the implausible answer keeps coming."""
    if before is None or gap(before.last, poll, now):
        return Doubt(now, now)
    return Doubt(before.since, now)


def gap(last_good: float | None, poll: float, now: float, took: float = 0.0) -> bool:
    """Return whether the polls since `last_good` were interrupted: outage, suspension, a clock that jumped (S4).

    `took` is the part of that time that went into this poll's requests and the writes of the one before, by a clock
    that stands still in a suspension.
    """
    return last_good is None or not 0 <= now - last_good <= GAP_POLLS * poll + took
