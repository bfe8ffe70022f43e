"""`once`: one cycle of each half, then what it did."""

import asyncio
import sys
from pathlib import Path
from typing import Any, Literal

from chaport_sync import logs
from chaport_sync.app import build, secrets
from chaport_sync.cli.exits import Code
from chaport_sync.cli.show import print_json, print_table, progress, say
from chaport_sync.clock import Clock
from chaport_sync.config import Settings, load
from chaport_sync.sync.replies import ReplyReport
from chaport_sync.sync.statuses import StatusReport
from chaport_sync.sync.transcripts import TranscriptReport

#: What a cycle of the transcript half and of the reply half does, as their log events tell it.
_SHOWN, _ANSWERED = ("case.", "delivery."), ("reply.",)

Reports = tuple[StatusReport | None, TranscriptReport | None, ReplyReport | None]


def run_once(config: Path | None, *, dry_run: bool, as_json: bool) -> int:
    """Run each half once and print; 0 if all could be read and nothing failed."""
    settings = load(config)
    told: list[dict[str, Any]] = []
    # On a terminal the tables say what the log would, so it is not printed between them.
    stream: Literal["stderr"] | None = None if sys.stderr.isatty() and not as_json else "stderr"
    logs.setup(
        "info", settings.log.format, stream=stream, dry_run=dry_run, secrets=secrets(settings), taps=[told.append]
    )
    with progress("One cycle of each half …"):
        reports = asyncio.run(_cycles(settings, dry_run=dry_run))
    statuses, transcripts, replies = reports
    shown, answered = (
        [_fields(event) for event in told if str(event["event"]).startswith(deeds) and event["event"] != "reply.cycle"]
        for deeds in (_SHOWN, _ANSWERED)
    )
    noted = [_fields(event) for event in told if event["level"] != "info" and event["event"] != "delivery.parked"]
    good = all(report is None or (report.good and not report.errors) for report in reports)
    if as_json:
        print_json(
            {
                "dry_run": dry_run,
                "statuses": None if statuses is None else _status_rows(statuses),
                "transcripts": None if transcripts is None else shown,
                "replies": None if replies is None else answered,
                "noted": noted,
                "errors": _errors(reports),
            }
        )
    else:
        if statuses is not None:
            _print_statuses(statuses, dry_run=dry_run)
        if transcripts is not None:
            _print_deeds("Transcripts", shown, "No chat had anything to do.")
        if replies is not None:
            _print_deeds("Replies", answered, "No agent answered.")
        for event in noted:
            say(f"{event['event']}: {_details(event)}")
        for error in _errors(reports):
            say(f"Failed: {error}")
    return Code.DONE if good else Code.FAILED


async def _cycles(settings: Settings, *, dry_run: bool) -> Reports:
    app = build(settings, Clock(), dry_run=dry_run)
    try:
        statuses = await app.statuses.cycle(hurry=False) if app.statuses else None
        transcripts = await app.transcripts.cycle(hurry=False) if app.transcripts else None
        replies = await app.replies.cycle() if app.replies else None
        return statuses, transcripts, replies
    finally:
        await app.aclose()


def _print_statuses(report: StatusReport, *, dry_run: bool) -> None:
    would = "would be" if dry_run else "was"
    rows = [[str(value) for value in row.values()] for row in _status_rows(report)]
    columns = ("Operator", "Agents", "In Chaport", f"{would} written".capitalize(), "Why")
    print_table(columns, rows, title="Statuses", empty="No operator is paired with an agent.")


def _print_deeds(title: str, deeds: list[dict[str, Any]], empty: str) -> None:
    rows = [
        [str(deed.get("event")), str(deed.get("chat", "")), str(deed.get("case", "")), _details(deed)] for deed in deeds
    ]
    print_table(("Event", "Chat", "Case", "Details"), rows, title=title, empty=empty)


def _status_rows(report: StatusReport) -> list[dict[str, str]]:
    done = {decision.operator.id for decision in report.written}
    return [
        {
            "operator": decision.operator.name or decision.operator.email or decision.operator.id,
            "agents": ", ".join(
                agent.name or agent.email or agent.id for agent in report.pairing.drivers.get(decision.operator.id, ())
            ),
            "chaport_status": decision.operator.status or "unknown",
            "written": decision.write.status if decision.write and decision.operator.id in done else "",
            "reason": decision.reason,
        }
        for decision in report.decisions
    ]


def _fields(event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key not in ("timestamp", "level", "dry_run")}


def _details(deed: dict[str, Any]) -> str:
    shown = ((key, value) for key, value in deed.items() if key not in ("event", "visitor", "chat", "case"))
    return ", ".join(f"{key} {value}" for key, value in shown)


def _errors(reports: Reports) -> list[str]:
    return [error for report in reports if report is not None for error in report.errors]
