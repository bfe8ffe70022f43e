"""Time, as the shell sees it: one wall clock, one monotonic clock, one sleep. Tests replace this object."""

import asyncio
import time
from contextlib import suppress


class Stopping(Exception):
    """The daemon is to stop; whoever waited has done nothing since."""


class Clock:
    """The real clocks, and a sleep that ends at once when the daemon is to stop (P8)."""

    def __init__(self) -> None:
        self._stop = asyncio.Event()

    def now(self) -> float:
        """Give the wall clock's time in Unix seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Give seconds that never go back; the running loop's, so that tests control them with the loop."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait.

        Raises:
            Stopping: The daemon is to stop.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._stop.wait()
        if self.stopping:
            raise Stopping

    def stop(self) -> None:
        """End every wait, now and from now on."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether the daemon is to stop: asked at each safe point."""
        return self._stop.is_set()
