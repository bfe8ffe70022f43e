"""How many requests an API takes in a stretch of time."""

import math
from collections import deque
from datetime import datetime, timedelta


class SlidingWindow:
    """What was spent in the last `length`, and when there will be room again.

    The stricter of the two: who keeps within it keeps within a fixed one too.
    """

    def __init__(self, length: timedelta) -> None:
        self._length = length
        self._spent: deque[tuple[datetime, int]] = deque()
        self._sum = 0

    def spent(self, now: datetime) -> int:
        """Units spent in the window that ends now."""
        while self._spent and self._spent[0][0] <= now - self._length:
            self._sum -= self._spent.popleft()[1]
        return self._sum

    def spend(self, price: int, now: datetime) -> None:
        """Count a request."""
        self._spent.append((now, price))
        self._sum += price

    def wait(self, price: int, capacity: int, now: datetime) -> int:
        """Whole seconds until `price` fits, 0 if it fits now; what never fits is told to wait all the same."""
        excess = self.spent(now) + price - capacity
        if excess <= 0:
            return 0
        until = now
        for at, units in self._spent:
            until = at + self._length
            excess -= units
            if excess <= 0:
                break
        return max(1, math.ceil((until - now).total_seconds()))


class FixedWindow:
    """What was spent since the last multiple of `length` on the clock, at which counting starts anew."""

    def __init__(self, length: timedelta) -> None:
        self._length = length.total_seconds()
        self._number = 0
        self._sum = 0

    def spent(self, now: datetime) -> int:
        """Units spent in the window that contains now."""
        number = int(now.timestamp() // self._length)
        if number != self._number:
            self._number, self._sum = number, 0
        return self._sum

    def spend(self, price: int, now: datetime) -> None:
        """Count a request."""
        self._sum = self.spent(now) + price

    def wait(self, price: int, capacity: int, now: datetime) -> int:
        """Whole seconds until `price` fits, 0 if it fits now; what never fits is told to wait all the same."""
        if self.spent(now) + price <= capacity:
            return 0
        return max(1, math.ceil(self._length - now.timestamp() % self._length))
