"""Whether a service works for a flow: changes are logged, and a failing service is asked less often (P4)."""

import random
from math import inf

import structlog

from chaport_sync.api.errors import ApiError, Forbidden, Missing, Rejected, Throttled, Unauthorised
from chaport_sync.clock import Clock
from chaport_sync.sync.backoff import Backoff

log = structlog.get_logger()

#: The pause after a refused login or permission (seconds): a person must act first, so trying often is useless.
PERSON_NEEDED = 300.0


class Health:
    """One flow's relation to one `service`; `error` is what failed last, empty while it works.

    Args:
        flow: The name of the flow, for the log.
        service: The name of the service, for people: "Deskie", "Chaport".
        poll: The pause after the first failure, in seconds.
        most: The longest pause after further failures, in seconds.
        patience: The longest pause that the server may ask for, in seconds.
        clock: The shell's clock.
        chance: The random numbers for the jitter.
    """

    def __init__(
        self,
        flow: str,
        service: str,
        *,
        poll: float,
        most: float,
        clock: Clock,
        chance: random.Random,
        patience: float = inf,
    ) -> None:
        self._flow = flow
        self.service = service
        self._patience = patience
        self._backoff = Backoff[str](clock, first=poll, most=most, chance=chance)
        self.error = ""
        self._person_told = False

    @property
    def failing(self) -> bool:
        """Whether the last attempt failed."""
        return self._backoff.failures(self.service) > 0

    @property
    def resting(self) -> bool:
        """Whether the pause after a failure is not over yet."""
        return self._backoff.left(self.service) > 0

    def succeeded(self) -> None:
        """Note a good answer, and log it if it ends a failure."""
        if failures := self._backoff.succeeded(self.service):
            log.info("poll.recovered", flow=self._flow, service=self.service, failures=failures)
        self._person_told, self.error = False, ""

    def failed(self, error: Exception | str) -> None:
        """Note a failure and set the pause: it doubles each time, unless the server says how long to wait."""
        person = isinstance(error, Unauthorised | Forbidden)
        pause = PERSON_NEEDED if person else None
        if isinstance(error, ApiError) and error.retry_after is not None:
            pause = min(error.retry_after, self._patience)
        self._backoff.failed(self.service, pause)
        self.error = str(error)
        failures = self._backoff.failures(self.service)
        if failures == 1 or (person and not self._person_told):
            tell = log.error if person else log.warning
            tell("poll.failed", flow=self._flow, service=self.service, error=str(error), failures=failures)
        self._person_told = self._person_told or person


def concerns_everything(error: ApiError) -> bool:
    """Return whether a failure with one record means that all others fail too: 401, 429 (P3, P4)."""
    return isinstance(error, Unauthorised | Throttled)


def concerns_record(error: ApiError) -> bool:
    """Return whether a failure concerns one record only: 403, 404 or a rejection of a path below a list (P3)."""
    below_a_list = error.request.count("/") > 1
    return below_a_list and isinstance(error, Forbidden | Missing | Rejected)
