"""`agents`: each agent, its Deskie status, the paired operator, its Chaport status, and why."""

import asyncio
import re
from pathlib import Path
from typing import Any

from chaport_sync import logs
from chaport_sync.app import App, build, secrets
from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import as_json as in_json
from chaport_sync.cli.output import named, print_json, print_table, progress, say_failures
from chaport_sync.clock import Clock
from chaport_sync.config import Settings, load
from chaport_sync.core.model import Agent, Person
from chaport_sync.core.statuses.explanation import not_mapped
from chaport_sync.core.statuses.history import person
from chaport_sync.sync.statuses.report import StatusReport


def run_agents(config: Path | None, *, as_json: bool) -> int:
    """Read both lists, decide as the daemon does, and print; nothing is written. Return 1 if a list cannot be read."""
    settings = load(config)
    # Failures are printed with the table, so they are not logged.
    logs.setup("error", settings.log.format, stream=None, secrets=secrets(settings))
    with progress("Reading both accounts …"):
        report, names = asyncio.run(_read(settings))
    rows = _rows(report, names)
    if as_json:
        print_json({"agents": rows, "errors": list(report.errors)})
    else:
        say_failures(report.errors)
        if rows or report.good:
            columns = ("Agent", "In Deskie", "Asks for", "Operator", "In Chaport", "Why")
            print_table(columns, list(map(_cells, rows)), empty="There are no agents.")
    return Code.DONE if report.good else Code.FAILED


async def _read(settings: Settings) -> tuple[StatusReport, dict[int, str]]:
    # The command also works while the status flow is switched off.
    on = settings.status.model_copy(update={"enabled": True})
    app = build(settings.model_copy(update={"status": on}), Clock(), dry_run=True)
    assert app.statuses is not None  # noqa: S101 - it was just switched on
    try:
        return await app.statuses.cycle(), await _names(app)
    finally:
        await app.aclose()


async def _names(app: App) -> dict[int, str]:
    from chaport_sync.api.errors import ApiError

    try:
        return await app.clients.deskie.statuses()
    except ApiError:
        return {}


def _rows(report: StatusReport, names: dict[int, str]) -> list[dict[str, Any]]:
    unpaired = {each.agent.id: each.reason for each in report.pairing.unpaired}
    excluded = {agent.id for agent in report.pairing.excluded}
    decisions = {decision.operator.id: decision for decision in report.decisions}
    driven: dict[str, list[str]] = {}
    for operator_id, driving in report.pairing.drivers.items():
        for agent in driving:
            driven.setdefault(agent.id, []).append(operator_id)
    rows = []
    for verdict in report.verdicts:
        agent = verdict.agent
        common: dict[str, Any] = {
            "agent": in_json(person(agent)),
            "deskie_status": _status(agent, names),
            "verdict": "" if agent.id in excluded else verdict.verdict.value,
            "mapped": agent.id in excluded or not verdict.unmapped,
        }
        why = "it is excluded" if agent.id in excluded else unpaired.get(agent.id, "")
        none: dict[str, Any] = {"operator": None, "chaport_status": "", "next_status": "", "rule": "", "reason": why}
        rows += [
            common
            | {
                "operator": in_json(person(decision.operator)),
                "chaport_status": decision.operator.status or "unknown",
                "next_status": decision.write.status if decision.write else "",
                **decision.reason.fields,
            }
            for operator_id in driven.get(agent.id, [])
            if (decision := decisions.get(operator_id))
        ] or [common | none]
    return rows


def _status(agent: Agent, names: dict[int, str]) -> str:
    if not agent.active:
        return "disabled"
    if agent.status_id is None:
        return agent.status_word or "unknown"
    name = names.get(agent.status_id, "")
    return f"{name} ({agent.status_id})" if name else str(agent.status_id)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    agent, operator = Person(**row["agent"]), Person(**row["operator"]) if row["operator"] else None
    if operator and operator.name and operator.email == agent.email:
        # An address that both have is shown once.
        operator = operator._replace(email="")
    drives = named(operator) if operator else ""
    why = row["reason"]
    if not row["mapped"]:
        # The reason may end with the same, in the log's words.
        why = re.sub(r" \(status [^()]+ is not mapped\)$", "", why)
        why = f"it is in a status {not_mapped(row['verdict'])}" + (f"; {why}" if why else "")
    return named(agent), row["deskie_status"], row["verdict"], drives, in_chaport(row), why


def in_chaport(row: dict[str, Any]) -> str:
    """Return an operator's status, and the status that the daemon would write now, if it is another."""
    now, following = row["chaport_status"], row["next_status"]
    return f"{now} → {following}" if following not in ("", now) else str(now)
