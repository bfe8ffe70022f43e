"""How each flow gets on, and whether it has been down for so long that somebody should be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

#: What is older than so many polls, and so many seconds for slow answers, is not how things are now.
STALE_POLLS, STALE_SECONDS = 4, 30.0


@dataclass(frozen=True, slots=True)
class Beat:
    """When a flow was well last, and since when it fails (Unix seconds) and why, if it does.

    `at` is when it did something last, well or not; that is written down every few seconds as long as it gets on.
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
    """Return for how many seconds after a poll nothing is wrong if there was no other, by the pause between two."""
    return STALE_POLLS * poll + STALE_SECONDS


@dataclass(frozen=True, slots=True)
class Vital:
    """When a flow was well last, or was started (seconds of a clock that never steps), and what has failed since.

    `idle` is for how many seconds it has done nothing at all, though it should have within `patience`.
    """

    well_at: float
    error: str = ""
    idle: float = 0.0
    patience: float = inf


def down(vitals: Mapping[str, Vital], tolerate: float, now: float) -> str:
    """Say which flows do nothing, or have been down for longer than `tolerate` seconds, and why; empty if none."""
    words = []
    for flow, vital in vitals.items():
        if vital.idle > vital.patience:
            words.append(f"{flow}: {nothing_done(vital.idle)}")
        elif now - vital.well_at > tolerate:
            error = f": {vital.error}" if vital.error else ""
            words.append(f"{flow}: down for {(now - vital.well_at) / 60:.0f} min{error}")
    return "; ".join(words)


def nothing_done(idle: float) -> str:
    """Say of a flow that it has done nothing for so many seconds, which is a defect of the daemon or its machine."""
    return f"nothing done for {idle:.0f} s"
