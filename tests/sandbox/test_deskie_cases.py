"""Deskie's cases (Deskie reference, section 3)."""

from typing import Any

import pytest

from chaport_sync.sandbox.deskie.records import Case
from tests.sandbox.conftest import Bench
from tests.virtual_time import START

CHAT = {
    "user_custom_id": "visitor-1",
    "user_full_name": "Mary",
    "channel": "cch12",
    "subject": "Chat",
    "content": "Hello",
}


def opened(bench: Bench, **fields: Any) -> dict[str, Any]:
    """The case of a successful request to open one."""
    answer = bench.deskie("POST", "/cases.json", {"case": CHAT | fields})
    assert answer.status_code == 201
    case: dict[str, Any] = answer.json()["case"]
    return case


def found(bench: Bench, **query: Any) -> list[int]:
    """The ids that a search finds, in its order."""
    answer = bench.deskie("GET", "/cases.json", **query).json()
    return [answer[name]["case"]["case_id"] for name in answer if name.isdigit()]


def in_channel(bench: Bench, custom_id: str = "visitor-1", status: str = "open") -> Case:
    """A case that was opened by other ways."""
    user = bench.account.add_user(custom_id=custom_id, channel="cch12")
    return bench.account.open_case(user, "cch12", status)


def test_open(bench: Bench) -> None:
    """A case comes with its customer and the customer's first message."""
    case = opened(bench)
    assert (case["channel"], case["recipient"], case["status"], case["staff_id"]) == ("cch12", "Website", "open", 0)
    assert (case["closed_at"], case["closing_speed"], case["deleted"]) == ("-", "-", False)
    [message] = bench.account.messages(case["case_id"])
    assert (message.form, message.text, message.user_id) == ("customer", "Hello", case["user_id"])
    assert opened(bench)["user_id"] == case["user_id"]
    assert opened(bench, user_custom_id="visitor-2")["user_id"] != case["user_id"]


def test_open_by_email(bench: Bench) -> None:
    """Without a channel the customer is known by e-mail, and answers would go there."""
    body = {"user_email": "mary@mail.example", "subject": "Chat", "content": "Hello", "labels": [101]}
    case = bench.deskie("POST", "/cases.json", {"case": body}).json()["case"]
    assert (case["channel"], case["recipient"], case["labels"]) == ("web", "mary@mail.example", [101])


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"channel": "cch99"}, "channel_not_found"),
        ({"user_custom_id": ""}, "incorrect_user_custom_id"),
        ({"channel": "web", "user_custom_id": ""}, "incorrect_user_email"),
        ({"subject": " "}, "incorrect_subject"),
        ({"content": ""}, "incorrect_content"),
        ({"group_id": "7"}, "incorrect_group_id"),
        ({"group_id": True}, "incorrect_group_id"),
        ({"staff_id": 1}, "staff_not_found"),
        ({"custom_fields": []}, "incorrect_custom_fields"),
        ({"labels": ["x"]}, "incorrect_labels"),
        ({"note": "x"}, "unknown_field_note"),
    ],
    ids=str,
)
def test_open_is_strict(bench: Bench, fields: dict[str, Any], error: str) -> None:
    """Each part must be known, of its type, and sensible."""
    answer = bench.deskie("POST", "/cases.json", {"case": CHAT | fields})
    assert (answer.status_code, answer.json()) == (400, {"error": error})
    assert not bench.account.cases


def test_search_hides_chats_and_merged_cases(bench: Bench) -> None:
    """Active chats are listed only on demand, and so are merged cases; deleted ones are listed."""
    bench.account.add_channel(13, type="sync")
    chat = opened(bench, channel="cch13")["case_id"]
    plain = opened(bench)["case_id"]
    merged = bench.account.find_case(opened(bench)["case_id"])
    assert merged
    bench.account.merge(merged, into=bench.account.cases[1])
    assert found(bench) == [plain]
    assert found(bench, show_active_chats="true", sort="created_at_asc") == [chat, plain]
    assert found(bench, show_active_chats="1", show_merged_cases="1") == [merged.id, plain, chat]
    assert bench.deskie("GET", "/cases.json", show_active_chats="yes").status_code == 400
    bench.account.end_chat(bench.account.cases[0])
    bench.account.trash(bench.account.cases[0])
    assert found(bench, sort="created_at_asc") == [chat, plain]
    bench.account.quirks.lists_trashed = False
    assert found(bench) == [plain]


def test_search_by_texts(bench: Bench) -> None:
    """Text filters find parts, unless a custom id is compared as a whole."""
    first, second = in_channel(bench, "17"), in_channel(bench, "171")
    assert found(bench, user_custom_id="17", sort="created_at_asc") == [first.id, second.id]
    assert found(bench, user_custom_id="^17^") == [first.id]
    bench.account.quirks.custom_id_search = "exact"
    assert found(bench, user_custom_id="17") == [first.id]
    assert found(bench, user_custom_id="^17^") == []
    assert bench.deskie("GET", "/cases.json", user_email="abc").status_code == 400
    assert found(bench, subject="quest") == [second.id, first.id]


