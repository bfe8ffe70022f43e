"""The clock of a service, read from the `Date` header of its answers."""

from collections.abc import Mapping

from chaport_sync.api.decode import moment
from chaport_sync.clock import Clock
from chaport_sync.core.skew import ahead


class ServiceClock:
    """The time at a service; between its answers the time goes on by the monotonic clock.

    Attributes:
        ahead: The seconds by which this machine's clock was certainly ahead of the service's at the last answer.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lead: float | None = None
        self.ahead = 0.0

    def note_date(self, headers: Mapping[str, str], sent: float) -> None:
        """Use an answer's `Date`; its request was sent at `sent` (seconds of the monotonic clock)."""
        date = moment(headers.get("date"))
        if date is not None:
            now, monotonic = self._clock.now(), self._clock.monotonic()
            self.ahead = ahead(date, now - (monotonic - sent), now)
            # If the clocks differ, the answer's date is the best that is known; it may be a little early, never late.
            self._lead = (date if self.ahead else now) - monotonic

    @property
    def known(self) -> bool:
        """Whether any answer has told the time there."""
        return self._lead is not None

    def now(self) -> float:
        """Return the time there in Unix seconds; this machine's time while no answer has told it."""
        return self._clock.now() if self._lead is None else self._clock.monotonic() + self._lead
