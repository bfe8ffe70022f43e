"""Who may send the next request to a service: the most urgent first; none during a pause (P4, P5)."""

from enum import IntEnum
from itertools import count
from math import inf
from typing import Protocol

from chaport_sync.clock import Clock
from chaport_sync.core.spending import Used

#: A shorter wait is a rounding error (seconds).
AN_INSTANT = 1e-6


class Share(IntEnum):
    """What a request is for, the most urgent first (P5)."""

    STATUS = 0
    DELIVERY = 1
    READING = 2


#: A place in the queue; the lower ticket goes first.
Ticket = tuple[Share, int]


class Held(Exception):
    """The server asked for a pause, of which `seconds` are left. The caller decides whether to wait (P4)."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Allowance(Protocol):
    """Gives a transport leave for each request, and takes the pauses that answers ask for."""

    async def acquire(self, units: int, share: Share) -> None:
        """Wait until `units` may be used; raises `Stopping`, or `Held` at once while the server wants a pause."""

    def hold(self, seconds: float) -> None:
        """Stop all requests for `seconds`, because the server asked for it (P4)."""


class Queue:
    """A queue of requests: the most urgent share is served first, and within a share the oldest request.

    Args:
        clock: The shell's clock.
        patience: The longest pause, in seconds, that the status flow accepts from the server. After a longer one
            the leases that it renews would have ended (P2).
    """

    def __init__(self, clock: Clock, patience: float = inf) -> None:
        self._clock = clock
        self._patience = patience
        self._tickets = count()
        self._waiting: dict[Ticket, int] = {}
        self._held_until = self._statuses_held_until = 0.0

    async def acquire(self, units: int, share: Share) -> None:
        """Wait until no request goes first and there is room; raises `Stopping` or `Held`."""
        ticket = (share, next(self._tickets))
        self._waiting[ticket] = units
        try:
            while (delay := self._delay(ticket)) > AN_INSTANT:
                await self._clock.sleep(delay)
            self._spend(units, share)
        finally:
            del self._waiting[ticket]

    def hold(self, seconds: float) -> None:
        """Serve nobody for `seconds`; the status flow for no longer than its patience."""
        now = self._clock.monotonic()
        self._held_until = max(self._held_until, now + seconds)
        self._statuses_held_until = max(self._statuses_held_until, now + min(seconds, self._patience))

    def spent(self) -> Used:
        """Return what the next run must know: the seconds that are left of a pause."""
        return Used(max(0.0, self._held_until - self._clock.monotonic()))

    def go_on_from(self, spent: Used, ago: float) -> None:
        """Take over what an earlier run spent, `ago` seconds ago: a restart changes nothing for the server (P5)."""
        if (held := spent.held - ago) > 0:
            self.hold(held)

    def _delay(self, ticket: tuple[Share, int]) -> float:
        until = self._statuses_held_until if ticket[0] is Share.STATUS else self._held_until
        held = until - self._clock.monotonic()
        if held > AN_INSTANT:
            raise Held(held)
        return self._room_after(self._ahead_of(ticket), self._waiting[ticket], ticket[0])

    def _ahead_of(self, ticket: Ticket) -> int:
        """Return the units of all requests that go before this one."""
        return sum(units for other, units in self._waiting.items() if other < ticket)

    def _room_after(self, ahead: int, units: int, share: Share) -> float:
        """Return the seconds until `units` may be used, if `ahead` units are used before them."""
        raise NotImplementedError

    def _spend(self, units: int, share: Share) -> None:
        raise NotImplementedError
