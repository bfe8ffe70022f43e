"""`timeline`: who was online when, and when the chat was off the website."""

import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from chaport_sync.answer_now import website_now
from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import print_json, say
from chaport_sync.cli.people import chosen
from chaport_sync.cli.state_file import remembered
from chaport_sync.core.model import INVISIBLE, ONLINE
from chaport_sync.core.statuses.coverage import Covered, coverage
from chaport_sync.core.statuses.timeline import UNKNOWN, Row, Timeline
from chaport_sync.core.statuses.website import names
from chaport_sync.core.wording import number
from chaport_sync.remembered import Remembered
from chaport_sync.times import moment, window

#: The most operators that are drawn, those who were online longest.
SHOWN = 30
#: The file that means the standard output.
STDOUT = Path("-")
#: The window, unless another is asked for.
SINCE = "24h"


def run_timeline(config: Path | None, who: str, since: str | None, *, as_json: bool, html: Path | None = None) -> int:
    """Print who was online when: of one operator, of one agent's operators, or of everybody if `who` is empty.

    Raises:
        UnreadableFileError, StoreError: As `remembered`.
        ClickException: The HTML file cannot be written.
        UnknownError: Nobody has this name; the message gives the nearest names.
        WrongTimeError: `since` cannot be understood, or is not in the past.
    """
    now = time.time()
    with remembered(config, now) as known:
        operators = chosen(who, known.store, past=True).operators.keys() if who else None
        kept = known.statuses_since
        start = window(since or SINCE, now, kept or 0.0)
        everybody = known.timeline(start)
        told = website_now(known, everybody, known.clock)
        drawn = everybody if operators is None else _only(everybody, set(operators))
        if as_json:
            from chaport_sync.cli.timeline_json import in_json

            print_json(in_json(known, drawn, kept, told, _coverage(known, drawn)))
        elif html is not None:
            _write(html, known, drawn, told, who)
        else:
            _print(known, drawn, told, who, asked=since)
    return Code.DONE


def _write(file: Path, known: Remembered, drawn: Timeline, told: str, who: str) -> None:
    """Write the timeline as a page, to the standard output if the file is `-`; a file that is there is replaced."""
    import click

    from chaport_sync.setup.files import beside
    from chaport_sync.web.timeline_page import timeline_page

    trouble = known.trouble(lambda at: moment(at, known.now))
    page = timeline_page(drawn, _rows(drawn, who), trouble or told, good=not trouble and not _is_off(drawn))
    if file == STDOUT:
        sys.stdout.write(page)
        return
    try:
        beside(file, page.encode(), 0o600).replace(file)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}; give another FILE") from None
    say(f"{file} is written; it shows when people work, so only you may read it.")


def _only(drawn: Timeline, ids: set[str]) -> Timeline:
    """Return a timeline with these operators and those who drove them; the website stays."""
    return replace(drawn, operators=tuple(row for row in drawn.operators if row.person.id in ids))


def _print(known: Remembered, drawn: Timeline, told: str, who: str, asked: str | None) -> None:
    from chaport_sync.cli.timeline_picture import draw
    from chaport_sync.cli.timeline_tables import (
        SHORTEST_WEEK,
        print_absences,
        print_agents,
        print_coverage,
        tell_more,
    )

    now = known.now
    if trouble := known.trouble(known.clock):
        say(trouble, "bold red")
    last = known.beat("statuses").last
    if known.at_work and last is not None and known.is_stale("statuses"):
        # A daemon that stands still records nothing, and what it knows may be over.
        say(
            f"NOTHING HAS BEEN RECORDED OF STATUSES SINCE {moment(last, now)}; this is what was known then.", "bold red"
        )
    say(told, "bold red" if _is_off(drawn) else "bold")
    if _is_drawn(known, drawn):
        if window(asked or SINCE, now, 0.0) < drawn.start:
            kept = f"they are kept {number(known.rules.keep, 'day', 'days')} ([state] keep)"
            say(f"The records begin at {moment(drawn.start, now)}; {kept}.")
        rows = _rows(drawn, who)
        draw(drawn, rows[:SHOWN])
        if who and not rows:
            say(f"In this time {who} has no operator of which anything is recorded.")
        if len(rows) > SHOWN:
            more = number(len(rows) - SHOWN, "more operator was", "more operators were")
            say(f"{more} online for less; --json gives all of them.")
        there = {row.person.id for row in rows}
        if absent := [row.person for row in drawn.operators if row.person.id not in there]:
            say(f"Never online: {names(absent)}.")
        print_absences(drawn, now)
        if drawn.end - drawn.start >= SHORTEST_WEEK:
            print_coverage(_coverage(known, drawn), now)
        if tell_more(drawn.operators):
            print_agents(drawn.agents)
    say(f"From {known.heading}")


def _is_off(drawn: Timeline) -> bool:
    return bool(drawn.absences) and drawn.absences[-1].end is None


def _is_drawn(known: Remembered, drawn: Timeline) -> bool:
    """Return whether there is anything to draw; what was recorded before statuses were switched off tells nothing."""
    return "statuses" in known.rules.flows and any(each.status != UNKNOWN for each in drawn.website)


def _rows(drawn: Timeline, who: str) -> list[Row]:
    """Return the operators to draw, who was online longest first; all who were asked for."""
    rows = sorted(drawn.operators, key=lambda row: (-row.seconds[ONLINE], -row.seconds[INVISIBLE]))
    return rows if who else [row for row in rows if row.seconds[ONLINE] or row.seconds[INVISIBLE]]


def _coverage(known: Remembered, drawn: Timeline) -> Mapping[tuple[int, int], Covered]:
    return coverage(drawn.website, datetime.fromtimestamp) if _is_drawn(known, drawn) else {}
