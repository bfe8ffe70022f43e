"""How each half gets on, and whether it has been down for so long that somebody should be told."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Beat:
    """When a half was well last, and since when it fails (Unix seconds) and why, if it does."""

    good_at: float | None = None
    failing_since: float | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Vital:
    """When a half was well last, or was started (seconds of a clock that never steps), and what has failed since."""

    well_at: float
    error: str = ""


def down(vitals: Mapping[str, Vital], tolerate: float, now: float) -> str:
    """Say which halves have been down for longer than `tolerate` seconds and why; empty if none has."""
    return "; ".join(
        f"{half}: down for {(now - vital.well_at) / 60:.0f} min{f': {vital.error}' if vital.error else ''}"
        for half, vital in vitals.items()
        if now - vital.well_at > tolerate
    )
