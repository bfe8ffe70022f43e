"""What the page and `timeline --html` draw of a timeline: rows of stretches, absences, and the hours of the week."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chaport_sync.core.model import Person
from chaport_sync.core.statuses.coverage import coverage
from chaport_sync.core.statuses.timeline import Absence, Row, Timeline
from chaport_sync.core.statuses.website import names, why
from chaport_sync.core.text import one_line
from chaport_sync.times import brief, span
from chaport_sync.web.picture import Strip, strip

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
#: The most absences that are shown, the last ones.
ABSENCES = 30
#: The longest name and the longest reason (characters).
NAME, WHY = 60, 200
#: Shares of an hour are shown in so many steps.
STEPS = 4


def drawing(drawn: Timeline, rows: Iterable[Row], start: float, end: float) -> list[Strip]:
    """Return the website's row and those of operators, between two times (Unix seconds)."""
    website = strip("Website", drawn.website, start, end, website=True)
    return [website, *(strip(name_of(row.person), row.spans, start, end) for row in rows)]


def absences(drawn: Timeline) -> dict[str, Any]:
    """Return when nobody was online, the newest first, and how many more there were."""
    shown = [_absence(each, drawn.end) for each in reversed(drawn.absences[-ABSENCES:])]
    return {"absences": shown, "more_absences": max(0, len(drawn.absences) - ABSENCES)}


def covered(drawn: Timeline) -> dict[str, Any]:
    """Return how much of each hour of the week somebody was online: a row for each hour in which anybody ever was."""
    found = coverage(drawn.website, datetime.fromtimestamp)
    used = sorted({hour for (_, hour), each in found.items() if each.online})
    shares = {place: each.share for place, each in found.items()}
    rows = [
        {"hour": f"{hour:02}:00", "cells": [_cell(shares.get((day, hour))) for day in range(len(DAYS))]}
        for hour in (range(used[0], used[-1] + 1) if used else ())
    ]
    return {"days": DAYS, "coverage": rows}


def name_of(person: Person) -> str:
    """Return what a person is called, in one line."""
    return one_line(person.called, NAME)


def _absence(absence: Absence, now: float) -> dict[str, str]:
    end = now if absence.end is None else absence.end
    left = f"{names(each for each, _ in absence.left)} left last ({one_line(why(absence), WHY)})"
    return {
        "start": brief(absence.start, now) if absence.left else "before",
        "end": "now" if absence.end is None else brief(end, now),
        "lasted": span(end - absence.start),
        "left": left if absence.left else "",
        "back": names(absence.back),
    }


def _cell(share: float | None) -> dict[str, str]:
    if share is None:
        return {"kind": "", "text": ""}
    return {"kind": f"c{round(share * STEPS)}", "text": f"{share:.0%}"}
