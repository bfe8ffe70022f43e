"""How far this machine's clock differs from a service's clock, as far as the service's answers show."""

from collections.abc import Mapping
from dataclasses import dataclass, field

#: The clocks of both services, and this machine's, may differ by so much where their times are compared (seconds).
CLOCK_SKEW = 300.0
#: A larger difference is told to the administrator while the daemon runs (seconds).
TOLERATED = 60.0
#: The `Date` of HTTP has whole seconds.
RESOLUTION = 1.0


@dataclass(frozen=True, slots=True)
class ClocksAhead:
    """By service, how many seconds this machine's clock is ahead of its clock; tolerated differences are left out."""

    seconds: Mapping[str, float] = field(default_factory=dict)


def ahead(date: float, sent: float, answered: float) -> float:
    """Return how many seconds this machine's clock is surely ahead of a service's; less than 0 if it is behind.

    Args:
        date: The service's time in its answer (Unix seconds). The service wrote it between `sent` and `answered`, so a
            slow request looks like no difference: 0 is returned whenever both clocks may agree.
        sent: When the request was sent, by this machine's clock.
        answered: When its answer came, by this machine's clock.
    """
    return max(0.0, sent - (date + RESOLUTION)) + min(0.0, answered - date)


def is_news(told: float, found: float) -> bool:
    """Return whether a difference is clearly another one than the one that was told last; both in seconds."""
    return abs(worth_a_word(found) - told) > TOLERATED


def worth_a_word(found: float) -> float:
    """Return a difference in seconds as it is told: 0 while it is tolerated."""
    return found if abs(found) > TOLERATED else 0.0


def in_words(service: str, found: float) -> str:
    """Say how far this machine's clock differs from a service's, `found` seconds, and what to do."""
    side = "ahead of" if found > 0 else "behind"
    return f"this machine's clock is {abs(found):.0f} s {side} {service}'s; let this machine keep time by NTP"
