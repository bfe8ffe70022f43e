"""`agents`: each agent, its Deskie status, the paired operator, its Chaport status, and why."""

import asyncio
from pathlib import Path
from typing import Any

from chaport_sync import logs
from chaport_sync.app import App, build, secrets
from chaport_sync.cli.exits import Code
from chaport_sync.cli.show import print_json, print_table, progress, say
from chaport_sync.clock import Clock
from chaport_sync.config import Settings, load
from chaport_sync.core.model import Agent
from chaport_sync.core.verdicts import judge
from chaport_sync.halves import status_rules
from chaport_sync.sync.statuses import StatusReport


def run_agents(config: Path | None, *, as_json: bool) -> int:
    """Read both lists, decide as the daemon would, write nothing, print."""
    settings = load(config)
    logs.setup("error", settings.log.format, secrets=secrets(settings))
    with progress("Reading both accounts …"):
        report, names = asyncio.run(_read(settings))
    rows = _rows(report, names, settings)
    if as_json:
        print_json({"agents": rows, "errors": list(report.errors)})
    else:
        columns = ("Agent", "In Deskie", "Asks for", "Operator", "In Chaport", "Why")
        keys = ("agent", "deskie_status", "verdict", "operator")
        cells = [[*(str(row[key]) for key in keys), in_chaport(row), str(row["reason"])] for row in rows]
        print_table(columns, cells, empty="There are no agents.")
        for error in report.errors:
            say(f"Failed: {error}")
    return Code.DONE if report.good else Code.FAILED


async def _read(settings: Settings) -> tuple[StatusReport, dict[int, str]]:
    # The question makes sense also while the half is switched off.
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


def _rows(report: StatusReport, names: dict[int, str], settings: Settings) -> list[dict[str, Any]]:
    rules = status_rules(settings)
    unpaired = {each.agent.id: each.reason for each in report.pairing.unpaired}
    excluded = {agent.id for agent in report.pairing.excluded}
    decisions = {decision.operator.id: decision for decision in report.decisions}
    driven: dict[str, list[str]] = {}
    for operator_id, driving in report.pairing.drivers.items():
        for agent in driving:
            driven.setdefault(agent.id, []).append(operator_id)
    rows = []
    for agent in report.agents:
        verdict = judge(agent, rules.mapping)
        common = {
            "agent": agent.name or agent.email or agent.id,
            "agent_id": agent.id,
            "deskie_status": _status(agent, names),
            "verdict": "" if agent.id in excluded else verdict.verdict.value,
        }
        why = "it is excluded" if agent.id in excluded else unpaired.get(agent.id, "")
        none = {"operator": "", "operator_id": "", "chaport_status": "", "next_status": "", "reason": why}
        rows += [
            common
            | {
                "operator": decision.operator.name or decision.operator.email or decision.operator.id,
                "operator_id": decision.operator.id,
                "chaport_status": decision.operator.status or "unknown",
                "next_status": decision.write.status if decision.write else "",
                "reason": decision.reason,
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


def in_chaport(row: dict[str, Any]) -> str:
    """Give an operator's status, and the one that the daemon would write now if that is another."""
    now, following = row["chaport_status"], row["next_status"]
    return f"{now} → {following}" if following not in ("", now) else str(now)
