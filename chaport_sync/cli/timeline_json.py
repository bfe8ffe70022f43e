"""What `timeline --json` prints: the window, each row with its stretches and totals, absences and coverage."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from chaport_sync.cli.output import as_json
from chaport_sync.core.statuses.coverage import Covered
from chaport_sync.core.statuses.timeline import Absence, Span, Timeline
from chaport_sync.remembered import Remembered
from chaport_sync.times import iso


def in_json(
    known: Remembered,
    drawn: Timeline,
    recorded_since: float | None,
    answer: str,
    covered: Mapping[tuple[int, int], Covered],
) -> dict[str, Any]:
    """Return everything that `timeline --json` prints."""
    return {
        "state_file": str(known.path),
        "running": known.running,
        "at_work": known.at_work,
        "last_poll": iso(known.beat("statuses").last),
        "answer": answer,
        "start": iso(drawn.start),
        "end": iso(drawn.end),
        "recorded_since": iso(recorded_since),
        "operators": [{"operator": as_json(row.person), **_spans(row.spans)} for row in drawn.operators],
        "agents": [{"agent": as_json(row.person), **_spans(row.spans)} for row in drawn.agents],
        "website": _spans(drawn.website),
        "absences": [_absence(each) for each in drawn.absences],
        "coverage": [
            {
                "weekday": day,
                "hour": hour,
                "online_seconds": round(each.online),
                "known_seconds": round(each.known),
            }
            for (day, hour), each in sorted(covered.items())
        ],
    }


def _spans(spans: Sequence[Span]) -> dict[str, Any]:
    """Return stretches, and for how many seconds each status lasted."""
    total = defaultdict[str, float](float)
    for span in spans:
        total[span.status or "unknown"] += span.seconds
    return {
        "seconds": {status: round(seconds) for status, seconds in total.items()},
        "spans": [
            {
                "start": iso(span.start),
                "end": iso(span.end),
                "status": span.status or "unknown",
                "agents": [as_json(each) for each in span.agents],
                "reason": span.reason,
                "by_hand": span.by_hand,
            }
            for span in spans
        ],
    }


def _absence(each: Absence) -> dict[str, Any]:
    return {
        "start": iso(each.start),
        "end": iso(each.end),
        "left": [
            {"operator": as_json(person), "reason": span.reason, "by_hand": span.by_hand} for person, span in each.left
        ],
        "back": [as_json(person) for person in each.back],
    }
