"""A timeline as an HTML file of its own, for `timeline --html`."""

from collections.abc import Sequence

from chaport_sync.core.statuses.timeline import Row, Timeline
from chaport_sync.times import brief, moment, zone
from chaport_sync.web.drawing import absences, covered, drawing
from chaport_sync.web.picture import hours
from chaport_sync.web.rendering import render


def timeline_page(drawn: Timeline, rows: Sequence[Row], answer: str, *, good: bool) -> str:
    """Return a page with the answer, these rows, the absences and the hours of the week of a timeline."""
    start, end = drawn.start, drawn.end
    return render(
        "timeline.html",
        title=f"Since {brief(start, end)} · chaport-sync",
        as_of=f"As of {moment(end, end)} ({zone(end)}).",
        footer="It shows when people work: treat it as personal data.",
        answer={"good": good, "words": answer},
        rows=drawing(drawn, rows, start, end),
        hours=hours(start, end),
        **absences(drawn),
        **covered(drawn),
    )
