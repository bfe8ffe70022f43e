"""When each flow last succeeded, and whether it has been down for so long that somebody must be told (P10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

#: A flow is stale after so many polls, plus so many seconds for slow answers.
STALE_POLLS, STALE_SECONDS = 4, 30.0
#: After a gap of more than so many polls without a good one, offline needs a second good poll (S4).
GAP_POLLS = 3


@dataclass(frozen=True, slots=True)
class Beat:
    """When a flow last succeeded, and, if it fails now, since when and why. Times are Unix seconds.

    `at` is when the flow last did something, with success or without. While it works, `at` is stored every few seconds.
    """

    good_at: float | None = None
    failing_since: float | None = None
    error: str = ""
    at: float | None = None

    @property
    def last(self) -> float | None:
        """The last moment at which the flow was certainly at work."""
        return self.at if self.at is not None else self.good_at


def stale_after(poll: float) -> float:
    """Return how many seconds after its last poll a flow becomes stale; `poll` is the seconds between two polls."""
    return STALE_POLLS * poll + STALE_SECONDS


def gap(last_good: float | None, poll: float, now: float, took: float = 0.0) -> bool:
    """Return whether the polls since `last_good` were interrupted by an outage, a suspension or a clock's jump (S4).

    `took` is how many seconds of that time this poll's requests and the last poll's writes took, by a clock that stops
    while the machine is suspended.
    """
    return last_good is None or not 0 <= now - last_good <= GAP_POLLS * poll + took


@dataclass(frozen=True, slots=True)
class Vital:
    """When a flow last succeeded, or was started (seconds of a monotonic clock), and what has failed since.

    `idle` is how many seconds ago the flow last did anything; more than `patience` seconds are too many.
    """

    well_at: float
    error: str = ""
    idle: float = 0.0
    patience: float = inf


def down(vitals: Mapping[str, Vital], tolerate: float, now: float) -> str:
    """Say which flows do nothing, or have been down for more than `tolerate` seconds, and why; empty if none."""
    words = []
    for flow, vital in vitals.items():
        if vital.idle > vital.patience:
            words.append(f"{flow}: {nothing_done(vital.idle)}")
        elif now - vital.well_at > tolerate:
            error = f": {vital.error}" if vital.error else ""
            words.append(f"{flow}: down for {(now - vital.well_at) / 60:.0f} min{error}")
    return "; ".join(words)


def nothing_done(idle: float) -> str:
    """Say that a flow has done nothing for so many seconds: the daemon or its machine has a defect."""
    return f"nothing done for {idle:.0f} s"
