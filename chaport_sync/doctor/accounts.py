"""Examines both accounts: connection, limit, and whether statuses and channel of the configuration exist."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Generic, TypeVar

from chaport_sync.api.connection import Encryption
from chaport_sync.api.errors import ApiError, Missing, Unauthorised
from chaport_sync.api.request_queue import Share
from chaport_sync.app import Clients
from chaport_sync.config import Settings
from chaport_sync.core.model import DAY, Agent, Channel, Operator
from chaport_sync.core.statuses.mapping import BUILT_IN
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import nobody, number
from chaport_sync.doctor import FAILED, NOTE, OK, WARNING, Finding

#: Clocks may differ by so much without a warning (seconds); a lease may be sent as the time of its end.
SKEW = 10.0
#: A certificate with less time left than this should have been renewed (seconds).
CERTIFICATE_LEFT = 14 * DAY

Person = TypeVar("Person", Agent, Operator)


def connection(service: str, encryption: Encryption, ahead: float | None, now: float) -> Iterator[Finding]:
    """Examine the encryption and the clock of a service.

    Args:
        service: "Deskie" or "Chaport".
        encryption: How its connection is encrypted.
        ahead: By how many seconds this machine's clock is ahead of the service's; None if the service does not tell.
        now: This machine's time (Unix seconds).
    """
    if encryption.tls:
        end = encryption.certified_until
        until = "" if end is None else f", certificate until {datetime.fromtimestamp(end, UTC):%Y-%m-%d}"
        soon = end is not None and end - now < CERTIFICATE_LEFT
        yield Finding(WARNING if soon else OK, f"{service} connection", f"{encryption.tls}{until}")
    if ahead is None:
        yield Finding(NOTE, f"{service} clock", "its answers do not say what time it is")
    elif abs(ahead) <= SKEW:
        yield Finding(OK, f"{service} clock", "agrees with this machine's")
    else:
        words = f"this machine is {abs(ahead):.0f} s {'ahead' if ahead > 0 else 'behind'}; let it keep time by NTP"
        yield Finding(WARNING, f"{service} clock", words)


@dataclass(frozen=True, slots=True)
class Examined(Generic[Person]):
    """The result for one account. `people` is None if they cannot be read; `refused`: because the login is refused."""

    people: list[Person] | None
    findings: list[Finding]
    refused: bool = False


async def deskie(settings: Settings, clients: Clients, by_name: Mapping[str, str]) -> Examined[Agent]:
    """Examine the help desk; `by_name` holds the configured words of statuses that the file calls by name."""
    try:
        agents = list(await clients.deskie.agents())
    except ApiError as error:
        return Examined(None, [Finding(FAILED, "Deskie", str(error))], isinstance(error, Unauthorised))
    findings = [
        Finding(OK, "Deskie", f"answers, {number(len(agents), 'agent', 'agents')}"),
        _limit(settings, clients, len(agents)),
    ]
    if settings.status.enabled:
        findings.append(await _statuses(settings, clients, agents, by_name))
    if settings.transcripts.enabled and settings.cases.create:
        findings.append(await _channel(settings, clients))
    return Examined(agents, findings)


async def chaport(clients: Clients) -> Examined[Operator]:
    """Examine the live chat."""
    try:
        await clients.chaport.me()
    except Missing:
        pass
    except ApiError as error:
        return Examined(None, [Finding(FAILED, "Chaport", str(error))], isinstance(error, Unauthorised))
    try:
        operators = list(await clients.chaport.operators(Share.STATUS))
    except ApiError as error:
        return Examined(None, [Finding(FAILED, "Chaport operators", str(error))], isinstance(error, Unauthorised))
    if not operators:
        return Examined(operators, [Finding(FAILED, "Chaport", nobody("operators", 0))])
    return Examined(operators, [Finding(OK, "Chaport", f"answers, {number(len(operators), 'operator', 'operators')}")])


def polls_a_minute(settings: Settings, agents: int) -> float:
    """Return the Deskie units a minute that reading so many agents costs: one unit for each page of 100."""
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


async def _statuses(settings: Settings, clients: Clients, agents: list[Agent], by_name: Mapping[str, str]) -> Finding:
    try:
        names = await clients.deskie.statuses()
    except ApiError as error:
        return Finding(WARNING, "statuses", f"their names cannot be read: {error}")
    used = Counter(agent.status_id for agent in agents if agent.active and agent.status_id is not None)
    meant = {name.strip().casefold(): word for name, word in by_name.items()}
    to_put = {status: word for status, name in names.items() if (word := meant.get(name.strip().casefold()))}
    if by_name:
        lines = [_mapping(status, word, names, used) for status, word in sorted(to_put.items())]
        words = "a status is set by its id; under [status.map] put:" if lines else _statuses_there(names)
        return Finding(FAILED, "statuses", "\n".join([words, *lines]))
    missing = sorted((names.keys() | used.keys()) - (BUILT_IN.keys() | settings.status.map.keys()))
    if not missing:
        return Finding(OK, "statuses", "each has a mapping")
    # The lines are short: a line that a narrow terminal folds cannot be pasted.
    lines = [_mapping(status, "online", names, used) for status in missing]
    words = f'without a mapping, so that each counts as "{settings.status.default}"; put them under [status.map],'
    choice = 'each with "online", "invisible", "keep" or "offline":'
    return Finding(WARNING, "statuses", "\n".join([f"{words} {choice}", *lines]))


def _mapping(status: int, word: str, names: Mapping[int, str], used: Counter[int]) -> str:
    count = number(used[status], "agent", "agents")
    return f'{status} = "{word}"  # {one_line(names.get(status, "unknown"), 20)}: {count} now'


def _statuses_there(names: Mapping[int, str]) -> str:
    there = ", ".join(f"{status} ({one_line(name, 60)})" for status, name in sorted(names.items())) or "none"
    return f"a status is set by its id; Deskie has {there}"


async def _channel(settings: Settings, clients: Clients) -> Finding:
    wanted = settings.cases.channel
    try:
        channels = {channel.key: channel for channel in await clients.deskie.channels()}
    except ApiError as error:
        return Finding(WARNING, "channel", f"the channels cannot be read: {error}")
    channel = channels.get(wanted)
    if channel is None:
        unknown = f"{wanted} does not exist; " if wanted else ""
        return Finding(FAILED, "channel", f"{unknown}{_to_choose(channels)}")
    if not channel.active:
        return Finding(FAILED, "channel", f"{wanted} ({_title(channel)}) is switched off in Deskie")
    if channel.kind == "sync" and settings.pending.enabled:
        words = f"{wanted} ({_title(channel)}) is a chat-like (sync) channel"
        end = "about ten minutes after the last message Deskie ends the chat by itself, and opens a pending case"
        instead = "the case stays so until the visitor writes again; choose an async channel, in which pending lasts"
        return Finding(WARNING, "channel", f"{words}: {end}; {instead}")
    return Finding(OK, "channel", f"{wanted} ({_title(channel)})")


def _to_choose(channels: Mapping[str, Channel]) -> str:
    if not channels:
        return "there is no custom channel; make one in Deskie and set [cases] channel to its key"
    lines = [
        f'channel = "{key}"  # {_title(each)} ({each.kind}){"" if each.active else ", switched off"}'
        for key, each in sorted(channels.items())
    ]
    return "\n".join(["[cases] channel has to be one of these:", *lines])


def _title(channel: Channel) -> str:
    return one_line(channel.title, 20)
