"""When mirroring began: the line between what is mirrored and what is history (T6)."""

from chaport_sync.api.service_clock import ServiceClock
from chaport_sync.clock import Clock
from chaport_sync.store import Store

#: What differs by less is not worth writing (seconds).
AN_INSTANT = 1.0


class Beginning:
    """The first start with a state file, in Chaport's time, which is that of what is written in chats.

    This machine's clock may be wrong just then: it has booted and has not yet been set.
    """

    def __init__(self, store: Store, clock: Clock, there: ServiceClock) -> None:
        self._store = store
        self._clock = clock
        self._there = there
        self._noted_at: float | None = None
        self._looked: tuple[bool, int] | None = None

    @property
    def at(self) -> float:
        """The first start (Unix seconds)."""
        return float(self._store.marks.recall("first_start", 0.0))

    def note(self) -> None:
        """Note the first start, by whatever clock there is: what is written from now on counts."""
        if self._store.marks.recall("first_start") is None:
            self._noted_at = None if self._there.known else self._clock.monotonic()
            self._store.marks.remember(first_start=self._there.now())

    def correct(self) -> None:
        """Bring it into Chaport's time once that is known, and let no beginning lie in the future."""
        now = self._there.now()
        if self._noted_at is not None and self._there.known:
            began = now - (self._clock.monotonic() - self._noted_at)
            self._noted_at = None
            if abs(began - self.at) > AN_INSTANT:
                self._store.marks.remember(first_start=began)
        # Once Chaport's time is known it does not step; without it, each step of this machine's clock may tell more.
        looked = (self._there.known, 0 if self._there.known else self._clock.steps)
        if looked != self._looked:
            self._looked = looked
            self._store.begin_by(now)
