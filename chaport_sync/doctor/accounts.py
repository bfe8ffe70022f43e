"""Both accounts: reached how, with which limits, and whether what the configuration names is there."""

from collections.abc import Iterator
from datetime import UTC, datetime
from math import ceil

from chaport_sync.api.budget import Share
from chaport_sync.api.connection import Contact
from chaport_sync.api.errors import ApiError, Missing
from chaport_sync.app import Clients
from chaport_sync.config import Settings
from chaport_sync.core.model import Agent, Operator
from chaport_sync.core.verdicts import BUILT_IN
from chaport_sync.core.watch import DAY
from chaport_sync.doctor.finding import FAILED, OK, WARNING, Finding

#: Clocks that differ by more than this are worth a word (seconds): lifetimes may be sent as a time of day.
SKEW = 10.0
#: A certificate that ends so soon should have been renewed (seconds).
CERTIFICATE_LEFT = 14 * DAY


def connection(service: str, contact: Contact, now: float) -> Iterator[Finding]:
    """Tell how a service was reached at `now`: encryption and its clock."""
    if contact.tls:
        end = contact.certified_until
        until = "" if end is None else f", certificate until {datetime.fromtimestamp(end, UTC):%Y-%m-%d}"
        soon = end is not None and end - now < CERTIFICATE_LEFT
        yield Finding(WARNING if soon else OK, f"{service} connection", f"{contact.tls}{until}")
    if contact.date is None:
        yield Finding(OK, f"{service} clock", "its answers do not say what time it is")
        return
    ahead = now - contact.date
    if abs(ahead) <= SKEW:
        yield Finding(OK, f"{service} clock", "agrees with this machine's")
    else:
        words = f"this machine is {abs(ahead):.0f} s {'ahead' if ahead > 0 else 'behind'}; let it keep time by NTP"
        yield Finding(WARNING, f"{service} clock", words)


async def deskie(settings: Settings, clients: Clients) -> tuple[list[Agent], list[Finding]]:
    """Examine the help desk; give its agents as well."""
    try:
        agents = list(await clients.deskie.agents())
    except ApiError as error:
        return [], [Finding(FAILED, "Deskie", str(error))]
    findings = [Finding(OK, "Deskie", f"answers, {len(agents)} agents"), _limit(settings, clients, len(agents))]
    if settings.status.enabled:
        findings.append(await _statuses(settings, clients, agents))
    if settings.transcripts.enabled and settings.cases.create:
        findings.append(await _channel(settings, clients))
    return agents, findings


async def chaport(clients: Clients) -> tuple[list[Operator], list[Finding]]:
    """Examine the live chat; give its operators as well."""
    try:
        await clients.chaport.me()
    except Missing:
        pass
    except ApiError as error:
        return [], [Finding(FAILED, "Chaport", str(error))]
    try:
        operators = list(await clients.chaport.operators(Share.STATUS))
    except ApiError as error:
        return [], [Finding(FAILED, "Chaport operators", str(error))]
    return operators, [Finding(OK, "Chaport", f"answers, {len(operators)} operators")]


def polls_a_minute(settings: Settings, agents: int) -> float:
    """Give how many Deskie units a minute it takes to look at so many agents: a page holds 100 (Deskie reference)."""
    return 60 / settings.status.poll * ceil(max(1, agents) / 100) if settings.status.enabled else 0.0


def _limit(settings: Settings, clients: Clients, agents: int) -> Finding:
    told, used = clients.budget.told, clients.budget.limit
    if told is None:
        return Finding(WARNING, "Deskie limit", f"the answers do not say it; {used} units a minute will be used")
    polls = polls_a_minute(settings, agents)
    result = WARNING if polls > used / 2 else OK
    advice = "; a longer [status] poll would leave more for transcripts" if result == WARNING else ""
    left = f"{told} units a minute, of which {used} will be used, {polls:.0f} of them to look at the agents"
    return Finding(result, "Deskie limit", f"{left}{advice}")


async def _statuses(settings: Settings, clients: Clients, agents: list[Agent]) -> Finding:
    try:
        names = await clients.deskie.statuses()
    except ApiError as error:
        return Finding(WARNING, "statuses", f"their names cannot be read: {error}")
    known = BUILT_IN.keys() | settings.status.map.keys()
    used = {agent.status_id for agent in agents if agent.status_id is not None}
    missing = sorted((names.keys() | used) - known)
    if not missing:
        return Finding(OK, "statuses", "each has a mapping")
    lines = [f'{status} = "{settings.status.default}"  # {names.get(status, "unknown")}' for status in missing]
    return Finding(WARNING, "statuses", "\n".join(["without a mapping; under [status.map] add and adapt:", *lines]))


async def _channel(settings: Settings, clients: Clients) -> Finding:
    wanted = settings.cases.channel
    try:
        channels = {channel.key: channel for channel in await clients.deskie.channels()}
    except ApiError as error:
        return Finding(WARNING, "channel", f"the channels cannot be read: {error}")
    channel = channels.get(wanted)
    if channel is None:
        there = ", ".join(sorted(channels)) or "there are none"
        return Finding(FAILED, "channel", f"[cases] channel {wanted} does not exist ({there})")
    if not channel.active:
        return Finding(FAILED, "channel", f"{wanted} ({channel.title}) is switched off in Deskie")
    if channel.kind == "sync" and settings.pending.enabled:
        chat_like = f"{wanted} is a chat-like (sync) channel, which may refuse pending; an async one is safer"
        return Finding(WARNING, "channel", chat_like)
    return Finding(OK, "channel", f"{wanted} ({channel.title})")
