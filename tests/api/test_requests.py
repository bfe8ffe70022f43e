"""What is sent, to the letter: the real services are strict (both references)."""

import asyncio
import base64
from contextlib import suppress
from typing import Any

import httpx
import pytest

from chaport_sync.api.errors import ApiError, Malformed, Missing, Rejected
from chaport_sync.api.request_queue import Share
from tests.api.accounts import EMAIL, KEY, TOKEN, Account, answer
from tests.virtual_time import VirtualTime

CASE = answer({"case": {"case_id": 7, "status": "open"}}, 201)
MESSAGE = answer({"message": {"message_id": 9, "note": True}}, 201)
GOOD = answer({"result": {}})


async def test_headers() -> None:
    """Deskie reference 1: HTTP Basic of e-mail and key; Chaport reference 1: the token as Bearer; JSON both ways."""
    account = Account(CASE)
    await account.deskie.set_case_status("7", "open")
    headers = account.server.requests[0].headers
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode() == f"{EMAIL}:{KEY}"
    assert (headers["content-type"], headers["accept"]) == ("application/json", "application/json")
    account = Account(GOOD)
    await account.chaport.me()
    assert account.server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert "content-type" not in account.server.requests[0].headers


async def test_deskies_bodies_are_wrapped() -> None:
    """Deskie reference 1: one singular key around the fields, and only the fields that change."""
    account = Account(CASE, CASE, MESSAGE, MESSAGE)
    await account.deskie.open_case({"subject": "Chat", "channel": "cch12"})
    await account.deskie.set_case_status("7", "waiting")
    await account.deskie.add_message("7", "123", "Grüße")
    await account.deskie.add_note("7", "Hello")
    assert account.server.asked == [
        "POST /api/cases.json",
        "PUT /api/cases/7.json",
        "POST /api/cases/7/messages.json",
        "POST /api/cases/7/note.json",
    ]
    assert account.server.bodies == [
        {"case": {"subject": "Chat", "channel": "cch12"}},
        {"case": {"status": "waiting"}},
        {"message": {"user_id": 123, "content": "Grüße"}},
        {"note": {"content": "Hello"}},
    ]


async def test_lists_in_the_query_are_phps() -> None:
    """Deskie reference 1 and 3.3: `name[]=a&name[]=b`; active chats are always asked for."""
    account = Account(answer({}))
    await account.deskie.find_cases(user_ids=["5", "6"], channel="cch12", custom_id="v+1&x=^")
    assert account.server.queries() == [
        [
            ("user_id[]", "5"),
            ("user_id[]", "6"),
            ("user_custom_id[]", "v+1&x=^"),
            ("channel[]", "cch12"),
            ("sort", "updated_at_desc"),
            ("page", "1"),
            ("limit", "100"),
            ("show_active_chats", "1"),
        ]
    ]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("ttl", 600),
        ("ttlSeconds", 600),
        ("validUntil", "2026-11-02T09:10:00.000Z"),
        ("valid_until", "2026-11-02T09:10:00.000Z"),
    ],
)
async def test_exactly_one_lifetime(time: VirtualTime, field: str, expected: Any) -> None:
    """Chaport reference 2.3, S5: the status and one lifetime, in seconds or as a time; invisible in the API's word."""
    account = Account(GOOD, time=time, lifetime_field=field)
    await account.chaport.set_status("op1", "invisible", 600.0)
    assert account.server.asked == ["POST /api/v1/operators/op1/status"]
    assert account.server.bodies == [{"status": "away", field: expected}]


async def test_the_other_lifetime_is_tried_once_and_remembered() -> None:
    """S5, U1: the other encoding after a rejection, what worked from then on; never both in one request."""
    refused = answer({"error": "ttl is unknown"}, 400)
    account = Account(refused, GOOD, GOOD, refused)
    await account.chaport.set_status("op1", "online", 600)
    await account.chaport.set_status("op1", "online", 600)
    assert [sorted(body) for body in account.server.bodies] == [
        ["status", "ttl"],
        ["status", "validUntil"],
        ["status", "validUntil"],
    ]
    with pytest.raises(Rejected):
        await account.chaport.set_status("op2", "online", 600)
    assert len(account.server.requests) == 4


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_only_a_rejection_is_about_the_lifetime(status: int) -> None:
    """S5: what is not rejected as invalid is not tried in another way."""
    account = Account(answer({}, status))
    with pytest.raises(ApiError):
        await account.chaport.set_status("op1", "online", 600)
    assert len(account.server.requests) == 1


