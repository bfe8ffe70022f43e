"""Who may send the next request to a service: the most urgent first; none during a pause (P4, P5)."""

from collections.abc import Mapping
from enum import IntEnum
from itertools import count
from math import inf

from chaport_sync.clock import Clock
from chaport_sync.core.spending import Used

#: A shorter wait is a rounding error (seconds).
AN_INSTANT = 1e-6
#: After so many requests of the status flow to Chaport one of another flow goes first, if any waits.
IN_A_ROW = 3


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


class RequestQueue:
    """The requests to one account that wait: the most urgent share goes first, and within a share the oldest request.

    Args:
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
        """Wait until no request goes first and there is room; raises `Stopping`, or `Held` during a pause."""
        ticket = (share, next(self._tickets))
        self._waiting[ticket] = units
        try:
            while (delay := self._delay(ticket)) > AN_INSTANT:
                await self._clock.sleep(delay)
            self._spend(units, share)
        finally:
            del self._waiting[ticket]

    @property
    def has_room(self) -> bool:
        """Whether nothing waits, and a reading would be sent at once."""
        return not self._waiting and self._room_after(0, 1, Share.READING) <= AN_INSTANT

    def hold(self, seconds: float) -> None:
        """Serve nobody for `seconds`, as the server asked; the status flow for no longer than its patience."""
        now = self._clock.monotonic()
        self._held_until = max(self._held_until, now + seconds)
        self._statuses_held_until = max(self._statuses_held_until, now + min(seconds, self._patience))

    def note_headers(self, headers: Mapping[str, str]) -> None:
        """Use what an answer's headers tell of the account's limit; Chaport's tell nothing."""

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


class Pace(RequestQueue):
    """At most so many requests to Chaport a second, evenly; it documents no limit (Chaport reference, 8.7).

    The status flow goes first. But writing many statuses takes minutes, so other flows get every fourth request.
    """

    def __init__(self, per_second: float, clock: Clock, patience: float = inf) -> None:
        super().__init__(clock, patience)
        self._interval = 1 / per_second
        self._next = 0.0
        self._in_a_row = 0

    async def acquire(self, units: int, share: Share) -> None:  # noqa: ARG002 - a request is a request
        """Wait until no request goes first; raises `Stopping` or `Held`."""
        await super().acquire(1, share)

    def _ahead_of(self, ticket: Ticket) -> int:
        others = sum(1 for share, _ in self._waiting if share is not Share.STATUS)
        statuses, before = len(self._waiting) - others, super()._ahead_of(ticket)
        if ticket[0] is Share.STATUS:
            return before + min(others, (self._in_a_row + before) // IN_A_ROW)
        others_before = before - statuses
        return others_before + min(statuses, max(0, IN_A_ROW * (others_before + 1) - self._in_a_row))

    def _room_after(self, ahead: int, units: int, share: Share) -> float:  # noqa: ARG002 - the line's order is enough
        return self._next + ahead * self._interval - self._clock.monotonic()

    def _spend(self, units: int, share: Share) -> None:  # noqa: ARG002
        others_wait = any(other is not Share.STATUS for other, _ in self._waiting)
        self._in_a_row = self._in_a_row + 1 if share is Share.STATUS and others_wait else 0
        self._next = self._clock.monotonic() + self._interval
