"""Logging that this machine's clock and a service's clock differ, and that they agree again."""

from collections.abc import Mapping
from contextlib import suppress

import structlog

from chaport_sync.api.connection import ServiceClock
from chaport_sync.clock import Clock
from chaport_sync.core.skew import ClocksAhead, in_words, is_news, worth_a_word
from chaport_sync.store import Store, StoreError

log = structlog.get_logger()

#: A difference is logged when it has lasted so long (seconds): one machine of the service may have a wrong clock.
LASTS = 60.0


class ServiceClocks:
    """Remembers the logged difference of each service's clock, also in the state file for `status`."""

    def __init__(self, clocks: Mapping[str, ServiceClock], store: Store, clock: Clock) -> None:
        self._clocks = clocks
        self._store = store
        self._clock = clock
        self._told: dict[str, float] = {}
        self._news_since: dict[str, float] = {}

    def look(self) -> None:
        """Log differences that began or ended, and record them."""
        now = self._clock.monotonic()
        for service, clock in self._clocks.items():
            if not is_news(self._told.get(service, 0.0), clock.ahead):
                self._news_since.pop(service, None)
            elif now - self._news_since.setdefault(service, now) >= LASTS:
                self._tell(service, clock.ahead)
        found = ClocksAhead({service: seconds for service, seconds in self._told.items() if seconds})
        with suppress(StoreError):  # the flows log that the disk is full
            if found != self._store.marks.get(ClocksAhead):
                self._store.marks.put(found)

    def _tell(self, service: str, ahead: float) -> None:
        self._told[service] = worth_a_word(ahead)
        del self._news_since[service]
        if self._told[service]:
            log.warning("clock.differs", service=service, seconds=round(ahead), hint=in_words(service, ahead))
        else:
            log.info("clock.agrees", service=service)