@pytest.mark.parametrize("identity", ["../x", "a/b", "a?b=c", "a#b", "%2e%2e", "a b", "ü", "..\\x", "\ud800", "a\r\nb"])
async def test_an_id_cannot_leave_its_place_in_the_path(identity: str) -> None:
    """P6: an id is one part of the path, whatever it holds."""
    account = Account(answer({"result": {"id": identity}, "case": {"case_id": identity}, "message": {"message_id": 1}}))
    with suppress(Malformed):  # Half a pair is no id that an answer could be about.
        await account.chaport.chat(identity, identity)
    await account.chaport.set_status(identity, "online", 600)
    with suppress(Malformed):
        await account.deskie.case(identity)
    await account.deskie.add_note(identity, "Hello")
    paths = [each.url.raw_path.decode().split("/") for each in account.server.requests]
    assert [(len(path), path[:3]) for path in paths] == [
        (7, ["", "api", "v1"]),
        (6, ["", "api", "v1"]),
        (4, ["", "api", "cases"]),
        (5, ["", "api", "cases"]),
    ]
    assert not any(character in part for path in paths for part in path for character in "?# \\\r\n")


@pytest.mark.parametrize("identity", ["", ".", ".."])
async def test_an_id_that_is_no_part_of_a_path(identity: str) -> None:
    """P6: a path made of such ids would be another one; there is no such record, and nothing is sent."""
    account = Account(GOOD)
    assert await account.chaport.visitor(identity) is None
    assert await account.chaport.chat(identity) is None
    for write in (
        lambda: account.chaport.set_status(identity, "online", 600),
        lambda: account.deskie.add_note(identity, "Hello"),
        lambda: account.deskie.messages_since(identity, 0),
    ):
        with pytest.raises(Missing):
            await write()
    assert account.server.requests == []


async def test_the_second_route_for_notes() -> None:
    """Deskie reference 5: notes.json only when note.json is no route, never messages.json; what worked stays."""
    account = Account(answer("<html>no route</html>", 404), MESSAGE, MESSAGE)
    await account.deskie.add_note("7", "a")
    await account.deskie.add_note("7", "b")
    assert [path.rpartition("/")[2] for path in account.server.asked] == ["note.json", "notes.json", "notes.json"]
    account = Account(answer({"error": "case_not_found"}, 404))
    with pytest.raises(Missing):
        await account.deskie.add_note("7", "a")
    assert len(account.server.requests) == 1


async def test_a_dry_run_refuses_to_write() -> None:
    """Whatever asks for it, a read-only transport sends nothing but GET."""
    account = Account(GOOD)
    account.chaport_transport._read_only = True
    with pytest.raises(ApiError, match="dry run"):
        await account.chaport_transport.write("POST", "/operators/1/status", Share.STATUS, {})
    assert account.server.requests == []


async def test_the_second_spelling_for_active_chats() -> None:
    """T4, Deskie reference 3.3: `1`, and `true` only where `1` is rejected; what worked stays until it is rejected."""
    refused = answer({"error": "incorrect"}, 400)
    account = Account(refused, answer({}), answer({}), refused, answer({}), refused)
    await account.deskie.find_cases(custom_id="v")
    await account.deskie.updated_cases("cch12", 0)
    await account.deskie.find_cases(custom_id="v")
    with pytest.raises(Rejected):
        await account.deskie.find_cases(custom_id="v")
    words = [dict(query)["show_active_chats"] for query in account.server.queries()]
    assert words == ["1", "true", "true", "true", "1", "1", "true"]


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_only_a_rejection_is_about_the_spelling(status: int) -> None:
    """T4: what is not rejected as invalid is not tried in another way."""
    account = Account(answer({}, status))
    with pytest.raises(ApiError):
        await account.deskie.find_cases(custom_id="v")
    assert len(account.server.requests) == 1


async def test_a_search_that_is_rejected_late(time: VirtualTime) -> None:
    """T4: what another search has found out meanwhile is not forgotten for it."""

    async def only_true(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(5 if request.url.params["user_custom_id[]"] == "late" else 1)
        good = request.url.params["show_active_chats"] == "true"
        return answer({}) if good else answer({"error": "incorrect"}, 400)

    account = Account(only_true, time=time)
    await asyncio.gather(*(account.deskie.find_cases(custom_id=each) for each in ("early", "late")))
    await account.deskie.find_cases(custom_id="then")
    assert [dict(query)["show_active_chats"] for query in account.server.queries()] == ["1", "1", *["true"] * 3]
