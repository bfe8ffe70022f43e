"""The pace of requests to Chaport (P5)."""

from math import inf

from chaport_sync.api.allowance import Queue, Share, Ticket
from chaport_sync.clock import Clock

#: After so many requests of the status flow one of another flow goes first, if any waits.
IN_A_ROW = 3


class Pace(Queue):
    """At most so many requests a second, evenly; Chaport documents no limit (Chaport reference, 8.7).

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
