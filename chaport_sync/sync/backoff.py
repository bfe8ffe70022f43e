"""Growing pauses between attempts that fail (P3, P4)."""

import random
from collections.abc import Hashable
from typing import Generic, TypeVar

from chaport_sync.clock import Clock

Key = TypeVar("Key", bound=Hashable)

#: The longest pause while a service or a record fails (seconds).
LONGEST_PAUSE = 300.0
#: After so many failures in a row the service is taken to fail, and not the record (P3).
FAILURES = 2
#: After so many doublings a pause is longer than any bound.
MOST_DOUBLINGS = 20


class Backoff(Generic[Key]):
    """Counts the failures in a row of each key, and says how long each key has to wait.

    The pause doubles with each failure. It is measured by the monotonic clock.

    Args:
        clock: The shell's clock.
        first: The pause after the first failure, in seconds.
        most: The longest pause, in seconds.
        chance: Makes each pause up to a half shorter, so that not all keys are tried at once; None is exact.
    """

    def __init__(self, clock: Clock, *, first: float, most: float, chance: random.Random | None = None) -> None:
        self._clock = clock
        self._first = first
        self._most = most
        self._chance = chance
        self._failed: dict[Key, tuple[int, float]] = {}

    def failures(self, key: Key) -> int:
        """Return how often the key failed in a row."""
        return self._failed.get(key, (0, 0.0))[0]

    def left(self, key: Key) -> float:
        """Return how long the key still has to wait, in seconds, rounded to milliseconds."""
        return round(max(0.0, self._failed.get(key, (0, 0.0))[1] - self._clock.monotonic()), 3)

    def until(self, key: Key, now: float) -> float | None:
        """Return when the key may be tried again, on the clock of `now`; None if at once."""
        left = self.left(key)
        return now + left if left else None

    def failed(self, key: Key, pause: float | None = None) -> float:
        """Count a failure and return the pause after it, in seconds; `pause` replaces the doubled one."""
        before = self.failures(key)
        if pause is None:
            pause = min(self._first * 2.0 ** min(before, MOST_DOUBLINGS), self._most)
            if self._chance is not None:
                pause = self._chance.uniform(pause / 2, pause)
        self._failed[key] = before + 1, self._clock.monotonic() + pause
        return pause

    def succeeded(self, key: Key) -> int:
        """Forget the failures of the key and return how many there were in a row."""
        return self._failed.pop(key, (0, 0.0))[0]

    def clear(self) -> None:
        """Forget the failures of all keys."""
        self._failed.clear()
