"""`once`: runs one cycle of each flow and shows what it did."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from chaport_sync import logs
from chaport_sync.app import build, secrets
from chaport_sync.cli.exits import Code
from chaport_sync.cli.once_deeds import ANSWERED, SHOWN, deeds, what, where
from chaport_sync.cli.once_notices import noted, sentence
from chaport_sync.cli.output import as_json as in_json
from chaport_sync.cli.output import named, print_json, print_table, progress, say, say_failures
from chaport_sync.clock import Clock
from chaport_sync.config import Settings, load
from chaport_sync.core.model import Person
from chaport_sync.core.statuses.history import person
from chaport_sync.state_beside import copy_beside
from chaport_sync.sync.cycle import Report
from chaport_sync.sync.replies.flow import ReplyReport
from chaport_sync.sync.statuses.report import StatusReport
from chaport_sync.sync.transcripts.flow import TranscriptReport


@dataclass
class Done:
    """The result of one cycle of each flow that is switched on; `shown` and `answered` are log events."""

    statuses: StatusReport | None = None
    transcripts: TranscriptReport | None = None
    replies: ReplyReport | None = None
    shown: list[dict[str, Any]] = field(default_factory=list)
    answered: list[dict[str, Any]] = field(default_factory=list)

    @property
    def reports(self) -> list[Report]:
        """The reports of the flows that are switched on."""
        return [each for each in (self.statuses, self.transcripts, self.replies) if each is not None]

    @property
    def errors(self) -> list[str]:
        """The errors of all flows."""
        return [error for report in self.reports for error in report.errors]


def run_once(config: Path | None, *, dry_run: bool, as_json: bool) -> int:
    """Run each flow once and print the result; return 0 if all lists could be read and nothing failed."""
    # On a terminal the tables show the same as the log, so the log is not printed.
    stream: Literal["stderr"] | None = None if sys.stderr.isatty() and not as_json else "stderr"
    return show_once(load(config), stream, dry_run=dry_run, as_json=as_json)


def show_once(settings: Settings, stream: Literal["stderr"] | None, *, dry_run: bool, as_json: bool) -> int:
    """Run each flow once with these settings, as `run_once`; the log goes to `stream`."""
    logged: list[dict[str, Any]] = []
    logs.setup(
        "info", settings.log.format, stream=stream, dry_run=dry_run, secrets=secrets(settings), taps=[logged.append]
    )
    with progress("One cycle of each flow …"):
        done = asyncio.run(_cycles(settings, logged, dry_run=dry_run))
    other = noted(logged, done.errors)
    if as_json:
        print_json(
            {
                "dry_run": dry_run,
                "statuses": None if done.statuses is None else _rows(done.statuses),
                "transcripts": None if done.transcripts is None else done.shown,
                "replies": None if done.replies is None else done.answered,
                "noted": other,
                "errors": done.errors,
            }
        )
    else:
        say_failures(done.errors)
        _print(done, dry_run=dry_run)
        for event in other:
            say(sentence(event))
    return Code.DONE if all(report.good and not report.errors for report in done.reports) else Code.FAILED


async def _cycles(settings: Settings, logged: Sequence[dict[str, Any]], *, dry_run: bool) -> Done:
    store = copy_beside(settings) if dry_run else None
    app, done = build(settings, Clock(), dry_run=dry_run, store=store), Done()
    try:
        done.statuses = await app.statuses.cycle(hurry=False) if app.statuses else None
        done.transcripts = await app.transcripts.cycle(hurry=False) if app.transcripts else None
        done.replies = await app.replies.cycle() if app.replies else None
        done.shown, done.answered = deeds(logged, SHOWN, app.store), deeds(logged, ANSWERED, app.store)
    finally:
        await app.aclose()
    return done


def _print(done: Done, *, dry_run: bool) -> None:
    """Print a table for each flow, but none for a flow whose failure says all."""
    if done.statuses is not None and (done.statuses.good or done.statuses.decisions):
        would = "Would be set to" if dry_run else "Was set to"
        rows = [
            (
                named(Person(**row["operator"])),
                ", ".join(Person(**agent).called for agent in row["agents"]),
                row["from"] or "unknown",
                f"{row['to']}, renewed" if row["to"] == row["from"] != "" else row["to"],
                row["reason"],
            )
            for row in _rows(done.statuses)
        ]
        columns = ("Operator", "Agents", "In Chaport", would, "Why")
        print_table(columns, rows, title="Statuses", empty="No operator is paired with an agent.")
    if done.transcripts is not None and (done.shown or not done.transcripts.errors):
        _print_deeds("Transcripts", done.shown, "No chat had anything to do.", dry_run=dry_run)
    if done.replies is not None and (done.answered or not done.replies.errors):
        _print_deeds("Replies", done.answered, "No agent answered.", dry_run=dry_run)


def _print_deeds(title: str, found: Sequence[dict[str, Any]], empty: str, *, dry_run: bool) -> None:
    columns = ("Visitor", "Chat", "Case", "Would be done" if dry_run else "Done")
    rows = [(named(Person(**deed["visitor"])) if "visitor" in deed else "", *where(deed), what(deed)) for deed in found]
    print_table(columns, rows, title=title, empty=empty)


def _rows(report: StatusReport) -> list[dict[str, Any]]:
    done = {decision.operator.id for decision in report.written}
    return [
        {
            "operator": in_json(person(decision.operator)),
            "agents": [in_json(person(agent)) for agent in report.pairing.drivers.get(decision.operator.id, ())],
            "from": decision.operator.status or "",
            "to": decision.write.status if decision.write and decision.operator.id in done else "",
            **decision.reason.fields,
        }
        for decision in report.decisions
    ]
