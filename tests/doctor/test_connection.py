"""How a service was reached: encryption, its clock, and why it was not reached at all."""

import asyncio
import socket
from email.utils import formatdate
from typing import Any

import httpx
import pytest

from chaport_sync.api.allowance import Share
from chaport_sync.api.connection import Contact, connect
from chaport_sync.api.errors import Unavailable
from chaport_sync.app import connect_both
from chaport_sync.clock import Clock
from chaport_sync.doctor.accounts import connection
from chaport_sync.doctor.finding import NOTE, OK, WARNING
from tests.virtual_time import START
from tests.world import World

NOW = START.timestamp()
DAY = 86400.0


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        pytest.param(Contact(NOW - 9), [(OK, "agrees with this machine's")], id="right"),
        pytest.param(Contact(NOW - 61), [(WARNING, "this machine is 61 s ahead; let it keep time by NTP")], id="ahead"),
        pytest.param(Contact(NOW + 61), [(WARNING, "this machine is 61 s behind; let it keep time by NTP")], id="late"),
        pytest.param(Contact(NOW - 19, took=19.5), [(OK, "agrees with this machine's")], id="a slow answer"),
        pytest.param(Contact(), [(NOTE, "its answers do not say what time it is")], id="no date"),
        pytest.param(
            Contact(NOW, "TLSv1.3", NOW + 60 * DAY),
            [(OK, "TLSv1.3, certificate until 2027-01-01"), (OK, "agrees with this machine's")],
            id="encrypted",
        ),
        pytest.param(
            Contact(NOW, "TLSv1.2", NOW + 13 * DAY),
            [(WARNING, "TLSv1.2, certificate until 2026-11-15"), (OK, "agrees with this machine's")],
            id="a certificate that ends soon",
        ),
    ],
)
def test_told(contact: Contact, expected: list[tuple[str, str]]) -> None:
    """The protocol, the end of the certificate, and clocks that differ."""
    assert [(found.result, found.finding) for found in connection("Deskie", contact, NOW)] == expected


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
    """The time of the server and the TLS of the connection are read from any answer."""
    heard: list[Contact] = []
    answer = httpx.Response(200, headers={"Date": formatdate(NOW)}, extensions={"network_stream": _Encrypted()})
    over = httpx.MockTransport(lambda _: answer)
    async with connect("https://acme.deskie.io", {}, over, heard.append) as client:
        await client.get("https://acme.deskie.io/api/staff.json")
    assert heard == [Contact(NOW, "TLSv1.3", NOW + 60 * DAY)]


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
