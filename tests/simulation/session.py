"""A state in a cluster: each life has a session in the database, and knows by its clock whether that lives."""

from collections.abc import Callable

from tests.simulation.state_log import StateLog
from tests.store.logs import MemoryLog, Way

#: A worker knows for so long after its session was last heard that it holds the account (seconds).
HOLDS = 5.0


class Session(Way):
    """A worker's session, by which it reaches a log and holds the account.

    Attributes:
        heard_at: When it was heard last, by `clock`; None while it is well.
        on_append: Is called after the next change that was added.
    """

    def __init__(self, log: MemoryLog, clock: Callable[[], float]) -> None:
        super().__init__(log)
        self.clock = clock
        self.heard_at: float | None = None
        self.on_append: Callable[[], None] | None = None

    def append(self, seq: int, body: bytes) -> None:
        """Add a change, if it reaches the log."""
        super().append(seq, body)
        act, self.on_append = self.on_append, None
        if act is not None:
            act()

    def holding(self) -> bool:
        """Return whether it was heard a short time ago."""
        return self.heard_at is None or self.clock() - self.heard_at < HOLDS


class StateInCluster(StateLog):
    """A log that loses at each death what was not appended, and the session of the life that runs."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        super().__init__(loses=True)

    def refuse(self, *, refuses: bool) -> bool:
        """Let the database be away, or back."""
        self.session.heard_at = self._clock() if refuses else None
        return super().refuse(refuses=refuses)

    @property
    def session(self) -> Session:
        """The session of the life that runs."""
        assert isinstance(self._way, Session)
        return self._way

    def _way_to(self, log: MemoryLog) -> Session:
        return Session(log, self._clock)
