"""What was used of the accounts' limits, of which the servers tell a new run nothing (P5)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Used:
    """What was used of one account's limit; moments in seconds before this was written down.

    `held` is for how long the server wants to be left alone. `uses` are ages with their units, the oldest first, and
    `uses_by_others` those of them that were not the status flow's.
    """

    held: float = 0.0
    started: float | None = None
    uses: tuple[tuple[float, int], ...] = ()
    uses_by_others: tuple[tuple[float, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Spent:
    """What was used of both, and when that was written down (Unix seconds)."""

    at: float = 0.0
    deskie: Used = Used()
    chaport: Used = Used()
