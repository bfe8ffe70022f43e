"""How far two clocks are apart, as far as an answer tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Clocks that differ by more are worth a word while the daemon runs (seconds).
TOLERATED = 60.0
#: HTTP tells whole seconds.
RESOLUTION = 1.0


@dataclass(frozen=True, slots=True)
class ClocksAhead:
    """For how many seconds this machine's clock is ahead of each service's, where that is worth a word."""

    seconds: Mapping[str, float] = field(default_factory=dict)


def ahead(date: float, sent: float, answered: float) -> float:
    """Return for how many seconds this machine's clock is certainly ahead of a service's; less than 0 if it is behind.

    Args:
        date: What the service's answer says that it is there (Unix seconds). It was written at some moment between the
            two others, so a request that takes long makes no difference: 0 is given wherever both clocks may agree.
        sent: When the request was sent, by this machine's clock.
        answered: When its answer came, by this machine's clock.
    """
    return max(0.0, sent - (date + RESOLUTION)) + min(0.0, answered - date)


def is_news(told: float, found: float) -> bool:
    """Return whether a difference is another one than what was told last; both in seconds."""
    return abs(worth_a_word(found) - told) > TOLERATED


def worth_a_word(found: float) -> float:
    """Return a difference as it is told: 0 while it is tolerated."""
    return found if abs(found) > TOLERATED else 0.0


def in_words(service: str, found: float) -> str:
    """Say of a difference, in seconds, whose clock it concerns and what to do."""
    side = "ahead of" if found > 0 else "behind"
    return f"this machine's clock is {abs(found):.0f} s {side} {service}'s; let this machine keep time by NTP"
