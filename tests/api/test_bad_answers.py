"""Answers that are not what an API promises: each is one typed error, and nothing else."""

import gzip
import json
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from chaport_sync.api.content import DEEPEST, LARGEST, MOST_CONTAINERS, MOST_TEXTS, is_plain
from chaport_sync.api.errors import Executed, Malformed
from chaport_sync.api.request_queue import Share
from chaport_sync.core.model import Visitor
from tests.api.accounts import Account, answer, staff

HTML = "<html><head><title>Busy</title></head><body>Mary wrote: Hello</body></html>"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(HTML, id="HTML"),
        pytest.param('{"0": {"staff": {"staff_id": 1', id="truncated"),
        pytest.param("", id="empty"),
        pytest.param("  \n", id="white space"),
        pytest.param("null", id="null"),
        pytest.param('"ok"', id="a text"),
        pytest.param("7", id="a number"),
        pytest.param("[" * 100_000 + "]" * 100_000, id="nested too deep to be decoded"),
        pytest.param('{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1), id="nested deeper than any real answer"),
        pytest.param('{"0":' * 985 + "1" + "}" * 985, id="nested as deep as can be decoded"),
        pytest.param("9" * 5000, id="a number of 5000 digits"),
        pytest.param(b"\xff\xfe\x00{", id="no text at all"),
        pytest.param('{"total_count": 3}', id="three entries, none of them there"),
        pytest.param('{"0": {"agent": {"staff_id": 1}}}', id="entries of another name"),
    ],
)
async def test_no_list_of_agents(content: str | bytes) -> None:
    """S8: what cannot be understood is an error, never an empty list; its words are not repeated (P6)."""
    account = Account(answer(content))
    with pytest.raises(Malformed) as raised:
        await account.deskie.agents()
    assert "Mary" not in str(raised.value)
    assert raised.value.executed is Executed.NO
    assert account.server.asked == ["GET /api/staff.json"]


@pytest.mark.parametrize(
    "content",
    [
        HTML,
        '{"result": [{"id"',
        "",
        "null",
        "[]",
        "7",
        '{"result": null}',
        '{"result": {}}',
        '{"operators": []}',
        '{"result": [{"name": "nobody"}]}',
        '{"error": {"message": "Mary wrote: Hello"}}',
    ],
)
async def test_no_list_of_operators_or_visitors(content: str) -> None:
    """S8: the same for Chaport, whose answers are objects with a `result` (Chaport reference, 1)."""
    account = Account(answer(content))
    for asked in (account.chaport.operators(Share.STATUS), account.chaport.visitors(1)):
        with pytest.raises(Malformed) as raised:
            await asked
        assert "Mary" not in str(raised.value)


@pytest.mark.parametrize("content", [HTML, '{"case": {"case_id"', "", "[]", '{"case": []}', '{"message": {}}', "{}"])
async def test_a_write_with_an_answer_that_does_not_tell(content: str) -> None:
    """P1: a good status with an unreadable body may or may not have been executed: it is unclear, and not repeated."""
    account = Account(answer(content, 201))
    writes = [
        account.deskie.open_case({"subject": "Chat"}),
        account.deskie.set_case_status("7", "waiting"),
        account.deskie.add_message("7", "5", "Hello"),
        account.deskie.add_note("7", "Hello"),
    ]
    for write in writes:
        with pytest.raises(Malformed) as raised:
            await write
        assert (raised.value.executed, raised.value.answered) == (Executed.UNCLEAR, True)
    assert len(account.server.requests) == len(writes)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(b'{"0":{"staff":{"staff_id":1,"staff_full_name":"J\xfcrgen"}}}', "J�rgen", id="not UTF-8"),
        pytest.param(b'\xef\xbb\xbf{"0":{"staff":{"staff_id":1,"staff_full_name":"Ann"}}}', "Ann", id="a BOM"),
        pytest.param(r'{"0":{"staff":{"staff_id":1,"staff_full_name":"A\ud800nn"}}}', "A?nn", id="half a pair"),
        pytest.param(r'{"0":{"staff":{"staff_id":1,"staff_full_name":"\ud83d\ude00"}}}', "😀", id="a whole pair"),
        pytest.param('{\n    "0": {"staff": {"staff_id": 1}}}\n', "", id="pretty-printed"),
        pytest.param('{"0":{"staff":{"staff_id":1,"created_at":NaN,"x":-Infinity}}}', "", id="NaN"),
    ],
)
async def test_odd_encodings_are_read(content: str | bytes, name: str) -> None:
    """Deskie reference 1: pretty-printed UTF-8; what is not quite that costs a character, not the answer."""
    [agent] = await Account(answer(content)).deskie.agents()
    assert (agent.id, agent.name) == ("1", name)
    agent.name.encode()


async def test_an_answer_larger_than_any_real_one() -> None:
    """P4: reading stops, once; a server that never ends must not fill the memory."""
    account = Account(answer(b"[" + b" " * LARGEST))
    with pytest.raises(Malformed, match="larger"):
        await account.deskie.agents()
    assert len(account.server.requests) == 1


