"""A statement that somebody waits for: in the queue of a session, or under way (K2)."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

import psycopg

from chaport_sync.cluster.opening import ANSWER

Result = TypeVar("Result")
Work = Callable[[psycopg.Connection], Result]


class Unbegun(Exception):
    """The statements before it took too long, and it was taken back."""


class Statement(Generic[Result]):
    """Statements that are run in the thread of a session; whoever asked for it waits `ANSWER` seconds at most.

    In the queue they count from the request, under way from its begin: a session that has much to do is none that
    hangs.

    Args:
        work: Gets the connection.
        clock: Returns seconds; any thread calls it.
    """

    def __init__(self, work: Work[Result], clock: Callable[[], float]) -> None:
        self.work, self._clock, self._began = work, clock, 0.0
        self.done: Future[Result] = Future()

    def begin(self) -> bool:
        """Return whether it is still wanted; from now on it is under way."""
        self._began = self._clock()
        return self.done.set_running_or_notify_cancel()

    def wait(self) -> Result:
        """Return its result, in a thread other than the session's.

        Raises:
            Unbegun: It was not begun in time, and will not be.
            TimeoutError: It is under way for too long.
        """
        left = ANSWER
        while True:
            try:
                return self.done.result(left)
            except TimeoutError:
                left = self._left()

    async def wait_in_loop(self) -> Result:
        """Do what `wait` does, in the loop."""
        waiting, left = asyncio.wrap_future(self.done), ANSWER
        try:
            while not (await asyncio.wait([waiting], timeout=left))[0]:
                left = self._left()
            return waiting.result()
        finally:
            waiting.cancel()

    def _left(self) -> float:
        if self.done.cancel():
            raise Unbegun
        left = self._began + ANSWER - self._clock()
        if left <= 0 and not self.done.done():
            raise TimeoutError
        return max(0.0, left)
