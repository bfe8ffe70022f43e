"""Whose turn it is to ask a service: waiting in line, the more urgent first, and leaving it alone (P4, P5)."""

from enum import IntEnum
from itertools import count
from math import inf
from typing import Protocol

from chaport_sync.clock import Clock
from chaport_sync.core.spending import Used

#: Shorter waits are rounding errors (seconds).
AN_INSTANT = 1e-6


class Share(IntEnum):
    """Who goes first when not everybody can (P5)."""

    STATUS = 0
    DELIVERY = 1
    READING = 2


#: Whose turn it is: a lower one goes first.
Ticket = tuple[Share, int]


class Held(Exception):
    """The server wants to be left alone for `seconds` more; waiting that long is not a queue's business (P4)."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Allowance(Protocol):
    """What a transport asks before each request, and tells what the answers say."""

    async def acquire(self, units: int, share: Share) -> None:
        """Wait until `units` may be used; raises `Stopping`, or `Held` without waiting."""

    def hold(self, seconds: float) -> None:
        """Let nobody send anything for so long: the server said so (P4)."""


class Queue:
    """Waiting in line: whoever comes first of the most urgent share is served first.

    Args:
        clock: The shell's clock.
        patience: So long, in seconds, the status flow waits at most when the server wants to be left alone: what it
            keeps online would run out (P2).
    """

    def __init__(self, clock: Clock, patience: float = inf) -> None:
        self._clock = clock
        self._patience = patience
        self._tickets = count()
        self._waiting: dict[Ticket, int] = {}
        self._held_until = self._statuses_held_until = 0.0

    async def acquire(self, units: int, share: Share) -> None:
        """Wait for one's turn and for room; raises `Stopping` or `Held`."""
        ticket = (share, next(self._tickets))
        self._waiting[ticket] = units
        try:
            while (delay := self._delay(ticket)) > AN_INSTANT:
                await self._clock.sleep(delay)
            self._spend(units, share)
        finally:
            del self._waiting[ticket]

    def hold(self, seconds: float) -> None:
        """Serve nobody for so many seconds."""
        now = self._clock.monotonic()
        self._held_until = max(self._held_until, now + seconds)
        self._statuses_held_until = max(self._statuses_held_until, now + min(seconds, self._patience))

    def spent(self) -> Used:
        """Return what is to be remembered for the next run."""
        return Used(max(0.0, self._held_until - self._clock.monotonic()))

    def go_on_from(self, spent: Used, ago: float) -> None:
        """Go on from what an earlier run gave so many seconds ago: the server knows nothing of restarts (P5)."""
        if (held := spent.held - ago) > 0:
            self.hold(held)

    def _delay(self, ticket: tuple[Share, int]) -> float:
        until = self._statuses_held_until if ticket[0] is Share.STATUS else self._held_until
        held = until - self._clock.monotonic()
        if held > AN_INSTANT:
            raise Held(held)
        return self._room_after(self._ahead_of(ticket), self._waiting[ticket], ticket[0])

    def _ahead_of(self, ticket: Ticket) -> int:
        """Return the units that are to be used before this one's."""
        return sum(units for other, units in self._waiting.items() if other < ticket)

    def _room_after(self, ahead: int, units: int, share: Share) -> float:
        """Return the seconds until `units` may be used, when `ahead` were used before them."""
        raise NotImplementedError

    def _spend(self, units: int, share: Share) -> None:
        raise NotImplementedError
