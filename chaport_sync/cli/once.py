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
from chaport_sync.sync.statuses import StatusReport
from chaport_sync.sync.transcripts import TranscriptReport

#: What a cycle of the transcript half does, as its log events tell it.
_DEEDS = ("case.", "delivery.")


def run_once(config: Path | None, *, dry_run: bool, as_json: bool) -> int:
    """Run both halves once and print; 0 if both could be read and nothing failed."""
    settings = load(config)
    told: list[dict[str, Any]] = []
    # On a terminal the tables say what the log would, so it is not printed between them.
    stream: Literal["stderr"] | None = None if sys.stderr.isatty() and not as_json else "stderr"
    logs.setup(
        "info", settings.log.format, stream=stream, dry_run=dry_run, secrets=secrets(settings), taps=[told.append]
    )
    with progress("One cycle of each half …"):
        statuses, transcripts = asyncio.run(_cycles(settings, dry_run=dry_run))
    deeds = [_fields(event) for event in told if str(event["event"]).startswith(_DEEDS)]
    noted = [_fields(event) for event in told if event["level"] != "info" and event["event"] != "delivery.parked"]
    good = all(report is None or (report.good and not report.errors) for report in (statuses, transcripts))
    if as_json:
        print_json(
            {
                "dry_run": dry_run,
                "statuses": None if statuses is None else _status_rows(statuses),
                "transcripts": None if transcripts is None else deeds,
                "noted": noted,
                "errors": _errors(statuses, transcripts),
            }
        )
    else:
        _print(statuses, transcripts, deeds, noted, dry_run=dry_run)
    return Code.DONE if good else Code.FAILED


async def _cycles(settings: Settings, *, dry_run: bool) -> tuple[StatusReport | None, TranscriptReport | None]:
    app = build(settings, Clock(), dry_run=dry_run)
    try:
        statuses = await app.statuses.cycle(hurry=False) if app.statuses else None
        transcripts = await app.transcripts.cycle(hurry=False) if app.transcripts else None
        return statuses, transcripts
    finally:
        await app.aclose()


def _print(
    statuses: StatusReport | None,
    transcripts: TranscriptReport | None,
    deeds: list[dict[str, Any]],
    noted: list[dict[str, Any]],
    *,
    dry_run: bool,
) -> None:
    would = "would be" if dry_run else "was"
    if statuses is not None:
        rows = [[str(value) for value in row.values()] for row in _status_rows(statuses)]
        columns = ("Operator", "Agents", "In Chaport", f"{would} written".capitalize(), "Why")
        print_table(columns, rows, title="Statuses", empty="No operator is paired with an agent.")
    if transcripts is not None:
        rows = [
            [str(deed.get("event")), str(deed.get("chat", "")), str(deed.get("case", "")), _details(deed)]
            for deed in deeds
        ]
        print_table(
            ("Event", "Chat", "Case", "Details"), rows, title="Transcripts", empty="No chat had anything to do."
        )
    for event in noted:
        say(f"{event['event']}: {_details(event)}")
    for error in _errors(statuses, transcripts):
        say(f"Failed: {error}")


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


def _errors(*reports: StatusReport | TranscriptReport | None) -> list[str]:
    return [error for report in reports if report is not None for error in report.errors]
