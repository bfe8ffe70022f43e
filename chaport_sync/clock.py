"""The clocks, a sleep, blocking work in a thread, and whether a flow makes progress (P10).

Tests replace the clock by a virtual one.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from contextvars import ContextVar

#: A correct clock drifts less than this between two readings; a larger difference is a step (seconds).
DRIFT = 2.0

#: Nothing old is deleted for so long after a start, because the clock may be wrong until it is set (seconds).
STEADY = 3600.0

#: The longest wait that counts as progress; after it, a flow that still waits stands still (seconds).
LONGEST_WAIT = 120.0


class Progress:
    """The progress of one flow, by the monotonic clock.

    Args:
        monotonic: Returns that clock's seconds; any thread may call it.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._at = monotonic()

    @property
    def idle(self) -> float:
        """Return the seconds since the flow did something, or since its wait ended; 0 while it waits."""
        return max(0.0, self._monotonic() - self._at)

    def made(self, wait: float = 0.0) -> None:
        """Note that the flow did something, and that it will wait for `wait` seconds now."""
        self._at = max(self._at, self._monotonic() + min(wait, LONGEST_WAIT))

    @contextmanager
    def of_this(self) -> Iterator[None]:
        """Count `made_progress` for this flow while the block runs, also in the tasks that the block begins."""
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)
            self.made()


_CURRENT: ContextVar[Progress | None] = ContextVar("progress", default=None)


def made_progress(wait: float = 0.0) -> None:
    """Note for the flow that is running that it did something, and that it will wait for `wait` seconds now."""
    progress = _CURRENT.get()
    if progress is not None:
        progress.made(wait)


async def give_way() -> None:
    """Let other tasks run between two parts of a long computation.

    A task whose sleep has ended needs three turns of the loop: one that sees the end, one that wakes the task, and one
    that runs it.
    """
    made_progress()
    for _ in range(3):
        await asyncio.sleep(0)


class Stopping(Exception):
    """The daemon is to stop; the task that was waiting has done nothing more."""


class Clock:
    """The real clocks, and a sleep that ends at once when the daemon is to stop (P8).

    Each call of `now` compares the wall clock with the monotonic clock, so that a step of the wall clock is noticed at
    once. A suspended machine looks like a step forward.

    Attributes:
        steps: How many steps of the wall clock were noticed.
        set_back: The sum of all steps backward, in seconds.
    """

    def __init__(self) -> None:
        self._stop = asyncio.Event()
        self._lead: float | None = None
        self.steps = 0
        self.set_back = 0.0

    def now(self) -> float:
        """Return the wall clock's time in Unix seconds."""
        wall = self.wall()
        with suppress(RuntimeError):  # the monotonic clock is the loop's, and no loop may run
            self._compare(wall - self.monotonic())
        return wall

    def wall(self) -> float:
        """Return the wall clock's time in Unix seconds, without looking for a step."""
        return time.time()

    def monotonic(self) -> float:
        """Return the seconds of the running loop, which never go back; tests control them with the loop."""
        return asyncio.get_running_loop().time()

    def _compare(self, lead: float) -> None:
        step = 0.0 if self._lead is None else lead - self._lead
        self._lead = lead
        if abs(step) > DRIFT:
            self.steps += 1
            self.set_back += max(0.0, -step)

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds.

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
        """Do blocking work, such as a wait for the disk, in a thread, and raise what it raises.

        The thread is a new one: the shared threads may be busy with a slow name server. The end of the process does not
        wait for it.
        """
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()  # the work goes on if the task that waits for it is cancelled

        def run() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - the waiting task gets it
                done.set_exception(error)
            else:
                done.set_result(None)

        threading.Thread(target=run, daemon=True).start()
        await asyncio.wrap_future(done)

    def stop(self) -> None:
        """End every wait, now and from now on."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Return whether the daemon is to stop; flows ask at each safe point."""
        return self._stop.is_set()
