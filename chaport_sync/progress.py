"""Whether work goes on (P10): when something of it was done last, and until when it waits on purpose."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: No wait of ours is longer; one that is counts as standing still after so many seconds.
LONGEST_WAIT = 120.0


class Progress:
    """The progress of one flow, by a clock that never steps.

    Args:
        monotonic: Gives that clock's seconds; any thread may ask it.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._at = monotonic()

    @property
    def idle(self) -> float:
        """Seconds since anything was done, or since a wait was over; 0 while it waits."""
        return max(0.0, self._monotonic() - self._at)

    def made(self, wait: float = 0.0) -> None:
        """Take note that something was done, and that nothing is to be expected for `wait` seconds."""
        self._at = max(self._at, self._monotonic() + min(wait, LONGEST_WAIT))

    @contextmanager
    def of_this(self) -> Iterator[None]:
        """Take for its own whatever is done while the block runs, and in the tasks that it begins."""
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)
            self.made()


_CURRENT: ContextVar[Progress | None] = ContextVar("progress", default=None)


def made_progress(wait: float = 0.0) -> None:
    """Say that a step of the work was done, and how many seconds will be waited now; the flow that does it hears it."""
    progress = _CURRENT.get()
    if progress is not None:
        progress.made(wait)
