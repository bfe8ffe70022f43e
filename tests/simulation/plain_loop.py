"""An event loop in which what one account does moves nothing of another's.

`SeededLoop` lets ready steps overtake one another by one source of chance: a step more of one account would change the
order of all steps of the others after it. Here they keep their places.
"""

import asyncio
import heapq
from collections.abc import Callable
from contextvars import Context
from itertools import count
from typing import Any, TypeVarTuple

from tests.virtual_time import JumpingSelector, VirtualTime

Parts = TypeVarTuple("Parts")


class _Selector(JumpingSelector):
    """Moves time to the very moment of the next timer.

    Time that is summed up from pauses depends in its last digits on whose timers came between.
    """

    next_timer: Callable[[], asyncio.TimerHandle]

    def select(self, timeout: float | None = None) -> list[Any]:
        """Wait for nothing but the next timer."""
        if not timeout:
            return super().select(timeout)
        self._clock.elapsed = max(self._clock.elapsed, self.next_timer().when())
        return []


class _Timer(asyncio.TimerHandle):
    """Timers of the same moment come in the order in which they were set: a heap alone does not keep it."""

    number = 0

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, _Timer):
            return NotImplemented
        return (self.when(), self.number) < (other.when(), other.number)


class PlainLoop(asyncio.SelectorEventLoop):
    """A loop on virtual time whose ready steps and timers keep their order, whoever else has any between them."""

    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, clock: VirtualTime) -> None:
        selector = _Selector(clock)
        super().__init__(selector)
        selector.next_timer = lambda: self._scheduled[0]
        self._clock = clock
        self._numbers = count()

    def time(self) -> float:
        """The clock's time."""
        return self._clock.elapsed

    def call_at(
        self,
        when: float,
        callback: Callable[[*Parts], object],
        *args: *Parts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Set a timer."""
        timer = _Timer(when, callback, args, self, context)
        timer.number = next(self._numbers)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True  # type: ignore[attr-defined]
        return timer
