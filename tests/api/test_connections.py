"""Where requests go: to the account's own origin, past every proxy on loopback, and after no redirect (P6)."""

import asyncio
import random
import socket
from collections.abc import Awaitable, Callable

import httpx
import pytest

from chaport_sync.api.chaport_wire import error_words
from chaport_sync.api.connection import connect
from chaport_sync.api.errors import ApiError, EnvironmentRefusedError, Executed, Malformed, Unavailable
from chaport_sync.api.request_queue import Pace, Share
from chaport_sync.api.transport import Transport
from chaport_sync.clock import Clock
from chaport_sync.monitoring.ping import Ping
from tests.api.accounts import Account, answer

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "named"),
    [
        ("https://evil.example/api/v1/operators?token=1", "redirected to evil.example"),
        ("//evil.example/", "redirected to evil.example"),
        ("https://app.chaport.com.evil.example:8443/", "redirected to app.chaport.com.evil.example"),
        ("https://user:word@evil.example/", "redirected to evil.example"),
        ("http://app.chaport.com/api/v1/operators", "redirected to app.chaport.com"),
        ("/login", "redirected to another path"),
        ("", "redirected to another path"),
        ("http://[x", "redirected to another path"),
    ],
)
async def test_a_redirect_is_not_followed(status: int, location: str, named: str) -> None:
    """P6: nothing, least of all the credentials, goes where a redirect points; the error names the host only."""
    account = Account(answer("", status, Location=location), answer({"result": []}))
    with pytest.raises(Malformed, match=named) as raised:
        await account.chaport.operators(Share.STATUS)
    assert "word" not in str(raised.value)
    assert [request.url.host for request in account.server.requests] == ["app.chaport.com"]


async def test_a_redirected_write_is_unclear() -> None:
    """P1: a server that redirects a write may have executed it (303 says so)."""
    with pytest.raises(Malformed) as raised:
        await Account(answer("", 303, Location="/done")).deskie.add_note("7", "Hello")
    assert raised.value.executed is Executed.UNCLEAR


@pytest.mark.parametrize("base", ["http://127.0.0.1:8801", "http://localhost:8801", "http://[::1]:8801"])
async def test_proxies_do_not_matter_for_loopback(monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    """P6: plain HTTP to this machine must not pass through anybody else's."""
    for name in PROXIES:
        monkeypatch.setenv(name, "http://proxy.example:3128")
    connections = connect(base, {})
    for client in (connections.lasting, connections.fresh):
        assert client._mounts == {}
        assert client.follow_redirects is False
    await connections.aclose()


async def test_proxies_matter_for_the_services(monkeypatch: pytest.MonkeyPatch) -> None:
    """P6: a company whose servers reach the Internet through a proxy says so in the environment, as usual."""
    for name in PROXIES:
        monkeypatch.setenv(name, "http://proxy.example:3128")
    connections = connect("https://acme.deskie.io", {})
    assert connections.lasting._mounts
    assert connections.fresh._mounts
    await connections.aclose()


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        pytest.param("ALL_PROXY", "socks5://me:word@proxy.example:1080", "SOCKS is not supported", id="socks"),
        pytest.param("HTTPS_PROXY", "http://me:word@proxy.example:x", "no address of a proxy", id="no port"),
        pytest.param("SSL_CERT_FILE", "/nowhere/word.pem", "no certificates", id="no certificates"),
    ],
)
def test_an_environment_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str) -> None:
    """What is wrong there is said by the variable's name, without its value."""
    monkeypatch.setenv(name, value)
    with pytest.raises(EnvironmentRefusedError, match=f"{name}.*{why}") as raised:
        connect("https://acme.deskie.io", {})
    assert "word" not in str(raised.value)
    with pytest.raises(EnvironmentRefusedError):
        Ping("https://ping.example/", Clock())


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def ask(handler: Handler | None, *, write: bool = False) -> ApiError:
    """Return the error of a request to a real server on loopback that does this; None stands for no server."""
    if handler is None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            return await failure(unused.getsockname()[1], write=write)
    async with await asyncio.start_server(handler, "127.0.0.1", 0) as server:
        return await failure(server.sockets[0].getsockname()[1], write=write)


class Hasty(random.Random):
    """Chance that always says now."""

    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002
        """Return nothing."""
        return 0.0


async def failure(port: int, *, write: bool) -> ApiError:
    """Return the error of a request to this port."""
    clock, base = Clock(), f"http://127.0.0.1:{port}"
    transport = Transport("Chaport", base, connect(base, {}), Pace(1000, clock), clock, error_words)
    transport._chance = Hasty()
    try:
        with pytest.raises(ApiError) as raised:
            await (transport.write("POST", "/x", Share.STATUS, {}) if write else transport.get("/x", Share.STATUS))
    finally:
        await transport.aclose()
    return raised.value


async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close the connection at once."""
    writer.close()


async def talk_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer in another protocol."""
    await reader.readline()
    writer.write(b"220 mail.example ESMTP\r\n")
    writer.close()


async def promise_more(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send less than the headers promise."""
    await reader.readline()
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"result"')
    writer.close()


async def lie_about_the_encoding(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send a body that is not in the encoding that the headers name."""
    await reader.readline()
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope")
    writer.close()


@pytest.mark.processes
@pytest.mark.parametrize("handler", [None, hang_up, talk_nonsense, promise_more, lie_about_the_encoding])
async def test_real_connections_that_fail(handler: Handler | None) -> None:
    """P4: whatever happens to a real connection is `Unavailable`, and only one that never was is certainly nothing."""
    error = await ask(handler)
    assert type(error) is Unavailable
    error = await ask(handler, write=True)
    assert type(error) is Unavailable
    assert (error.executed is Executed.NO) is (handler is None)


async def test_an_address_that_is_none() -> None:
    """P4: a request that could not even be built was not sent."""
    account = Account(httpx.InvalidURL("too long"))
    with pytest.raises(Unavailable) as raised:
        await account.deskie.add_note("7" * 70_000, "Hello")
    assert raised.value.executed is Executed.NO
