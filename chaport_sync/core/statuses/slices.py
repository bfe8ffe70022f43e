"""A row of a timeline in slices of equal length, for whoever draws it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from chaport_sync.core.model import INVISIBLE, ONLINE
from chaport_sync.core.statuses.timeline import UNKNOWN, Span

#: What rounding may leave of a second.
_NOTHING = 1e-6


class Shade(Enum):
    """How a slice is drawn: `MOST`, `HALF` and `LITTLE` if it was online for a part of the known time."""

    ONLINE = auto()
    MOST = auto()
    HALF = auto()
    LITTLE = auto()
    INVISIBLE = auto()
    OFFLINE = auto()
    UNKNOWN = auto()


#: The parts of equal size, from the smallest to the largest.
_PARTS = (Shade.LITTLE, Shade.HALF, Shade.MOST)


@dataclass(slots=True)
class _Slice:
    online: float = 0.0
    invisible: float = 0.0
    known: float = 0.0

    @property
    def shade(self) -> Shade:
        if self.known <= _NOTHING:
            return Shade.UNKNOWN
        if self.online > _NOTHING:
            if self.known - self.online <= _NOTHING:
                return Shade.ONLINE
            return _PARTS[int(self.online / self.known * len(_PARTS))]
        return Shade.INVISIBLE if self.invisible * 2 >= self.known else Shade.OFFLINE


def shades(spans: Iterable[Span], start: float, end: float, count: int) -> Sequence[Shade]:
    """Return how each of `count` slices of the time from `start` to `end` (Unix seconds) is drawn."""
    length = (end - start) / count
    found = [_Slice() for _ in range(count)]
    for span in spans:
        if span.status == UNKNOWN:
            continue
        first, last = (min(max(int((at - start) / length), 0), count - 1) for at in (span.start, span.end))
        for place in range(first, last + 1):
            began = start + place * length
            seconds = max(0.0, min(span.end, began + length) - max(span.start, began))
            each = found[place]
            each.known += seconds
            if span.status == ONLINE:
                each.online += seconds
            elif span.status == INVISIBLE:
                each.invisible += seconds
    return [each.shade for each in found]
