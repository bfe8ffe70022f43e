"""Whatever arrives, a client answers with records or with an `ApiError`, and with nothing else."""

import dataclasses
import inspect
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chaport_sync.api import chaport, chaport_wire, decode, deskie, deskie_wire
from chaport_sync.api.errors import ApiError
from chaport_sync.api.request_queue import Share
from chaport_sync.core.model import Chat
from tests.api.accounts import Account, run

CALLS: dict[str, Callable[[Account], Awaitable[Any]]] = {
    "agents": lambda it: it.deskie.agents(),
    "statuses": lambda it: it.deskie.statuses(),
    "channels": lambda it: it.deskie.channels(),
    "find_cases": lambda it: it.deskie.find_cases(custom_id="v", channel="cch12"),
    "case": lambda it: it.deskie.case("7"),
    "open_case": lambda it: it.deskie.open_case({"subject": "Chat"}),
    "set_case_status": lambda it: it.deskie.set_case_status("7", "open"),
    "messages_since": lambda it: it.deskie.messages_since("7", 1.0),
    "add_message": lambda it: it.deskie.add_message("7", "5", "Hello"),
    "add_note": lambda it: it.deskie.add_note("7", "Hello"),
    "user": lambda it: it.deskie.user("5"),
    "find_users": lambda it: it.deskie.find_users("m@x.io"),
    "operators": lambda it: it.chaport.operators(Share.STATUS),
    "set_status": lambda it: it.chaport.set_status("op1", "online", 600),
    "visitors": lambda it: it.chaport.visitors(2),
    "visitor": lambda it: it.chaport.visitor("v"),
    "chat": lambda it: it.chaport.chat("v", "11"),
    "with_all_events": lambda it: it.chaport.with_all_events(Chat("v", "11")),
    "me": lambda it: it.chaport.me(),
}
#: The names that the readers look for, so that chance finds its way into them.
READERS = (chaport, chaport_wire, decode, deskie, deskie_wire)
KEYS = sorted({"0", "1", "10", *(word for each in READERS for word in re.findall(r'"(\w+)"', inspect.getsource(each)))})
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**20, max_value=10**400),
    st.floats(),
    st.text(),
    st.sampled_from(
        ["7", "-", "http://[x", "/api/v1/visitors?page=3", "Mon, 05 May 2014 00:15:17 +0300", "\ud800", "<p>a"]
    ),
)
anything = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=6),
    max_leaves=25,
)
statuses = st.sampled_from([200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503])
odd = st.sampled_from(["", "7", "-1", "soon", "9" * 30, "http://[x", "https://evil.example/x", "//", "1.5"])
names = st.sampled_from(["retry_after", "Retry-After", "Location", "api_calls_left", "rate_limit_per_minute"])


def harmless(value: Any) -> None:
    """Check that a result consists of records and of texts that can be stored and sent."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            harmless(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for each in value:
            harmless(each)
    elif isinstance(value, dict):
        harmless([*value.items()])
    elif isinstance(value, str):
        value.encode()
    else:
        assert value is None or isinstance(value, int | float)


def ask(call: str, response: httpx.Response) -> None:
    """Make a call that gets this answer, always, and look at what comes out."""
    account = Account(response)
    try:
        result = run(lambda: CALLS[call](account), account.time)
    except ApiError as error:
        str(error).encode()
    else:
        harmless(result)


@pytest.mark.parametrize("call", sorted(CALLS))
@settings(max_examples=20, deadline=None)
@example(body={"result": {"id": 1, "events": []}, "links": {"more": 7}}, status=200, headers={})
@example(body={"result": [{"id": "a"}], "links": {"next": "http://[x"}}, status=200, headers={})
@example(body={}, status=302, headers={"Location": "http://[x"})
@example(body={"9" * 5000: {"staff": {"staff_id": 1}}}, status=200, headers={})
@given(body=anything, status=statuses, headers=st.dictionaries(names, odd, max_size=3))
def test_any_json(call: str, body: Any, status: int, headers: dict[str, str]) -> None:
    """JSON of any shape becomes records or a typed error."""
    ask(call, httpx.Response(status, headers=headers, content=json.dumps(body).encode()))


@pytest.mark.parametrize("call", sorted(CALLS))
@settings(max_examples=8, deadline=None)
@given(content=st.binary(), status=statuses)
def test_any_bytes(call: str, content: bytes, status: int) -> None:
    """Bytes of any kind become records or a typed error."""
    ask(call, httpx.Response(status, content=content))


@pytest.mark.parametrize("call", sorted(CALLS))
@pytest.mark.parametrize("content", [b"\x00" * 30, b"not gzip"])
def test_an_encoding_that_is_a_lie(call: str, content: bytes) -> None:
    """A body that cannot be decompressed is an answer that cannot be read."""
    broken = lambda _request: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=_Body(content))  # noqa: E731
    account = Account(broken)
    with pytest.raises(ApiError):
        run(lambda: CALLS[call](account), account.time)


class _Body(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204
        yield self._content
