"""How much of each hour of the week somebody was online."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chaport_sync.core.model import ONLINE
from chaport_sync.core.statuses.timeline import UNKNOWN, Span

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Covered:
    """How many seconds of an hour of the week somebody was online, and of how many it is known."""

    online: float = 0.0
    known: float = 0.0

    @property
    def share(self) -> float | None:
        """The part of the known time, from 0 to 1; None if nothing is known."""
        return self.online / self.known if self.known else None


def coverage(website: Iterable[Span], local: Callable[[float], datetime]) -> Mapping[tuple[int, int], Covered]:
    """Return how each hour of the week was covered, by weekday (Monday is 0) and hour.

    Args:
        website: The stretches of the website.
        local: Returns a time (Unix seconds) as the clocks of the readers show it.
    """
    online, known = defaultdict[tuple[int, int], float](float), defaultdict[tuple[int, int], float](float)
    for span in website:
        at = span.start
        while at < span.end and span.status != UNKNOWN:
            clock = local(at)
            # At least a millisecond, so that rounding cannot hold up the walk.
            until = at + max(HOUR - clock.minute * 60 - clock.second - clock.microsecond / 1e6, 0.001)
            until = min(until, span.end)
            hour = clock.weekday(), clock.hour
            known[hour] += until - at
            if span.status == ONLINE:
                online[hour] += until - at
            at = until
    return {hour: Covered(online[hour], seconds) for hour, seconds in known.items()}
