"""The clock of a service, as the `Date` of its answers tells it."""

from collections.abc import Mapping

from chaport_sync.api.decode import moment
from chaport_sync.clock import Clock
from chaport_sync.core.skew import ahead


class ServiceClock:
    """What time it is at a service; it goes on from its last answer by the clock that never steps.

    Attributes:
        ahead: For how many seconds this machine's clock was certainly ahead of it at the last answer.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lead: float | None = None
        self.ahead = 0.0

    def heard(self, headers: Mapping[str, str], sent: float) -> None:
        """Take over what an answer says, whose request was sent at `sent`, in seconds of the clock that never steps."""
        date = moment(headers.get("date"))
        if date is not None:
            now, monotonic = self._clock.now(), self._clock.monotonic()
            self.ahead = ahead(date, now - (monotonic - sent), now)
            # Where the clocks are apart, the answer's word is the best there is; it is a little early, never late.
            self._lead = (date if self.ahead else now) - monotonic

    @property
    def known(self) -> bool:
        """Whether any answer has said what time it is there."""
        return self._lead is not None

    def now(self) -> float:
        """Return the time there in Unix seconds; this machine's while nothing is known."""
        return self._clock.now() if self._lead is None else self._clock.monotonic() + self._lead
