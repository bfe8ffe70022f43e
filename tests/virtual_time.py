"""Time that only passes when everybody waits: no test sleeps, and a day takes as long as its work."""

import asyncio
import selectors
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class VirtualTime:
    """Seconds since `START`; the event loop's time and the sandbox's are the same."""

    def __init__(self) -> None:
        self.elapsed = 0.0

    def now(self) -> datetime:
        """The sandbox's clock."""
        return START + timedelta(seconds=self.elapsed)

    def advance(self, seconds: float) -> None:
        """Let time pass while nothing runs."""
        self.elapsed += seconds


class JumpingSelector(selectors.SelectSelector):
    """Instead of waiting for time to pass, moves it. It asks no socket, as no test has one in virtual time."""

    def __init__(self, clock: VirtualTime) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """No test waits for anything but time."""
        if timeout is None:
            raise RuntimeError("everything waits for something that cannot happen")
        self._clock.advance(max(0.0, timeout))
        return []


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop in which sleeping takes no time."""

    def __init__(self, clock: VirtualTime) -> None:
        super().__init__(JumpingSelector(clock))
        self._clock = clock

    def time(self) -> float:
        """The clock's time."""
        return self._clock.elapsed
