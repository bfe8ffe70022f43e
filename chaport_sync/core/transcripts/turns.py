"""Who is read next while not everybody can be, and how late reading is (T7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from chaport_sync.core.wording import number


@dataclass(frozen=True, slots=True)
class Due:
    """A visitor who is to be read again since `at` (Unix seconds), every `pause` seconds while the pace allows it."""

    visitor_id: str
    at: float
    pause: float


class Work(StrEnum):
    """What may be late: reading chats in Chaport, or showing in Deskie what was read."""

    READING = "reading"
    DELIVERING = "delivering"


@dataclass(frozen=True, slots=True)
class Lateness:
    """For how long whoever waits longest has waited, in seconds, and how many visitors wait."""

    seconds: float = 0.0
    visitors: int = 0


def in_turns(noticed: Iterable[str], due: Iterable[Due], now: float, *, noticed_first: bool) -> list[str]:
    """Return each visitor once: those whose rows changed, first come first, and those who are due, by turns.

    Of those who are due, the one comes first whose pause is exceeded most in proportion to itself. So all pauses
    stretch by about the same factor, a fresh chat's as well as an idle one's. Neither line can keep the other waiting,
    whatever its length; `noticed_first` changes from cycle to cycle, since a cycle may have time for one visitor only.
    """
    stretched = [each.visitor_id for each in sorted(due, key=lambda each: (each.at - now) / each.pause)]
    lines = (noticed, stretched) if noticed_first else (stretched, noticed)
    turns = (visitor_id for pair in zip_longest(*lines) for visitor_id in pair if visitor_id is not None)
    return list(dict.fromkeys(turns))


def lateness(noticed: Mapping[str, float], due: Iterable[Due], now: float, *, poll: float) -> Lateness:
    """Return how late reading is.

    Args:
        noticed: For how long each visitor whose row changed has been waiting since that was seen, in seconds.
        due: Who is due and was not read.
        now: Unix seconds.
        poll: Seconds between cycles. Visitors become due half of it early, so that the nearest cycle finds them.
    """
    waits = dict(noticed)
    for each in due:
        late = now - each.at - poll / 2
        if late > 0:
            waits[each.visitor_id] = max(late, waits.get(each.visitor_id, 0.0))
    return Lateness(max(waits.values(), default=0.0), len(waits))


def in_words(work: Work, seconds: float, visitors: int) -> str:
    """Say how late it is, and for how many."""
    waiting = number(visitors, "visitor waits", "visitors wait")
    if work is Work.READING:
        return f"reading in Chaport is {seconds:.0f} s late, and {waiting} to be read"
    return f"delivering to Deskie is {seconds:.0f} s late, and {waiting} to be shown"
