"""`check`: is the configuration good, and do both accounts answer as it expects?"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from chaport_sync import logs
from chaport_sync.api.budget import Share
from chaport_sync.api.errors import ApiError, Missing
from chaport_sync.app import Clients, connect_both, secrets
from chaport_sync.cli.exits import Code
from chaport_sync.cli.show import print_json, print_table, progress
from chaport_sync.clock import Clock
from chaport_sync.config import Settings, find_config, load, state_path
from chaport_sync.core.model import Agent, Operator
from chaport_sync.core.pairing import Pairing, pair
from chaport_sync.core.verdicts import BUILT_IN, combine, judge
from chaport_sync.halves import status_rules
from chaport_sync.state import open_store
from chaport_sync.store import StoreError

OK, WARNING, FAILED = "ok", "warning", "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check: how it is, what was looked at, what was found and what to do."""

    result: str
    subject: str
    finding: str


def run_check(config: Path | None, *, offline: bool, as_json: bool) -> int:
    """Check everything that can be checked and print it; 1 if anything failed.

    Raises:
        ConfigError: The configuration cannot be used; it lists every problem.
    """
    path = find_config(config, os.environ)
    settings = load(path, secrets_needed=not offline)
    logs.setup("error", settings.log.format, secrets=secrets(settings))
    findings = [Finding(OK, "configuration", f"{path} is valid"), _state_file(settings), *_always(settings)]
    if not offline:
        with progress("Asking both accounts …"):
            findings += asyncio.run(_online(settings))
    if as_json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    else:
        rows = [[finding.result, finding.subject, finding.finding] for finding in findings]
        print_table(("Result", "What", "Found"), rows)
    return Code.FAILED if any(finding.result == FAILED for finding in findings) else Code.DONE


def _state_file(settings: Settings) -> Finding:
    path = state_path(settings, os.environ)
    try:
        open_store(settings, dry_run=True).close()
    except StoreError as error:
        return Finding(FAILED, "state file", str(error))
    return Finding(OK, "state file", f"{path} {'can be used' if path.exists() else 'will be made at the first start'}")


def _always(settings: Settings) -> Iterator[Finding]:
    if not settings.status.enabled and not settings.transcripts.enabled:
        yield Finding(WARNING, "halves", "both are switched off: set [status] or [transcripts] enabled = true")
    if settings.transcripts.enabled and settings.cases.create:
        yield Finding(OK, "answers", "what agents write in Deskie stays in Deskie; they answer visitors in Chaport")


async def _online(settings: Settings) -> list[Finding]:
    clients = connect_both(settings, Clock(), dry_run=True)
    try:
        findings = []
        agents: list[Agent] = []
        try:
            agents = list(await clients.deskie.agents())
            findings.append(Finding(OK, "Deskie", f"answers, {len(agents)} agents"))
        except ApiError as error:
            findings.append(Finding(FAILED, "Deskie", str(error)))
        else:
            findings.append(_limit(settings, clients))
            findings += [finding async for finding in _statuses(settings, clients, agents)]
            findings += [finding async for finding in _channel(settings, clients)]
        operators, more = await _chaport(settings, clients)
        findings += more
        if settings.status.enabled and agents and operators:
            findings += _pairs(settings, agents, operators)
        return findings
    finally:
        await clients.aclose()


async def _chaport(settings: Settings, clients: Clients) -> tuple[list[Operator], list[Finding]]:
    try:
        await clients.chaport.me()
    except Missing:
        pass
    except ApiError as error:
        return [], [Finding(FAILED, "Chaport", str(error))]
    findings: list[Finding] = []
    operators: list[Operator] = []
    try:
        operators = list(await clients.chaport.operators(Share.STATUS))
        findings.append(Finding(OK, "Chaport", f"answers, {len(operators)} operators"))
    except ApiError as error:
        findings.append(Finding(FAILED, "Chaport operators", str(error)))
    if settings.transcripts.enabled:
        try:
            await clients.chaport.visitors(1)
            findings.append(Finding(OK, "Chaport visitors", "can be read"))
        except ApiError as error:
            findings.append(Finding(FAILED, "Chaport visitors", str(error)))
    return operators, findings