async def test_more_objects_than_in_any_real_one() -> None:
    """P4: a list of nothing but lists takes a hundred times its size in memory, so it is not decoded."""
    account = Account(answer(b"[" + b"[]," * MOST_CONTAINERS + b"[]]"))
    with pytest.raises(Malformed, match="no JSON"):
        await account.deskie.agents()


async def test_more_texts_than_in_any_real_one() -> None:
    """P4: a list of nothing but short texts takes sixty times its size in memory, so it is not looked through."""
    account = Account(answer(b"[" + b'"",' * MOST_TEXTS + b'""]'))
    with pytest.raises(Malformed, match="no JSON"):
        await account.deskie.agents()


def test_brackets_in_a_text_are_text() -> None:
    """P4: what is within bounds is read; a text may hold whatever it likes."""
    text = "\\" + '"' + "[" * 200 + "\\"
    assert is_plain(json.dumps({"text": text, "more": [text]}).encode())
    assert is_plain(b"[" * DEEPEST + b"]" * DEEPEST)
    assert not is_plain(f"[{'[' * DEEPEST}{']' * DEEPEST}]".encode())


class _Packed(httpx.AsyncByteStream):
    """A content that is sent in pieces, as it is."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


def packed(content: bytes, coding: str) -> Account:
    """Return an account whose server answers with this content, said to be of this coding."""
    return Account(lambda _: httpx.Response(200, headers={"Content-Encoding": coding}, stream=_Packed(content)))


async def test_a_compressed_answer_is_counted_as_it_is_inflated() -> None:
    """P4: a small answer may inflate a thousandfold; no more than the bound is ever inflated."""
    bomb = gzip.compress(b"[" + b" " * (8 * LARGEST))
    tracemalloc.start()
    with pytest.raises(Malformed, match="larger"):
        await packed(bomb, "gzip").deskie.agents()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 * LARGEST


async def test_what_follows_a_compressed_answer_is_not_kept() -> None:
    """P10: it is read to its end, and costs no more than it is long, in however small pieces it comes."""
    pieces = [gzip.compress(json.dumps(staff(7)).encode()), *[b"x" * 1024] * 2000]
    tracemalloc.start()
    answered = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=_Packed(*pieces))
    [agent] = await Account(lambda _: answered).deskie.agents()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert agent.id == "7"
    assert most < 1024 * 1024


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "deflate", "zstd"])
async def test_a_coding_that_was_not_asked_for(coding: str) -> None:
    """P4: codings that are stacked inflate a millionfold; only one is asked for."""
    account = packed(gzip.compress(gzip.compress(b"[]")), coding)
    with pytest.raises(Malformed, match="not asked for"):
        await account.deskie.agents()


async def test_the_coding_that_is_asked_for_is_read() -> None:
    """Deskie reference 1: compressed answers are welcome."""
    [agent] = await packed(gzip.compress(json.dumps(staff(7)).encode()), "gzip").deskie.agents()
    assert agent.id == "7"


@pytest.mark.parametrize("body", [{"result": None}, {"result": {}}, {"result": []}, {}])
async def test_no_chat(body: Any) -> None:
    """Chaport reference U10: null and {} mean that there is no chat."""
    assert await Account(answer(body)).chaport.chat("v") is None


async def test_a_visitor_that_is_gone() -> None:
    """Chaport reference 3.4: a visitor may vanish between list and read."""
    account = Account(answer("not found", 404))
    assert await account.chaport.visitor("v") is None
    assert await account.chaport.chat("v", "11") is None


async def test_a_chat_without_an_id() -> None:
    """Chaport reference 4.1: a chat that cannot be told from others is an error of that record."""
    with pytest.raises(Malformed):
        await Account(answer({"result": {"stage": "engaged"}})).chaport.chat("v")


async def test_a_user_without_an_id() -> None:
    """T4: a user whose answer says nothing must not be taken for one with another custom id."""
    with pytest.raises(Malformed):
        await Account(answer({"user": []})).deskie.user("5")


async def test_one_bad_row_stops_that_row_only() -> None:
    """P3: rows that cannot be read are left out, whatever they are."""
    rows = {"0": None, "1": {"staff": "Ann"}, "2": {"staff": {"staff_id": None}}, "3": {"staff": {"staff_id": 3}}}
    assert [agent.id for agent in await Account(answer(rows | {"total_count": 4})).deskie.agents()] == ["3"]
    visitors = {"result": [None, {"id": None}, {"id": "v", "name": "Mary"}], "links": {}}
    found, more = await Account(answer(visitors)).chaport.visitors(1)
    assert ([each.id for each in found], more) == (["v"], False)
    assert isinstance(found[0], Visitor)


async def test_an_unreadable_row_does_not_end_a_list() -> None:
    """Deskie reference 1.3: a page is full if it holds a hundred members, readable or not."""
    first = staff(*range(1, 101)) | {"17": {"staff": None}}
    account = Account(answer(first), answer(staff(101)))
    assert len(await account.deskie.agents()) == 100
    assert len(account.server.requests) == 2
