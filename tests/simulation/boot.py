"""A host that boots with a wrong clock, which is put right later: drawn from a stream of its own, for some seeds."""

import random
from dataclasses import dataclass

from tests.simulation.occasions import is_flooded

#: No seed that was kept before leaves this remainder, and no seed whose disk fails: who meets both may lose a lease.
EVERY, REMAINDER = 50, 47


@dataclass(frozen=True)
class Boot:
    """By how many seconds the clock is wrong at the first start, and after how many it is put right."""

    error: float
    put_right_after: float


def boot_of(seed: int, *, day: bool = False) -> Boot | None:
    """Return how a seed's host boots, None if its clock is right."""
    if day or seed % EVERY != REMAINDER or is_flooded(seed):
        return None
    chance = random.Random(f"boot {seed}")
    size = chance.choice([100, 3600, 3 * 3600, 365 * 86400])
    return Boot(chance.choice([-1, 1, 1]) * chance.uniform(0, size), chance.uniform(1, 900))
