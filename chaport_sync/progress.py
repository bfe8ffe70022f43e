"""Whether a flow makes progress (P10): when it did something last, and how long it waits on purpose."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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
