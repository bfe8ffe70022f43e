"""An answer is believed only where it is about what was asked; nothing that a server sets comes back to it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from chaport_sync.api.chaport import Chaport, Dialect
from chaport_sync.api.chaport_wire import error_words
from chaport_sync.api.connection import connect
from chaport_sync.api.errors import Executed, Malformed
from chaport_sync.api.request_queue import Pace
from chaport_sync.api.transport import Transport
from chaport_sync.clock import Clock
from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.ledger import Line
from chaport_sync.core.model import Author
from chaport_sync.core.transcripts.delivery_text import reference
from tests.api.accounts import Account, answer

NOTE, OTHER = (f"Hi\n{reference(('v', '1'), [Line(key, 0, Author.BOT, '', 0, '')], ENGLISH)}" for key in ("e1", "e2"))


@pytest.mark.parametrize(
    ("call", "body", "executed"),
    [
        pytest.param(lambda it: it.deskie.case("7"), {"case": {"case_id": 999}}, Executed.NO, id="case"),
        pytest.param(
            lambda it: it.deskie.set_case_status("7", "open"),
            {"case": {"case_id": 999, "status": "open"}},
            Executed.UNCLEAR,
            id="a case's status",
        ),
        pytest.param(lambda it: it.deskie.user("5"), {"user": {"user_id": 6}}, Executed.NO, id="user"),
        pytest.param(
            lambda it: it.deskie.add_message("7", "5", "Hi"),
            {"message": {"message_id": 1, "user_id": 6}},
            Executed.UNCLEAR,
            id="another customer's message",
        ),
        pytest.param(
            lambda it: it.deskie.add_note("7", NOTE),
            {"message": {"message_id": 1, "user_id": 6, "note": True}},
            Executed.UNCLEAR,
            id="a customer's message for a note",
        ),
        pytest.param(
            lambda it: it.deskie.add_note("7", NOTE),
            {"message": {"message_id": 1, "note": True, "content": OTHER}},
            Executed.UNCLEAR,
            id="another note",
        ),
        pytest.param(lambda it: it.chaport.visitor("v"), {"result": {"id": "w"}}, Executed.NO, id="visitor"),
        pytest.param(lambda it: it.chaport.chat("v", "11"), {"result": {"id": 12}}, Executed.NO, id="chat"),
        pytest.param(
            lambda it: it.chaport.send_message("v", "op1", "Hi", "deskie-1"),
            {"result": {"id": "e", "type": "operator-message", "params": {"operatorId": "op2"}}},
            Executed.UNCLEAR,
            id="another operator's message",
        ),
        pytest.param(
            lambda it: it.chaport.send_message("v", "op1", "Hi", "deskie-1"),
            {"result": {"chatEvent": {"id": "e", "type": "operator-message", "externalId": "deskie-2"}}},
            Executed.UNCLEAR,
            id="another external id",
        ),
    ],
)
async def test_another_record(call: Callable[[Account], Awaitable[Any]], body: Any, executed: Executed) -> None:
    """P1, P6: an answer about another record is none; what was written may have been executed."""
    account = Account(answer(body))
    with pytest.raises(Malformed, match="the answer is about") as raised:
        await call(account)
    assert raised.value.executed is executed
    assert len(account.server.requests) == 1


async def test_an_answer_that_tells_no_more_than_its_id() -> None:
    """Deskie reference 4.2 and 5: fields may be missing, and a text may be written in Deskie's own way."""
    account = Account(answer({"message": {"message_id": 1, "note": True, "content_html": "<p>Hi - Acme</p>"}}))
    assert (await account.deskie.add_note("7", NOTE)).id == "1"
    assert (await account.deskie.add_message("7", "5", "Hi")).id == "1"


async def test_cookies_are_not_kept() -> None:
    """P6: what identifies the daemon is in its credentials; cookies would come back with each request, and grow."""
    account = Account(httpx.Response(200, headers={"Set-Cookie": "PHPSESSID=1"}, json={"result": {"id": "v"}}))
    for _ in range(2):
        await account.chaport.visitor("v")
    assert all("cookie" not in request.headers for request in account.server.requests)


def test_a_connection_that_is_one_answer_ahead_is_not_used_again() -> None:
    """P1: a surplus answer on a kept connection would be taken for the next request's, and so on for ever."""
    asyncio.run(_with_a_surplus_answer())


async def test_another_profile_of_the_same_person() -> None:
    """Deskie reference 6: profiles can be linked, and nobody knows which of them answers for the others."""
    account = Account(answer({"user": {"user_id": 6, "user_custom_id": "v1", "linked_users": [5]}}))
    assert (await account.deskie.user("5")).custom_id == "v1"


async def _with_a_surplus_answer() -> None:
    connections: list[asyncio.Task[None]] = []

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(asyncio.create_task(_serve(reader, writer)))

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        base, clock = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", Clock()
        transport = Transport("Chaport", base, connect(base, {}), Pace(1000, clock), clock, error_words)
        chaport = Chaport(transport, Dialect())
        assert await chaport.visitor("first") is not None
        with pytest.raises(Malformed, match=r"another visitor \(surplus\)"):
            await chaport.visitor("second")
        assert await chaport.visitor("third") is not None
        await chaport.aclose()
        await asyncio.gather(*connections)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError):
        while True:
            asked = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode().rpartition("/")[2]
            if asked != "second":
                writer.write(_visitor(asked) + (_visitor("surplus") * 2 if asked == "first" else b""))
    writer.close()
    await writer.wait_closed()


def _visitor(identity: str) -> bytes:
    body = f'{{"result": {{"id": "{identity}"}}}}'
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
