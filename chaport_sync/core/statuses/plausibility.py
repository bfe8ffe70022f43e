"""Whether an answer may be believed (S8) and whether the polls have been continuous enough to act on (S4)."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from chaport_sync.core.wording import number

#: A list is doubted when more than half, and at least so many, of the paired ones vanished from it (S8).
VANISHED_AT_LEAST = 3
#: More than so many polls without a good one is a gap: afterwards offline needs a second good poll (S4).
GAP_POLLS = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """Since when a list has been implausible, and when it was last seen so (Unix seconds)."""

    since: float
    last: float


def nobody(what: str, paired_before: int) -> str:
    """Say of a service with an empty list what it lacks, "agents" or "operators", and what to do if nobody was there.

    The words are the same wherever that is found, so that one fact does not look like several.
    """
    if paired_before:
        return f"it has no {what}, but {number(paired_before, 'was', 'were')} paired before"
    return f"it has no {what}; add them there"


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
    """Tell whether the polls since `last_good` were interrupted: outage, suspension, a clock that jumped (S4).

    `took` is the part of that time that went into this poll's requests and the writes of the one before, by a clock
    that stands still in a suspension.
    """
    return last_good is None or not 0 <= now - last_good <= GAP_POLLS * poll + took
