"""Steps of the wall clock: stored moments are changed, so that no pause ends too early or lasts for ever."""

from contextlib import suppress

from chaport_sync.clock import Clock
from chaport_sync.core.ledger import PARKED_PAUSE, UNCLEAR_PAUSE
from chaport_sync.core.transcripts.cases import SEARCH_PAUSE_MOST
from chaport_sync.store import Store, StoreError


class ClockSteps:
    """Redates the stored moments of chats when the wall clock was set, and at each start.

    The last process may have had another clock. Also, a line may have been sent later than it was recorded, so after a
    crash its time does not tell how long ago that was (P1).

    Args:
        store: The state file, which holds moments of the wall clock.
        clock: The shell's clock.
        read: The longest pause between two readings of a fresh chat, in seconds.
    """

    def __init__(self, store: Store, clock: Clock, *, read: float) -> None:
        self._store = store
        self._clock = clock
        self._read = read
        self._steps = -1
        self._steady_since = clock.monotonic()
        with suppress(StoreError):  # the first cycle tries again, and logs the error
            self._redate()

    @property
    def steady_for(self) -> float:
        """Return the seconds since the start, or since the last step of the clock."""
        return self._clock.monotonic() - self._steady_since

    def look(self) -> bool:
        """Redate if the clock stepped, or the machine was suspended, since the last look; return whether it did.

        Raises:
            StoreError: The disk refuses; the next look tries again.
        """
        self._clock.now()
        stepped = self._clock.steps != self._steps
        if stepped:
            self._redate()
        return stepped

    def _redate(self) -> None:
        self._steady_since, now, steps = self._clock.monotonic(), self._clock.now(), self._clock.steps
        self._store.redate(now, unclear=UNCLEAR_PAUSE, parked=PARKED_PAUSE, search=SEARCH_PAUSE_MOST, read=self._read)
        self._steps = steps
