"""The picture of `timeline`: a row of blocks for each operator and one for the website, below an axis of time."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from chaport_sync.cli.output import NAME, fitted, picture_width, print_rows, say, width_of
from chaport_sync.cli.streams import can_show_any
from chaport_sync.core.model import ONLINE
from chaport_sync.core.statuses.slices import Shade, shades
from chaport_sync.core.statuses.timeline import Row, Span, Timeline
from chaport_sync.core.text import one_line
from chaport_sync.times import hours, span, zone

#: The blocks of each shade, for all encodings with all letters and for the others.
BLOCKS = dict(zip(Shade, "█▆▄▂▒· ", strict=True)), dict(zip(Shade, "#*+-=. ", strict=True))
PARTS = (Shade.MOST, Shade.HALF, Shade.LITTLE)
STYLES = {
    Shade.ONLINE: "green",
    **dict.fromkeys(PARTS, "green"),
    Shade.INVISIBLE: "yellow",
    Shade.OFFLINE: "dim",
    Shade.UNKNOWN: "",
}
#: What needs a look in the website's row.
OUTAGES = {**dict.fromkeys(PARTS, "bold red"), Shade.OFFLINE: "red"}
WEBSITE = "the website"
#: The most columns of a name: a quarter of the width. The fewest cells of a row.
SHARE_OF_NAMES, CELLS = 4, 10
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
#: What may lie between two marks of the axis.
STEPS = (
    *(MINUTE * each for each in (1, 5, 10, 15, 30)),
    *(HOUR * each for each in (1, 2, 3, 6, 12)),
    *(DAY * each for each in (1, 2, 7, 14, 28)),
)


def draw(drawn: Timeline, rows: Sequence[Row]) -> None:
    """Draw these rows of a timeline and the website's, and say what the blocks are."""
    names = [one_line(row.person.called, NAME) for row in rows]
    totals = [hours(row.seconds[ONLINE]) for row in rows]
    total = hours(sum(each.seconds for each in drawn.website if each.status == ONLINE))
    width = picture_width()
    left = min(max(map(width_of, [*names, WEBSITE])), max(width // SHARE_OF_NAMES, len(WEBSITE)))
    right = max(map(len, [*totals, total, ONLINE]))
    cells = max(width - left - right - 2, CELLS)
    blocks = BLOCKS[not can_show_any(sys.stdout)]

    def row(name: str, spans: Sequence[Span], online: str, styles: Mapping[Shade, str], weight: str = "") -> Parts:
        runs = groupby(shades(spans, drawn.start, drawn.end, cells))
        return [
            (f"{fitted(name, left)} ", weight),
            *((blocks[shade] * len([*run]), styles[shade]) for shade, run in runs),
            (f" {online:>{right}}", weight),
        ]

    print_rows(
        [
            [(f"{'':{left}} {axis(drawn.start, drawn.end, cells)} {ONLINE:>{right}}", "bold")],
            *(row(name, each.spans, at, STYLES) for name, each, at in zip(names, rows, totals, strict=True)),
            row(WEBSITE, drawn.website, total, STYLES | OUTAGES, "bold"),
        ]
    )
    online, *parts, invisible, offline, _ = blocks.values()
    key = f"{online} online  {''.join(parts)} in part  {invisible} invisible  {offline} offline"
    say(f"{key}  a cell is {span((drawn.end - drawn.start) / cells)}, {zone(drawn.end)}")


Parts = list[tuple[str, str]]


def axis(start: float, end: float, cells: int) -> str:
    """Return the marks above the cells, each where its time is."""
    seconds = (end - start) / cells
    step = next((each for each in STEPS if each.total_seconds() / seconds >= _widest(each) + 2), STEPS[-1])
    line = ""
    for mark in _marks(start, end, step):
        place = round((mark.timestamp() - start) / seconds)
        label = _label(mark, step)
        if place >= len(line) + bool(line) and place + len(label) <= cells:
            line = f"{line:{place}}{label}"
    return f"{line:{cells}}"


def _marks(start: float, end: float, step: timedelta) -> Iterator[datetime]:
    """Return the full hours, or whatever a step leads to, by this machine's clock."""
    mark = datetime.fromtimestamp(start).replace(hour=0, minute=0, second=0, microsecond=0)  # noqa: DTZ006 - as people here read it
    while mark.timestamp() <= end:
        if mark.timestamp() >= start:
            # An hour that the clock leaves out in spring is shown as the one that follows.
            yield datetime.fromtimestamp(mark.timestamp())  # noqa: DTZ006 - as people here read it
        mark += step


def _label(mark: datetime, step: timedelta) -> str:
    if step >= DAY:
        return f"{mark:%a %d}"
    if step >= HOUR:
        return f"{mark:%H}" if mark.hour else f"{mark:%a}"
    return f"{mark:%H:%M}"


def _widest(step: timedelta) -> int:
    return len("Mon 30") if step >= DAY else len("Mon") if step >= HOUR else len("23:59")
