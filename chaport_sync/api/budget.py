"""How much may be asked of Deskie: units in any 60 seconds, and the part that is kept for statuses (P5)."""

from collections import deque
from dataclasses import replace
from math import inf

from chaport_sync.api.allowance import Queue, Share
from chaport_sync.clock import Clock
from chaport_sync.core.spending import Used

#: The period of Deskie's limit in seconds (Deskie reference, 1.1) and one more: requests do not travel equally fast.
WINDOW = 61.0
#: Whoever waits for others who fill the window looks again this often (seconds).
TURN = 1.0
#: The part of the budget that only the status flow may use, and the part in hand at a start.
RESERVED, IN_HAND = 0.25, 0.25
#: Units a minute until the account has said its limit.
UNTOLD = 10


class Window:
    """What was used in the last `WINDOW` seconds: each use, the oldest first, and the units of all."""

    def __init__(self) -> None:
        self.uses: deque[tuple[float, int]] = deque()
        self.units = 0

    def add(self, at: float, units: int) -> None:
        """Take note of a use."""
        self.uses.append((at, units))
        self.units += units

    def move_to(self, now: float) -> None:
        """Forget what is too old to count."""
        while self.uses and self.uses[0][0] <= now - WINDOW:
            self.units -= self.uses.popleft()[1]

    def by_age(self, now: float) -> tuple[tuple[float, int], ...]:
        """Return the units that were used so many full seconds ago, the oldest first."""
        found: dict[float, int] = {}
        for at, units in self.uses:
            found[int(now - at)] = found.get(int(now - at), 0) + units
        return tuple(found.items())


class Budget(Queue):
    """Units in any 60 seconds, of which a quarter is the status flow's alone.

    Args:
        configured: `deskie.requests_per_minute`; 0 stands for half of what the account says, 10 until it does.
        clock: The shell's clock.
        patience: As of every queue.
        reserve: Whether a status flow runs, for which a quarter is reserved.
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
        """The units a minute that may be used, as far as is known now."""
        if self._configured == 0:
            return UNTOLD if self._told is None else max(1, self._told // 2)
        return self._configured if self._told is None else max(1, min(self._configured, self._told))

    @property
    def told(self) -> int | None:
        """The account's own limit, as its answers say it."""
        return self._told

    def tell(self, limit: int | None, left: int | None, retry_after: float | None) -> None:
        """Take over what an answer's headers say; all of them are optional and can only lower what may be used."""
        if limit is not None and limit > 0:
            self._told = limit
        if left is not None:
            refresh = WINDOW if retry_after is None else min(retry_after, WINDOW)
            self._left = (left, self._clock.monotonic() + refresh)

    def spent(self) -> Used:
        """Return what is to be remembered, with the uses that count yet, by full seconds."""
        now = self._clock.monotonic()
        self._used.move_to(now)
        self._used_by_others.move_to(now)
        started = None if self._started is None else now - self._started
        uses, others = self._used.by_age(now), self._used_by_others.by_age(now)
        return replace(super().spent(), started=started, uses=uses, uses_by_others=others)

    def go_on_from(self, spent: Used, ago: float) -> None:
        """Go on from what an earlier run gave: a start soon after another one has no further units in hand."""
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
        """Return the seconds until `units` fit into the window, beside what it holds and what goes ahead of them.

        A request that costs more than the limit goes alone. `credit`: a start begins with a quarter in hand; the rest
        comes in evenly over the first window.
        """
        limit = max(limit, units)
        free = limit - min(ahead + units, limit) - used.units
        delay, times = TURN if ahead + units > limit else 0.0, iter(used.uses)
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
