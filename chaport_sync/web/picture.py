"""Timelines as pictures: each stretch is a block, whose place and width are in units of the picture's width."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from chaport_sync.core.model import DAY, INVISIBLE, OFFLINE, ONLINE
from chaport_sync.core.statuses.timeline import UNKNOWN, Span
from chaport_sync.times import span as duration

#: The width of a picture in units: a minute of a day.
WIDTH = 1440.0
#: Shorter stretches of an operator go into the one before.
NARROWEST = 0.5
#: On the website even a short absence has so many units, so that it can be seen on a telephone.
SHORTEST_ABSENCE = 4.0
#: So many stretches are told to who listens to the page instead of seeing it.
TOLD = 12
KNOWN = (ONLINE, INVISIBLE, OFFLINE)


class Block(NamedTuple):
    """One stretch: its place from the left, its width, its kind for the style, and what it is in words."""

    x: float
    width: float
    kind: str
    title: str


class Strip(NamedTuple):
    """One row of a picture: whose it is, its blocks, how long it was online, and all of it in words."""

    label: str
    blocks: Sequence[Block]
    total: str
    words: str
    website: bool


def strip(label: str, spans: Iterable[Span], start: float, end: float, *, website: bool = False) -> Strip:
    """Return the picture of some stretches between `start` and `end` (Unix seconds)."""
    scale = WIDTH / (end - start)
    inside = [
        span._replace(start=max(span.start, start), end=min(span.end, end))
        for span in spans
        if span.status != UNKNOWN and span.start < end and span.end > start
    ]
    blocks: list[Block] = []
    for each in inside:
        x, width = (each.start - start) * scale, each.seconds * scale
        if website and each.status != ONLINE:
            width = max(width, SHORTEST_ABSENCE)
        elif width < NARROWEST and blocks:
            blocks[-1] = blocks[-1]._replace(width=x + width - blocks[-1].x)
            continue
        blocks.append(Block(round(x, 2), round(width, 2), _kind(each), _words(each, each.reason)))
    # What is drawn last lies on top.
    blocks.sort(key=lambda block: block.kind != ONLINE)
    online = sum(each.seconds for each in inside if each.status == ONLINE)
    told = [_words(each) for each in inside[:TOLD]]
    more = [f"and {len(inside) - TOLD} more"] if len(inside) > TOLD else []
    total = duration(online) if online else "none" if inside else ""
    return Strip(label, blocks, total, f"{label}: online {total or 'not known'}. {'; '.join([*told, *more])}", website)


def hours(start: float, end: float, parts: int = 8) -> list[str]:
    """Return the times at which the equal parts of a picture begin."""
    step = (end - start) / parts
    days = (end - start) / DAY
    form = "%H:%M" if days <= 2 else "%a %H:%M" if days <= 7 else "%d %b"  # noqa: PLR2004 - what fits
    return [datetime.fromtimestamp(start + number * step).strftime(form) for number in range(parts)]  # noqa: DTZ006


def days_before(now: float, count: int) -> list[tuple[float, float]]:
    """Return beginning and end (Unix seconds) of the last `count` days of this machine's zone, today first."""
    midnight = datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0, microsecond=0)  # noqa: DTZ006
    edges = [(midnight + timedelta(days=1 - number)).timestamp() for number in range(count + 1)]
    return [(edges[number + 1], edges[number]) for number in range(count)]


def _kind(span: Span) -> str:
    return span.status if span.status in KNOWN else "other"


def _words(span: Span, why: str = "") -> str:
    begin, end = (datetime.fromtimestamp(at).strftime("%H:%M") for at in (span.start, span.end))  # noqa: DTZ006
    return f"{begin} to {end} {span.status}{f': {why}' if why else ''}"
