"""Time, as the shell sees it: the clocks, a sleep, and what may take any time. Tests replace this object."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from chaport_sync.progress import made_progress

#: Clocks that are kept right drift less than this between two looks at them (seconds).
DRIFT = 2.0

#: A clock that is wrong at a start is mostly put right by then; until then nothing is forgotten by it (seconds).
STEADY = 3600.0


async def give_way() -> None:
    """Let everything else run that is due, between two parts of a long computation.

    What has waited for a moment that came meanwhile needs three turns of the loop: one to see that, one to wake it up,
    and one to run.
    """
    made_progress()
    for _ in range(3):
        await asyncio.sleep(0)


class Stopping(Exception):
    """The daemon is to stop; whoever waited has done nothing since."""


class Clock:
    """The real clocks, and a sleep that ends at once when the daemon is to stop (P8).

    Whoever asks for the time lets it compare the wall clock with the one that never steps, so that no moment is told by
    a wrong clock without its being noticed. From outside, a suspension is a step ahead too.

    Attributes:
        steps: How many times the wall clock was seen to be set.
        set_back: By how many seconds in all it was set back.
    """

    def __init__(self) -> None:
        self._stop = asyncio.Event()
        self._lead: float | None = None
        self.steps = 0
        self.set_back = 0.0

    def now(self) -> float:
        """Return the wall clock's time in Unix seconds."""
        wall = self.wall()
        with suppress(RuntimeError):  # the other one is the loop's, and there may be none
            self._compare(wall - self.monotonic())
        return wall

    def wall(self) -> float:
        """Read the wall clock."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds that never go back; the running loop's, so that tests control them with the loop."""
        return asyncio.get_running_loop().time()

    def _compare(self, lead: float) -> None:
        step = 0.0 if self._lead is None else lead - self._lead
        self._lead = lead
        if abs(step) > DRIFT:
            self.steps += 1
            self.set_back += max(0.0, -step)

    async def sleep(self, seconds: float) -> None:
        """Wait.

        Raises:
            Stopping: The daemon is to stop.
        """
        made_progress(seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._stop.wait()
        if self.stopping:
            raise Stopping

    async def beside(self, work: Callable[[], None]) -> None:
        """Do what may block for any time, such as waiting for a disk, while everything else goes on.

        It has a thread of its own: those that all share may be waiting for a name server, and no end of the process
        waits for this one.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def tell(error: BaseException | None) -> None:
            if done.done():
                return
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        def run() -> None:
            failed = None
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - whoever waits gets it
                failed = error
            with suppress(RuntimeError):  # nobody waits any more: the loop is closed
                loop.call_soon_threadsafe(tell, failed)

        threading.Thread(target=run, daemon=True).start()
        await done

    def stop(self) -> None:
        """End every wait, now and from now on."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether the daemon is to stop: asked at each safe point."""
        return self._stop.is_set()
