"""How much of both accounts' limits was used, recorded because the servers do not tell it to a new run (P5)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Used:
    """How much of one account's limit was used; times are seconds before this was recorded.

    `held` is how many seconds the server wants no requests. `uses` are ages with their units, the oldest first;
    `uses_by_others` are those of them that were not the status flow's.
    """

    held: float = 0.0
    started: float | None = None
    uses: tuple[tuple[float, int], ...] = ()
    uses_by_others: tuple[tuple[float, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Spent:
    """How much of both limits was used, and when that was recorded (Unix seconds)."""

    at: float = 0.0
    deskie: Used = Used()
    chaport: Used = Used()
