"""A fast server over TLS in a process of its own: it replays what the sandbox has answered to the same request.

The sandbox takes more processor time for an answer than the daemon for its request, so it cannot serve many accounts.
"""

import asyncio
import ssl
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

import httpx
import trustme

from benchmarks.services import CONTEXT, Accounts, Deed

#: This machine, by an address that the daemon does not take for a local one, where it would ignore $SSL_CERT_FILE.
HOST = "0.0.0.0"  # noqa: S104 - nothing is bound to it
#: What the first account's help desk may do: answer never, or with as much as the daemon reads at most.
Trouble = Literal["hangs", "large"]
LARGE = 16 * 1024 * 1024
#: The path of the agents, with which a poll of the statuses begins.
AGENTS = "/api/staff.json"


@dataclass(frozen=True)
class Replayed:
    """The server as it is seen from here: an address of Deskie for each account, and Chaport's, for all."""

    pipe: Connection
    deskie: Sequence[str]
    chaport: str
    email: str
    api_key: str
    certificates: Path

    def polls(self) -> Mapping[int, Sequence[float]]:
        """Return when each account's agents were read since this was asked last, in seconds, by its place."""
        self.pipe.send("polls")
        found: Mapping[int, Sequence[float]] = self.pipe.recv()
        return found

    def trouble(self, trouble: Trouble | None) -> None:
        """Let the first account's help desk behave so from now on, None for well."""
        self.pipe.send(trouble)


@contextmanager
def replayed(fill: Deed[None], number: int, folder: Path) -> Iterator[Replayed]:
    """Serve so many accounts, all filled alike, while the block runs; certificates are written into this folder."""
    ours, theirs = CONTEXT.Pipe()
    process = CONTEXT.Process(target=_serve, args=(theirs, fill, number, folder), daemon=True)
    process.start()
    try:
        yield Replayed(ours, *ours.recv())
    finally:
        process.kill()
        process.join()


@dataclass
class _Server:
    """All that the connections share."""

    sandbox: httpx.AsyncClient
    answers: dict[tuple[str, str], tuple[bytes, bytes]] = field(default_factory=dict)
    polls: defaultdict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    trouble: Trouble | None = None
    hanging: list[asyncio.Transport] = field(default_factory=list)

    async def answer(self, service: str, head: bytes) -> tuple[bytes, bytes]:
        """Return the head of an answer up to its date, and the rest, from the sandbox if it was never asked."""
        line, *lines = head.decode().split("\r\n")
        method, target, _ = line.split(" ")
        assert method == "GET", "an account in which nothing happens is only read"
        if (service, target) not in self.answers:
            headers = dict(each.split(": ", 1) for each in lines if not each.lower().startswith("host:"))
            found = await self.sandbox.get(f"http://{service}{target}", headers=headers)
            kept = [f"{name}: {value}" for name, value in found.headers.items() if name not in ("date", "connection")]
            start = f"HTTP/1.1 {found.status_code} {found.reason_phrase}\r\nDate: "
            self.answers[service, target] = start.encode(), "\r\n".join(["", *kept, "", ""]).encode() + found.content
        return self.answers[service, target]


class _Connection(asyncio.Protocol):
    def __init__(self, server: _Server, service: str, place: int) -> None:
        self._server, self._service, self._place = server, service, place
        self._came = b""
        self._answering: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, end, rest = self._came.partition(b"\r\n\r\n")
        if end:
            self._came = rest
            self._answering = asyncio.get_running_loop().create_task(self._answer(head))

    async def _answer(self, head: bytes) -> None:
        server = self._server
        if f" {AGENTS}".encode() in head:
            server.polls[self._place].append(time.monotonic())
        if server.trouble and self._service == "deskie" and self._place == 0:
            if server.trouble == "large":
                told = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {LARGE}\r\n\r\n"
                self._transport.write(told.encode() + b" " * LARGE)
            else:
                server.hanging.append(self._transport)
            return
        start, rest = await server.answer(self._service, head)
        self._transport.write(start + formatdate(usegmt=True).encode() + rest)


def _serve(pipe: Connection, fill: Deed[None], number: int, folder: Path) -> None:
    asyncio.run(_serve_all(pipe, fill, number, folder))


async def _serve_all(pipe: Connection, fill: Deed[None], number: int, folder: Path) -> None:
    accounts = Accounts()
    fill(accounts)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "certificates.pem"))
    encrypting = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(HOST).configure_cert(encrypting)
    loop, sandbox = asyncio.get_running_loop(), accounts.sandbox
    async with httpx.AsyncClient(transport=sandbox.transport()) as client, AsyncExitStack() as stack:
        server, addresses = _Server(client), []
        for service, place in [("chaport", 0), *(("deskie", place) for place in range(number))]:
            protocol = partial(_Connection, server, service, place)
            listening = await loop.create_server(protocol, "127.0.0.1", 0, ssl=encrypting, backlog=1000)
            await stack.enter_async_context(listening)
            addresses.append(f"https://{HOST}:{listening.sockets[0].getsockname()[1]}")
        chaport, *deskie = addresses
        pipe.send((deskie, chaport, sandbox.deskie.email, sandbox.deskie.api_key, folder / "certificates.pem"))
        while True:
            asked = await asyncio.to_thread(pipe.recv)
            if asked == "polls":
                pipe.send(dict(server.polls))
                server.polls.clear()
            else:
                server.trouble = asked
                for connection in server.hanging:
                    connection.abort()
