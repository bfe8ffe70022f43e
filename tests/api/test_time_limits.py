"""Each request is given up after 20 seconds in total, however it wastes them (P1)."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from chaport_sync.api.connection import CONNECT_WITHIN, GIVE_UP_AFTER
from chaport_sync.api.errors import Executed, Unavailable
from tests.api.accounts import Account, Server
from tests.virtual_time import VirtualTime


class Trickle(httpx.AsyncByteStream):
    """A body of which a byte comes each second for a while: no single wait is ever too long."""

    def __init__(self) -> None:
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Return a byte each second, for five minutes."""
        for _ in range(300):
            await asyncio.sleep(1)
            yield b" "

    async def aclose(self) -> None:
        """Note that the client hung up."""
        self.closed = True


class Deaf(Server):
    """Takes connections and never answers, or does not even connect within the limit that httpx was given."""

    def __init__(self, *, connects: bool) -> None:
        super().__init__(httpx.Response(200))
        self._connects = connects

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Wait as the network would."""
        self.requests.append(request)
        if not self._connects:
            await asyncio.sleep(request.extensions["timeout"]["connect"])
            raise httpx.ConnectTimeout("slow")
        await asyncio.sleep(3600)
        return httpx.Response(200)


async def test_no_answer(time: VirtualTime) -> None:
    """P1: a write without an answer is given up after 20 s, and its outcome is unclear."""
    account = Account(time=time, over=Deaf(connects=True))
    with pytest.raises(Unavailable, match="no answer in time") as raised:
        await account.deskie.add_note("7", "Hello")
    assert time.elapsed == pytest.approx(GIVE_UP_AFTER) == pytest.approx(20)
    assert (raised.value.executed, raised.value.answered) == (Executed.UNCLEAR, False)


async def test_an_answer_that_trickles(time: VirtualTime) -> None:
    """P1: the limit is for the whole request: an answer whose bytes keep coming is given up as well, and hung up on."""
    body = Trickle()
    account = Account(lambda _request: httpx.Response(200, stream=body), time=time)
    with pytest.raises(Unavailable) as raised:
        await account.deskie.add_note("7", "Hello")
    assert time.elapsed == pytest.approx(20)
    assert (raised.value.executed, raised.value.answered) == (Executed.UNCLEAR, False)
    assert body.closed


async def test_no_connection(time: VirtualTime) -> None:
    """P1: who gives up connecting earlier than the request knows that nothing was executed."""
    account = Account(time=time, over=Deaf(connects=False))
    with pytest.raises(Unavailable, match="no connection") as raised:
        await account.deskie.add_note("7", "Hello")
    assert raised.value.executed is Executed.NO
    assert CONNECT_WITHIN < GIVE_UP_AFTER


async def test_reads_of_a_deaf_server(time: VirtualTime) -> None:
    """P4: time-outs are repeated within half a minute, so a read takes less than a minute in all."""
    account = Account(time=time, over=Deaf(connects=True))
    with pytest.raises(Unavailable):
        await account.deskie.agents()
    assert 40 <= time.elapsed < 50


async def test_other_requests_go_on(time: VirtualTime) -> None:
    """P4: a request that hangs does not hold up another one."""

    async def reply(request: httpx.Request) -> httpx.Response:
        if "messages" in request.url.path:
            await asyncio.sleep(3600)
        return httpx.Response(200, content=b'{"case": {"case_id": 7}}')

    account = Account(reply, time=time)
    hanging = asyncio.ensure_future(account.deskie.add_message("7", "5", "Hello"))
    await asyncio.sleep(1)
    await account.deskie.case("7")
    assert time.elapsed == pytest.approx(1)
    with pytest.raises(Unavailable):
        await hanging
