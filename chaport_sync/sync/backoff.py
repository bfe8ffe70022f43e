"""Asking less and less often what fails (P3, P4)."""

import random
from collections.abc import Hashable
from typing import Generic, TypeVar

from chaport_sync.clock import Clock

Key = TypeVar("Key", bound=Hashable)

#: The longest pause while a service or a record fails (seconds).
LONGEST_PAUSE = 300.0
#: So many failures in a row mean that the service fails, not the record (P3).
FAILURES = 2
#: A pause that is doubled more often is longer than any bound.
MOST_DOUBLINGS = 20


class Backoff(Generic[Key]):
    """Remembers by key how often something failed in a row, and how long it is left alone.

    A pause is doubled with each failure. It ends by the clock that never steps.

    Args:
        clock: The shell's clock.
        first: The pause after the first failure, in seconds.
        most: The longest pause, in seconds.
        chance: Makes a pause up to a half shorter, so that not everybody comes back at once; None is exact.
    """

    def __init__(self, clock: Clock, *, first: float, most: float, chance: random.Random | None = None) -> None:
        self._clock = clock
        self._first = first
        self._most = most
        self._chance = chance
        self._failed: dict[Key, tuple[int, float]] = {}

    def failures(self, key: Key) -> int:
        """Return how often it failed since it last did not."""
        return self._failed.get(key, (0, 0.0))[0]

    def left(self, key: Key) -> float:
        """Return for how many seconds it is still left alone, in whole milliseconds."""
        return round(max(0.0, self._failed.get(key, (0, 0.0))[1] - self._clock.monotonic()), 3)

    def until(self, key: Key, now: float) -> float | None:
        """Return when, by the clock that says `now`, it may be tried again; None if at once."""
        left = self.left(key)
        return now + left if left else None

    def failed(self, key: Key, pause: float | None = None) -> float:
        """Take note of a failure and return the pause that follows, in seconds; `pause` is one that is asked for."""
        before = self.failures(key)
        if pause is None:
            pause = min(self._first * 2.0 ** min(before, MOST_DOUBLINGS), self._most)
            if self._chance is not None:
                pause = self._chance.uniform(pause / 2, pause)
        self._failed[key] = before + 1, self._clock.monotonic() + pause
        return pause

    def succeeded(self, key: Key) -> int:
        """Forget the failures and return how many there were in a row."""
        return self._failed.pop(key, (0, 0.0))[0]

    def clear(self) -> None:
        """Forget all failures."""
        self._failed.clear()
