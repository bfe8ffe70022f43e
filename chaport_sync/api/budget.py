"""How many units of Deskie may be used in any 60 seconds, and which part is reserved for statuses (P5)."""

from collections import deque
from dataclasses import replace
from math import inf

from chaport_sync.api.allowance import Queue, Share
from chaport_sync.clock import Clock
from chaport_sync.core.spending import Used

#: The period of Deskie's limit and one second more, because requests do not travel equally fast (seconds).
WINDOW = 61.0
#: How often a request looks again while the requests before it fill the whole window (seconds).
LOOK_AGAIN = 1.0
#: The part of the budget that only the status flow may use, and the part that may be used at once after a start.
RESERVED, IN_HAND = 0.25, 0.25
#: Units a minute before an answer has told the account's limit.
UNITS_AT_FIRST = 10


class Window:
    """The units that were used in the last `WINDOW` seconds: each use, the oldest first, and their sum."""

    def __init__(self) -> None:
        self.uses: deque[tuple[float, int]] = deque()
        self.units = 0

    def add(self, at: float, units: int) -> None:
        """Record a use at a time of the monotonic clock."""
        self.uses.append((at, units))
        self.units += units

    def move_to(self, now: float) -> None:
        """Forget the uses that are older than the window."""
        while self.uses and self.uses[0][0] <= now - WINDOW:
            self.units -= self.uses.popleft()[1]

    def by_age(self, now: float) -> tuple[tuple[float, int], ...]:
        """Return pairs of an age in full seconds and the units used then, the oldest first."""
        found: dict[float, int] = {}
        for at, units in self.uses:
            found[int(now - at)] = found.get(int(now - at), 0) + units
        return tuple(found.items())


class Budget(Queue):
    """The units of one Deskie account in any 60 seconds. A quarter is for the status flow only.

    Args:
        configured: `deskie.requests_per_minute`; 0 means half of the account's limit, and 10 until an answer tells it.
        clock: The shell's clock.
        patience: See `Queue`.
        reserve: Whether to reserve the quarter: a status flow runs.
    """

    def __init__(self, configured: int, clock: Clock, patience: float = inf, *, reserve: bool = True) -> None:
        super().__init__(clock, patience)
        self._configured = configured
        self._reserve = RESERVED if reserve else 0.0
        self._told: int | None = None
        self._left: tuple[int, float] | None = None
        self._used, self._used_by_others = Window(), Window()
        self._started: float | None = None

    @property
    def limit(self) -> int:
        """The units that may be used in a minute, as far as it is known now."""
        if self._configured == 0:
            return UNITS_AT_FIRST if self._told is None else max(1, self._told // 2)
        return self._configured if self._told is None else max(1, min(self._configured, self._told))

    @property
    def told(self) -> int | None:
        """The account's own limit in units a minute, None until an answer tells it."""
        return self._told

    def tell(self, limit: int | None, left: int | None, retry_after: float | None) -> None:
        """Use what an answer's headers tell; each may be missing, and can only lower what may be used."""
        if limit is not None and limit > 0:
            self._told = limit
        if left is not None:
            refresh = WINDOW if retry_after is None else min(retry_after, WINDOW)
            self._left = (left, self._clock.monotonic() + refresh)

    def spent(self) -> Used:
        """Return what the next run must know, with the uses that still count, by full seconds."""
        now = self._clock.monotonic()
        self._used.move_to(now)
        self._used_by_others.move_to(now)
        started = None if self._started is None else now - self._started
        uses, others = self._used.by_age(now), self._used_by_others.by_age(now)
        return replace(super().spent(), started=started, uses=uses, uses_by_others=others)

    def go_on_from(self, spent: Used, ago: float) -> None:
        """Take over what an earlier run spent: a start soon after another start gets no units in hand again."""
        super().go_on_from(spent, ago)
        now = self._clock.monotonic()
        if spent.started is not None and ago < WINDOW:
            self._started = now - ago - spent.started
        for window, uses in ((self._used, spent.uses), (self._used_by_others, spent.uses_by_others)):
            for age, units in uses:
                window.add(now - ago - age, units)

    def _room_after(self, ahead: int, units: int, share: Share) -> float:
        now = self._clock.monotonic()
        if self._started is None:
            self._started = now
        self._used.move_to(now)
        delay = self._room_in(self.limit, ahead, units, self._used, now, credit=True)
        if share is not Share.STATUS and self._reserve:
            rest = int(self.limit * (1 - self._reserve))
            self._used_by_others.move_to(now)
            delay = max(delay, self._room_in(rest, ahead, units, self._used_by_others, now, credit=False))
        if self._left is not None:
            left, until = self._left
            if now < until and left < units + ahead:
                delay = max(delay, until - now)
        return delay

    def _room_in(self, limit: int, ahead: int, units: int, used: Window, now: float, *, credit: bool) -> float:
        """Return the seconds until `units` fit into the window, beside the units in it and `ahead` units before them.

        A request that costs more than the limit goes alone. With `credit` a quarter of the limit is there at the start,
        and the rest comes evenly during the first window.
        """
        limit = max(limit, units)
        free = limit - min(ahead + units, limit) - used.units
        delay, times = LOOK_AGAIN if ahead + units > limit else 0.0, iter(used.uses)
        while free < 0:
            at, each = next(times)
            delay, free = max(delay, at + WINDOW - now), free + each
        if credit and self._started is not None:
            withheld = limit * (1 - IN_HAND)
            elapsed = now + delay - self._started
            spare = free - withheld * max(0.0, 1 - elapsed / WINDOW)
            if spare < 0:
                delay = max(delay, self._started + WINDOW * (1 - free / withheld) - now)
        return delay

    def _spend(self, units: int, share: Share) -> None:
        now = self._clock.monotonic()
        self._used.add(now, units)
        if share is not Share.STATUS and self._reserve:
            self._used_by_others.add(now, units)
        if self._left is not None:
            self._left = (self._left[0] - units, self._left[1])
