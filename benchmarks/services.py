"""Both services in a process of their own, so that their processor time does not count as the daemon's."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from starlette.types import ASGIApp

from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.requests import Request
from chaport_sync.sandbox.serving import Urls, serve
from tests.processes import program

Answer = TypeVar("Answer")
Message = MutableMapping[str, Any]

# All processes are forked from one that has imported everything.
CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__, program.__name__, "chaport_sync.cli.run"])


@dataclass
class Accounts:
    """What the process of the services holds: both accounts, the seconds their clock is ahead, who was connected."""

    ahead: float = 0.0
    connections: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Make the accounts, in which nothing waits for its budget; no real account has so much."""
        self.sandbox = Sandbox(lambda: datetime.now(UTC) + timedelta(seconds=self.ahead))
        self.sandbox.deskie.add_channel(12)
        self.sandbox.deskie.requests_per_minute = 10**9


#: What is done to the accounts or asked about them. It goes to another process: a function of a module, or a record.
Deed = Callable[[Accounts], Answer]


@dataclass(frozen=True)
class Served:
    """The services as they are seen from here."""

    pipe: Connection
    urls: Urls
    email: str
    api_key: str
    token: str

    def ask(self, deed: Deed[Answer]) -> Answer:
        """Do something to the accounts and return what comes of it."""
        self.pipe.send(deed)
        answer: Answer = self.pipe.recv()
        return answer

    def configuration(self, folder: Path, *lines: str) -> str:
        """Return a configuration, with the state file in this folder; `lines` are `section.key = value`."""
        given = dict(line.split(" = ", 1) for line in lines)
        basics = {
            "deskie.url": f'"{self.urls.deskie}"',
            "deskie.email": f'"{self.email}"',
            "deskie.api_key": f'"{self.api_key}"',
            "chaport.url": f'"{self.urls.chaport}"',
            "chaport.token": f'"{self.token}"',
            "transcripts.start": '"2020-01-01"',
            "cases.channel": '"cch12"',
            "state.path": f'"{folder / "state.db"}"',
        }
        return "\n".join(f"{name} = {value}" for name, value in (basics | given).items())


@contextmanager
def served(fill: Deed[None]) -> Iterator[Served]:
    """Serve accounts that were filled, while the block runs."""
    pipe = _process()
    pipe.send(fill)
    try:
        yield Served(pipe, *pipe.recv())
    finally:
        pipe.send(None)


def requests(accounts: Accounts) -> Sequence[Request]:
    """Return what was asked since this was called last."""
    journal = accounts.sandbox.journal
    accounts.sandbox.forget_requests()
    return journal


def connections(accounts: Accounts) -> int:
    """Return how many connections were opened since this was called last."""
    number = len(accounts.connections)
    accounts.connections.clear()
    return number


@dataclass(frozen=True)
class Pass:
    """So many seconds pass."""

    seconds: float

    def __call__(self, accounts: Accounts) -> None:
        """Set the clock forward."""
        accounts.ahead += self.seconds


@cache
def _process() -> Connection:
    ours, theirs = CONTEXT.Pipe()
    CONTEXT.Process(target=_serve, args=(theirs,), daemon=True).start()
    return ours


def _serve(pipe: Connection) -> None:
    """Serve one pair of accounts after another, until the other end is closed."""
    asyncio.run(_serve_all(pipe))


async def _serve_all(pipe: Connection) -> None:
    while True:
        try:
            fill = await asyncio.to_thread(pipe.recv)
        except EOFError:
            return
        accounts = Accounts()
        sandbox = accounts.sandbox
        fill(accounts)
        async with (
            serve(_noting(sandbox.deskie_app, accounts), 0) as deskie,
            serve(_noting(sandbox.chaport_app, accounts), 0) as chaport,
        ):
            pipe.send((Urls(deskie, chaport), sandbox.deskie.email, sandbox.deskie.api_key, sandbox.chaport.token))
            while (deed := await asyncio.to_thread(pipe.recv)) is not None:
                pipe.send(deed(accounts))
        await sandbox.aclose()


def _noting(app: ASGIApp, accounts: Accounts) -> ASGIApp:
    """Return the app, which notes the connections that requests come by."""
    before: set[tuple[str, int]] = set()

    async def noted(
        scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["client"] not in before:
            before.add(scope["client"])
            accounts.connections.add(scope["client"])
        await app(scope, receive, send)

    return noted
