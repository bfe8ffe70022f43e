"""Reads what the set-up needs of both accounts; nothing is written there."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from pydantic import SecretStr

from chaport_sync.api.errors import ApiError, Missing
from chaport_sync.api.request_queue import Share
from chaport_sync.app import connect_both
from chaport_sync.clock import Clock
from chaport_sync.config import Settings
from chaport_sync.config.people import Chaport, Deskie
from chaport_sync.core.model import Agent, Channel, Operator

#: Any account: only one of both clients is asked at a time.
_NOBODY = Deskie(url="https://acme.deskie.io", email="sync@acme.example")


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """What Deskie has; `unread` says what could not be read and why, a sentence each."""

    agents: tuple[Agent, ...] = ()
    statuses: Mapping[int, str] = field(default_factory=dict)
    channels: tuple[Channel, ...] = ()
    unread: tuple[str, ...] = ()


async def read_help_desk(url: str, email: str, api_key: str) -> HelpDesk:
    """Read agents, statuses and channels with these credentials.

    Raises:
        ApiError: The agents cannot be read: the address or the credentials are wrong, or the service is down.
    """
    where = {"Deskie": "the e-mail address and the API key belong together"}
    deskie = Deskie(url=url, email=email, api_key=SecretStr(api_key))
    clients = connect_both(Settings(deskie=deskie, credentials=where), Clock(), dry_run=True)
    unread = []
    try:
        agents = await clients.deskie.agents()
        statuses: Mapping[int, str] = {}
        channels: tuple[Channel, ...] = ()
        try:
            statuses = await clients.deskie.statuses()
        except ApiError as error:
            unread.append(f"The names of the statuses cannot be read: {error}")
        try:
            channels = await clients.deskie.channels()
        except ApiError as error:
            unread.append(f"The channels cannot be read: {error}")
        return HelpDesk(agents, statuses, channels, tuple(unread))
    finally:
        await clients.aclose()


async def read_operators(url: str, token: str) -> tuple[Operator, ...]:
    """Read Chaport's operators with this token.

    Raises:
        ApiError: They cannot be read.
    """
    where = {"Chaport": "the API token"}
    chaport = Chaport(url=url, token=SecretStr(token))
    clients = connect_both(Settings(deskie=_NOBODY, chaport=chaport, credentials=where), Clock(), dry_run=True)
    try:
        with suppress(Missing):
            await clients.chaport.me()
        return await clients.chaport.operators(Share.STATUS)
    finally:
        await clients.aclose()