def _limit(settings: Settings, clients: Clients) -> Finding:
    told, used = clients.budget.told, clients.budget.limit
    if told is None:
        return Finding(WARNING, "Deskie limit", f"the answers do not say it; {used} units a minute will be used")
    polls = 60 / settings.status.poll if settings.status.enabled else 0.0
    result = WARNING if polls > used / 2 else OK
    advice = "; a longer [status] poll would leave more for transcripts" if result == WARNING else ""
    return Finding(result, "Deskie limit", f"{told} units a minute, of which {used} will be used{advice}")


async def _statuses(settings: Settings, clients: Clients, agents: list[Agent]) -> AsyncIterator[Finding]:
    if not settings.status.enabled:
        return
    try:
        names = await clients.deskie.statuses()
    except ApiError as error:
        yield Finding(WARNING, "statuses", f"their names cannot be read: {error}")
        names = {}
    known = BUILT_IN.keys() | settings.status.map.keys()
    used = {agent.status_id for agent in agents if agent.status_id is not None}
    missing = sorted((names.keys() | used) - known)
    if not missing:
        yield Finding(OK, "statuses", "each has a mapping")
        return
    lines = [f'{status} = "{settings.status.default}"  # {names.get(status, "unknown")}' for status in missing]
    yield Finding(WARNING, "statuses", "\n".join(["without a mapping; under [status.map] add and adapt:", *lines]))


async def _channel(settings: Settings, clients: Clients) -> AsyncIterator[Finding]:
    if not (settings.transcripts.enabled and settings.cases.create):
        return
    wanted = settings.cases.channel
    try:
        channels = {channel.key: channel for channel in await clients.deskie.channels()}
    except ApiError as error:
        yield Finding(WARNING, "channel", f"the channels cannot be read: {error}")
        return
    channel = channels.get(wanted)
    if channel is None:
        there = ", ".join(sorted(channels)) or "there are none"
        yield Finding(FAILED, "channel", f"[cases] channel {wanted} does not exist ({there})")
    elif not channel.active:
        yield Finding(FAILED, "channel", f"{wanted} ({channel.title}) is switched off in Deskie")
    elif channel.kind == "sync" and settings.pending.enabled:
        yield Finding(
            WARNING,
            "channel",
            f"{wanted} is a chat-like (sync) channel, which may refuse pending; an async one is safer",
        )
    else:
        yield Finding(OK, "channel", f"{wanted} ({channel.title})")


def _pairs(settings: Settings, agents: list[Agent], operators: list[Operator]) -> Iterator[Finding]:
    rules = status_rules(settings)
    pairing = pair(agents, operators, rules.pairing)
    yield Finding(OK if pairing.drivers else FAILED, "pairs", _paired(pairing))
    for missing in pairing.dangling:
        yield Finding(WARNING, "pairs", f"[agents] pairs names what is not there: {missing}")
    if pairing.unpaired:
        who = ", ".join(each.agent.email or each.agent.id for each in pairing.unpaired)
        yield Finding(WARNING, "pairs", f"agents without an operator: {who}")
    changes = []
    for operator in operators:
        if operator.id in pairing.drivers:
            verdict = combine([judge(agent, rules.mapping) for agent in pairing.drivers[operator.id]]).verdict
            if verdict.value not in ("keep", operator.status):
                changes.append(f"{operator.email or operator.id}: {operator.status or 'unknown'} → {verdict.value}")
    yield Finding(OK, "changes", "\n".join(changes) if changes else "no operator would change now")


def _paired(pairing: Pairing) -> str:
    count = len(pairing.drivers)
    if not count:
        return "no agent is paired with an operator: give both the same e-mail address, or set [agents] pairs"
    agents = len({agent.id for driving in pairing.drivers.values() for agent in driving})
    return f"{agents} agents drive {count} operators"