def test_search_by_lists(bench: Bench) -> None:
    """Lists are written as in PHP; one value may stand alone; several mean any of them."""
    open_, waiting = in_channel(bench), in_channel(bench, "visitor-2", "waiting")
    assert found(bench, **{"status[]": ["open", "waiting"], "channel": "cch12"}) == [waiting.id, open_.id]
    assert found(bench, **{"status[0]": "waiting"}) == [waiting.id]
    assert found(bench, user_id=open_.user_id) == [open_.id]
    assert found(bench, staff_id=0, channel="sync") == []
    for query in ({"status": "pending"}, {"sort": "newest"}, {"from_time": "soon"}, {"colour": "red"}):
        assert bench.deskie("GET", "/cases.json", **query).status_code == 400


def test_search_by_time(bench: Bench) -> None:
    """Edges are Unix seconds or dates, and the newest change can come first."""
    old = in_channel(bench)
    bench.clock.advance(100)
    new = in_channel(bench, "visitor-2")
    edge = int(START.timestamp()) + 50
    assert found(bench, from_time=edge) == [new.id]
    assert found(bench, to_updated_time=edge) == [old.id]
    assert found(bench, from_updated_time="2026-11-02") == [new.id, old.id]
    bench.clock.advance(100)
    bench.account.customer_writes(old, "Anybody there?")
    assert found(bench, sort="updated_at_desc") == [old.id, new.id]
    bench.account.quirks.search_lag = 150
    assert found(bench) == [old.id]


def test_change(bench: Bench) -> None:
    """Fields are changed one by one, each with a line in the changelog saying by whom."""
    ann = bench.account.add_agent("Ann", "ann@acme.example")
    case = in_channel(bench)
    path = f"/cases/{case.id}.json"
    assert bench.deskie("PUT", path, {"case": {"status": "waiting"}}).json()["case"]["status"] == "waiting"
    bench.account.assign(case, ann)
    bench.account.set_case_status(case, "closed", by=ann)
    bench.deskie("PUT", path, {"case": {"add_labels": [1, 2]}})
    bench.deskie("PUT", path, {"case": {"delete_labels": [1], "subject": "New"}})
    bench.clock.advance(60)
    closed = bench.deskie("GET", f"/cases/{case.number}.json").json()["case"]
    assert (closed["status"], closed["closing_speed"], closed["labels"]) == ("closed", 0, [2])
    log = bench.deskie("GET", f"/cases/{case.id}/changelog.json", status="true").json()["changelog"]
    assert [(line["old_value"], line["value"], line["done_by"]) for line in log] == [
        ("open", "waiting", "staff_41001"),
        ("waiting", "closed", f"staff_{ann.id}"),
    ]
    assert bench.deskie("PUT", path, {"case": {"status": "open"}}).json()["case"]["closed_at"] == "-"


@pytest.mark.parametrize(
    "body",
    [{"status": "waiting"}, {"case": {}}, {"case": {"status": "pending"}}, {"case": {"labels": [1]}}, {"case": 1}, []],
    ids=str,
)
def test_change_is_strict(bench: Bench, body: Any) -> None:
    """The body is wrapped, and its fields are known and sensible."""
    case = in_channel(bench)
    assert bench.deskie("PUT", f"/cases/{case.id}.json", body).status_code == 400
    assert bench.sandbox.journal[-1].effect is False


def test_assignee_must_be_active(bench: Bench) -> None:
    """A disabled agent gets no cases."""
    ann = bench.account.add_agent("Ann", "ann@acme.example", active=False)
    answer = bench.deskie("PUT", f"/cases/{in_channel(bench).id}.json", {"case": {"staff_id": ann.id}})
    assert answer.json() == {"error": "staff_not_active"}


def test_refused_waiting(bench: Bench) -> None:
    """A channel may not take the status, and say so only by the status in its answer."""
    bench.account.quirks.refuse_waiting.add("cch12")
    answer = bench.deskie("PUT", f"/cases/{in_channel(bench).id}.json", {"case": {"status": "waiting"}})
    assert (answer.status_code, answer.json()["case"]["status"]) == (200, "open")


def test_merged_deleted_spam_erased(bench: Bench) -> None:
    """What people do to a case shows in it, until it is erased."""
    case, parent = in_channel(bench), in_channel(bench, "visitor-2")
    path = f"/cases/{case.id}.json"
    bench.account.merge(case, into=parent)
    merged = bench.deskie("GET", path).json()["case"]
    assert (merged["parent_case_id"], merged["status"]) == (parent.id, "closed")
    assert [message.user_id for message in parent.messages] == [case.user_id, parent.user_id]
    bench.account.trash(case)
    assert bench.deskie("GET", path).json()["case"]["deleted"] is True
    bench.account.spam(case)
    assert bench.deskie("GET", path).json()["case"]["spam"] is True
    bench.account.restore(case)
    restored = bench.deskie("GET", path).json()["case"]
    assert (restored["deleted"], restored["spam"]) == (False, False)
    bench.account.erase(case)
    gone = bench.deskie("GET", path)
    assert (gone.status_code, gone.json()) == (404, {"error": "case_not_found"})
    bench.account.quirks.error_in_200 = True
    hidden = bench.deskie("GET", path)
    assert (hidden.status_code, hidden.json()) == (200, {"error": "case_not_found"})
