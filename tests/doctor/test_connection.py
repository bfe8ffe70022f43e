"""How a service was reached: encryption, its clock, and why it was not reached at all."""

import asyncio
import socket
from typing import Any

import httpx
import pytest

from chaport_sync.api.connection import Encryption, connect
from chaport_sync.api.errors import Unavailable
from chaport_sync.api.request_queue import Share
from chaport_sync.app import connect_both
from chaport_sync.clock import Clock
from chaport_sync.doctor import NOTE, OK, WARNING
from chaport_sync.doctor.accounts import connection
from chaport_sync.doctor.examination import examine
from tests.virtual_time import START
from tests.world import World

NOW = START.timestamp()
DAY = 86400.0
BY_NTP = "let it keep time by NTP"


@pytest.mark.parametrize(
    ("encryption", "ahead", "expected"),
    [
        pytest.param(Encryption(), 9.0, [(OK, "agrees with this machine's")], id="right"),
        pytest.param(Encryption(), 61.0, [(WARNING, f"this machine is 61 s ahead; {BY_NTP}")], id="ahead"),
        pytest.param(Encryption(), -61.0, [(WARNING, f"this machine is 61 s behind; {BY_NTP}")], id="late"),
        pytest.param(Encryption(), None, [(NOTE, "its answers do not say what time it is")], id="no date"),
        pytest.param(
            Encryption("TLSv1.3", NOW + 60 * DAY),
            0.0,
            [(OK, "TLSv1.3, certificate until 2027-01-01"), (OK, "agrees with this machine's")],
            id="encrypted",
        ),
        pytest.param(
            Encryption("TLSv1.2", NOW + 13 * DAY),
            0.0,
            [(WARNING, "TLSv1.2, certificate until 2026-11-15"), (OK, "agrees with this machine's")],
            id="a certificate that ends soon",
        ),
    ],
)
def test_told(encryption: Encryption, ahead: float | None, expected: list[tuple[str, str]]) -> None:
    """The protocol, the end of the certificate, and clocks that differ."""
    assert [(found.result, found.finding) for found in connection("Deskie", encryption, ahead, NOW)] == expected


@pytest.mark.parametrize(
    ("error", "told"),
    [(0.0, "agrees with this machine's"), (61.0, f"this machine is 60 s ahead; {BY_NTP}")],
    ids=["right", "ahead by a minute, and the second that `Date` cannot tell"],
)
async def test_both_clocks_are_asked(world: World, error: float, told: str) -> None:
    """What the answers of each service tell of the time is examined."""
    world.clock.error = error
    found = await examine(world.settings(), world.clock, world.sandbox.transport())
    clocks = {each.subject: each.finding for each in found if each.subject.endswith("clock")}
    assert clocks == {"Deskie clock": told, "Chaport clock": told}


class _Encrypted:
    """A connection with TLS, as the HTTP library describes it."""

    def get_extra_info(self, name: str) -> Any:
        """Return the TLS part."""
        return self if name == "ssl_object" else None

    def version(self) -> str:
        """Name the protocol."""
        return "TLSv1.3"

    def getpeercert(self) -> dict[str, str]:
        """Return what the certificate says."""
        return {"notAfter": "Jan  1 09:00:00 2027 GMT"}


async def test_what_an_answer_tells() -> None:
    """The TLS of the connection is read from any answer."""
    heard: list[Encryption] = []
    answer = httpx.Response(200, extensions={"network_stream": _Encrypted()})
    over = httpx.MockTransport(lambda _: answer)
    connections = connect("https://acme.deskie.io", {}, over, heard.append)
    for client in (connections.lasting, connections.fresh):
        await client.get("https://acme.deskie.io/api/staff.json")
    await connections.aclose()
    assert heard == [Encryption("TLSv1.3", NOW + 60 * DAY)] * 2


class _Hasty(Clock):
    """A clock that does not wait before an attempt is repeated."""

    async def sleep(self, seconds: float) -> None:
        """Go on at once."""


def _reached(world: World, url: str) -> str:
    """Return what is said of an address that cannot be reached."""

    async def ask() -> str:
        settings = world.settings(f'chaport.url = "{url}"')
        clients = connect_both(settings, _Hasty())
        try:
            with pytest.raises(Unavailable) as caught:
                await clients.chaport.operators(Share.STATUS)
        finally:
            await clients.aclose()
        return caught.value.detail

    return asyncio.run(ask())


@pytest.mark.processes
def test_nobody_listens(world: World) -> None:
    """A port without a server."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert _reached(world, f"https://127.0.0.1:{taken.getsockname()[1]}") == "the connection was refused"


@pytest.mark.processes
def test_no_encryption_there(world: World) -> None:
    """A server that does not speak TLS is told apart from one that is away."""

    async def speak_plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def reached() -> str:
        server = await asyncio.start_server(speak_plainly, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await asyncio.to_thread(_reached, world, f"https://127.0.0.1:{port}")

    assert asyncio.run(reached()).startswith("no encrypted connection: ")


async def test_an_unknown_name(world: World) -> None:
    """A name that DNS does not know."""

    def unknown(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("x") from socket.gaierror(-2, "Name or service not known")

    clients = connect_both(world.settings(), world.clock, over=httpx.MockTransport(unknown))
    with pytest.raises(Unavailable, match="its name is not known to this machine"):
        await clients.deskie.agents()
    await clients.aclose()
