"""Connections that last from poll to poll, and that no write is lost on (P1, P4)."""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import certifi
import httpx
import pytest

from chaport_sync.api import transport as transports
from chaport_sync.api.chaport import Chaport, Dialect
from chaport_sync.api.chaport_wire import error_words
from chaport_sync.api.connection import connect
from chaport_sync.api.errors import Malformed
from chaport_sync.api.request_queue import Pace, Share
from chaport_sync.api.transport import Transport
from chaport_sync.clock import Clock
from chaport_sync.monitoring.ping import Ping

#: Which requests a connection does not answer: it is closed instead.
Lost = Callable[[int], bool]


class Waiting(Clock):
    """A clock whose waits between two attempts are not waited for."""

    async def sleep(self, seconds: float) -> None:
        """Go on at once."""


class Service:
    """A server that keeps its connections; each notes its requests, and is closed at those that it loses."""

    def __init__(self) -> None:
        self.connections: list[list[str]] = []
        self.lost: Lost = lambda _: False
        self.body = b"{}"
        self.serving: list[asyncio.Task[None]] = []

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection."""
        self.serving.append(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine: list[str] = []
        self.connections.append(mine)
        while line := (await reader.readline()).decode():
            length = 0
            while header := (await reader.readline()).decode().strip().lower():
                if header.startswith("content-length:"):
                    length = int(header.partition(":")[2])
            await reader.readexactly(length)
            mine.append(line.partition(" HTTP")[0])
            if self.lost(len(mine)):
                break
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(self.body), self.body))
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def account(service: Service) -> AsyncIterator[Transport]:
    """Serve, and return the client's side."""
    async with await asyncio.start_server(service.accept, "127.0.0.1", 0) as server:
        clock, base = Waiting(), f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        client = Transport("Chaport", base, connect(base, {}), Pace(1000, clock), clock, error_words)
        try:
            yield client
        finally:
            await client.aclose()
            await asyncio.gather(*service.serving)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let time pass for connections that are not used."""
    passed = 0.0

    def wait(seconds: float) -> None:
        nonlocal passed
        passed += seconds

    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + passed)
    monkeypatch.setattr("httpcore._async.http11.time", clock)
    return wait


@pytest.mark.processes
async def test_idle_polls_open_no_connection(later: Callable[[float], None]) -> None:
    """P4: a server that keeps its connections sees one, whatever the pauses between polls are by default."""
    service = Service()
    async with account(service) as client:
        for _ in range(30):
            await client.get("/operators", Share.STATUS)
            later(22)
    assert [len(each) for each in service.connections] == [30]


@pytest.mark.processes
async def test_a_connection_is_not_used_after_servers_close_it(later: Callable[[float], None]) -> None:
    """P4: after a minute without a request most servers have closed a connection, or do so at this moment."""
    service = Service()
    async with account(service) as client:
        await client.get("/operators", Share.STATUS)
        later(59)
        await client.get("/operators", Share.STATUS)
    assert [len(each) for each in service.connections] == [1, 1]


@pytest.mark.processes
async def test_no_write_on_a_connection_that_was_unused(later: Callable[[float], None]) -> None:
    """P1: a write that meets a closed connection has an unclear outcome, so it gets one that was used just now."""
    service = Service()
    service.lost = lambda number: number == 2
    async with account(service) as client:
        await client.get("/operators", Share.STATUS)
        for _ in range(3):
            later(4)
            await client.write("POST", "/messages", Share.DELIVERY, {})
    assert service.connections == [["GET /operators"], *[["POST /messages"]] * 3]


@pytest.mark.processes
async def test_what_can_be_repeated_needs_no_connection_of_its_own(later: Callable[[float], None]) -> None:
    """P4: an operator's status may be sent twice, so its renewals go over the connection of the readings."""
    service = Service()
    service.lost = lambda number: number == 6
    async with account(service) as client:
        for _ in range(3):
            await client.get("/operators", Share.STATUS)
            later(15)
            await client.write("POST", "/operators/1/status", Share.STATUS, {}, repeatable=True)
            later(15)
    assert service.connections == [["GET /operators", "POST /operators/1/status"] * 3, ["POST /operators/1/status"]]


@pytest.mark.processes
async def test_writes_that_follow_each_other_share_a_connection(later: Callable[[float], None]) -> None:
    """A burst of deliveries costs one connection."""
    service = Service()
    async with account(service) as client:
        for _ in range(5):
            await client.write("POST", "/messages", Share.DELIVERY, {})
            later(1)
    assert [len(each) for each in service.connections] == [5]


@pytest.mark.processes
async def test_a_reading_goes_on_over_a_fresh_connection() -> None:
    """P4: if all lasting connections are dead, a reading is repeated once, however many there are."""
    service = Service()
    service.lost = lambda number: number == 2
    async with account(service) as client:
        await asyncio.gather(*(client.get(f"/visitors/v{number}", Share.READING) for number in range(6)))
        assert len(service.connections) == 6
        await client.get("/operators", Share.STATUS)
    asked = [request for each in service.connections for request in each if request == "GET /operators"]
    assert len(asked) == 2


@pytest.mark.processes
async def test_no_connection_lasts_for_ever(later: Callable[[float], None]) -> None:
    """P1: should answers come one request late on a connection, that ends: now and then a reading closes its own."""
    service = Service()
    async with account(service) as client:
        for _ in range(2 * transports.LAST_READING + 1):
            await client.get("/operators", Share.STATUS)
            later(22)
    assert [len(each) for each in service.connections] == [transports.LAST_READING, transports.LAST_READING, 1]


@pytest.mark.processes
@pytest.mark.parametrize("body", [b'{"result": {"id": 11}}', b'{"result": ["v1"]}', b"<html>"])
async def test_a_connection_that_answers_something_else_is_closed(body: bytes) -> None:
    """P1: what cannot be an answer to this request may be the one to the request before it."""
    service = Service()
    async with account(service) as client:
        chaport = Chaport(client, Dialect())
        service.body = body
        with pytest.raises(Malformed):
            await chaport.operators(Share.STATUS)
        service.body = b'{"result": [{"id": "op1"}]}'
        await chaport.operators(Share.STATUS)
    assert [len(each) for each in service.connections] == [1, 1]


@pytest.fixture
def encrypting(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what encrypts the connections of each client that is made from now on."""
    found: list[object] = []

    class Noting(httpx.AsyncClient):
        def __init__(self, **options: Any) -> None:
            found.append(options["verify"])
            super().__init__(**options)

    monkeypatch.setattr(httpx, "AsyncClient", Noting)
    return found


async def test_certificates_are_read_once(encrypting: list[object]) -> None:
    """Both services and the ping share what encrypts their connections: reading certificates takes time and memory."""
    for base in ("https://acme.deskie.io", "https://app.chaport.com"):
        await connect(base, {}).aclose()
    await Ping("https://ping.example/", Clock()).aclose()
    assert len(encrypting) == 5
    assert len(set(map(id, encrypting))) == 1


async def test_certificates_that_changed_are_read_again(
    encrypting: list[object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A reload of the configuration reads a company's own certificates again if their file has changed."""
    file = tmp_path / "company.pem"
    shutil.copy(certifi.where(), file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    for changed in (1_000, 1_000, 2_000):
        os.utime(file, (changed, changed))
        await connect("https://acme.deskie.io", {}).aclose()
    before, same, after = encrypting[::2]
    assert before is same
    assert before is not after
