"""What is said in Deskie's cases (Deskie reference, sections 4 and 5)."""

from typing import Any

import httpx
import pytest

from chaport_sync.sandbox.deskie.records import Case
from tests.sandbox.conftest import Bench


@pytest.fixture
def case(bench: Bench) -> Case:
    """A waiting case in the own channel, with one message."""
    user = bench.account.add_user("Mary", custom_id="visitor-1", channel="cch12")
    return bench.account.open_case(user, "cch12", "waiting")


def write(bench: Bench, case: Case, **fields: Any) -> httpx.Response:
    """Ask for a message."""
    return bench.deskie("POST", f"/cases/{case.id}/messages.json", {"message": fields})


def note(bench: Bench, case: Case, text: str, route: str = "note") -> httpx.Response:
    """Ask for a note."""
    return bench.deskie("POST", f"/cases/{case.id}/{route}.json", {"note": {"content": text}})


def test_note(bench: Bench, case: Case) -> None:
    """A note is the API agent's, is answered under `message`, changes no status and reaches no customer."""
    answer = note(bench, case, "Seen <b>\nand read")
    assert answer.status_code == 201
    assert answer.json()["message"] == {
        "message_id": 700002,
        "user_id": 0,
        "staff_id": bench.account.api_agent.id,
        "content": "Seen <b>\nand read",
        "content_html": "Seen &lt;b&gt;<br>and read",
        "attachments": [],
        "note": True,
        "sent_via_rule": False,
        "created_at": "Mon, 02 Nov 2026 12:00:00 +0300",
        "sent_at": "Mon, 02 Nov 2026 12:00:00 +0300",
    }
    assert case.status == "waiting"
    assert [message.form for message in bench.account.messages(case)] == ["customer", "note"]
    assert bench.account.messages(case)[1].lines == ["Seen <b>", "and read"]
    assert not bench.account.sent_to_customers


def test_customer_message(bench: Bench, case: Case) -> None:
    """A customer's message reopens the case, and a chat, and reaches nobody."""
    assert write(bench, case, user_id=case.user_id, content="Hello?").status_code == 201
    assert case.status == "open"
    assert case.changelog[-1].by == f"user_{case.user_id}"
    assert not bench.account.sent_to_customers


def test_customer_message_may_leave_the_status(bench: Bench, case: Case) -> None:
    """Whether the case is reopened is Deskie's affair."""
    bench.account.quirks.customer_message_reopens = False
    write(bench, case, user_id=case.user_id, content="Hello?")
    assert case.status == "waiting"


def test_customer_message_reactivates_a_chat(bench: Bench) -> None:
    """In a chat-like channel an ended chat is active again."""
    bench.account.add_channel(13, type="sync")
    chat = bench.account.open_case(bench.account.add_user(custom_id="v", channel="cch13"), "cch13")
    bench.account.end_chat(chat)
    write(bench, chat, user_id=chat.user_id, content="Hello?")
    assert chat.active_chat
    assert [change.event for change in chat.changelog] == ["chat_completion", "chat_activation"]


@pytest.mark.parametrize("staff_id", [0, 41001], ids=["the key's agent", "a named agent"])
def test_agent_message_reaches_the_customer(bench: Bench, case: Case, staff_id: int) -> None:
    """A message that is not the customer's is sent to the customer."""
    write(bench, case, content="Hello", **({"staff_id": staff_id} if staff_id else {}))
    assert [message.text for message in bench.account.sent_to_customers] == ["Hello"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"user_id": 1, "content": "x"}, "incorrect_user_id"),
        ({"user_id": 9001, "staff_id": 41001, "content": "x"}, "incorrect_user_id"),
        ({"user_id": "9001", "content": "x"}, "incorrect_user_id"),
        ({"staff_id": 1, "content": "x"}, "staff_not_found"),
        ({"user_id": 9001, "content": " "}, "incorrect_content"),
        ({"user_id": 9001, "content": "x", "note": True}, "unknown_field_note"),
    ],
    ids=str,
)
def test_messages_are_strict(bench: Bench, case: Case, fields: dict[str, Any], error: str) -> None:
    """One author, of this case; and no note by a flag, which might not be heeded."""
    answer = write(bench, case, **fields)
    assert (answer.status_code, answer.json()) == (400, {"error": error})
    assert len(case.messages) == 1


def test_linked_profiles_are_one_person(bench: Bench, case: Case) -> None:
    """A linked profile may write in the case."""
    twin = bench.account.add_user(email="mary@mail.example")
    bench.account.link_users(twin, bench.account.users[0])
    assert write(bench, case, user_id=twin.id, content="x").status_code == 201


def test_disabled_agents_do_not_write(bench: Bench, case: Case) -> None:
    """The error is the one that the reference names."""
    ann = bench.account.add_agent("Ann", "ann@acme.example", active=False)
    assert write(bench, case, staff_id=ann.id, content="x").json() == {"error": "staff_not_active"}


def test_reading(bench: Bench, case: Case) -> None:
    """Messages and notes come together, in either order, a page at a time; without a page, the last hundred."""
    ann = bench.account.add_agent("Ann", "ann@acme.example")
    for number in range(120):
        bench.account.agent_notes(case, ann, f"Note {number}")
    bench.account.agent_replies(case, ann, "Good day", via_rule=True)

    def texts(**query: Any) -> list[str]:
        answer = bench.deskie("GET", f"/cases/{case.id}/messages.json", **query).json()
        assert answer["total_count"] == 122
        return [answer[name]["message"]["content"] for name in answer if name.isdigit()]

    assert texts(page=1, limit=2) == ["Hello", "Note 0"]
    assert texts(page=1, limit=2, order="desc") == ["Good day", "Note 119"]
    assert len(texts()) == 100
    assert texts()[-1] == texts(order="desc")[0] == "Good day"
    assert not bench.account.sent_to_customers
    assert bench.deskie("GET", f"/cases/{case.id}/messages.json", order="up").status_code == 400


def test_text_variants(bench: Bench, case: Case) -> None:
    """The text may come back as HTML only, in paragraphs, or with other line ends; people read the same."""
    bench.account.quirks.content_only_html = bench.account.quirks.html_paragraphs = True
    answer = note(bench, case, "One & two\nthree").json()["message"]
    assert (answer["content"], answer["content_html"]) == ("", "<p>One &amp; two</p><p>three</p>")
    bench.account.quirks.content_only_html, bench.account.quirks.crlf = False, True
    assert note(bench, case, "One\ntwo").json()["message"]["content"] == "One\r\ntwo"
    bench.deskie("POST", f"/cases/{case.id}/note.json", {"note": {"content_html": "<p>One &amp; two</p><p>three</p>"}})
    assert bench.account.messages(case)[-1].lines == ["One & two", "three"]


def test_note_routes(bench: Bench, case: Case) -> None:
    """Only one spelling exists; the other is no route, which is said as HTML; the flag may be missing."""
    missing = note(bench, case, "x", route="notes")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "text/html; charset=utf-8")
    bench.account.quirks.note_route = "notes"
    bench.account.quirks.note_flag_missing = True
    assert note(bench, case, "x").status_code == 404
    assert "note" not in note(bench, case, "x", route="notes").json()["message"]


def test_answers_to_notes(bench: Bench, case: Case) -> None:
    """The answer to a note stands under one of two names; a note that does not say so is listed as one all the same."""
    bench.account.quirks.note_wrapper = "note"
    bench.account.quirks.note_flag_missing = True
    answer = note(bench, case, "x").json()
    assert (list(answer), "note" in answer["note"]) == (["note"], False)
    listed = bench.deskie("GET", f"/cases/{case.id}/messages.json", order="desc").json()["0"]["message"]
    assert (listed["message_id"], listed["note"]) == (answer["note"]["message_id"], True)


@pytest.mark.parametrize("missing", [False, True], ids=["told", "not told"])
def test_a_note_may_become_a_message(bench: Bench, case: Case, missing: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Then it reaches the customer, whatever its answer says."""
    bench.account.quirks.note_becomes_message = True
    bench.account.quirks.note_flag_missing = missing
    answer = note(bench, case, "For agents only").json()["message"]
    assert answer.get("note") is (None if missing else False)
    assert bench.deskie("GET", f"/cases/{case.id}/messages.json").json()["1"]["message"]["note"] is False
    assert [message.text for message in bench.account.sent_to_customers] == ["For agents only"]


def test_refused_texts(bench: Bench, case: Case) -> None:
    """A text may be refused for what it holds or for its length."""
    bench.account.quirks.reject_text = "forbidden"
    bench.account.quirks.max_length = 20
    assert note(bench, case, "a forbidden word").json() == {"error": "incorrect_content"}
    assert note(bench, case, "x" * 21).json() == {"error": "content_too_long"}
    assert note(bench, case, "x" * 20).status_code == 201


def test_closed_cases(bench: Bench, case: Case) -> None:
    """Closed cases take messages, or do not."""
    bench.account.set_case_status(case, "closed")
    assert note(bench, case, "x").status_code == 201
    bench.account.quirks.closed_rejects_messages = True
    assert note(bench, case, "x").json() == {"error": "case_closed"}
    assert write(bench, case, user_id=case.user_id, content="x").json() == {"error": "case_closed"}


@pytest.mark.parametrize("opens", [False, True], ids=["stays closed", "opens"])
def test_a_customer_s_message_to_a_closed_case(bench: Bench, case: Case, opens: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """It stands in the case, which stays closed, or opens again."""
    bench.account.quirks.closed_case_reopens = opens
    bench.account.set_case_status(case, "closed")
    assert write(bench, case, user_id=case.user_id, content="x").status_code == 201
    assert (case.status, len(case.messages)) == ("open" if opens else "closed", 2)


def test_notes_and_the_time_of_change(bench: Bench, case: Case) -> None:
    """A note moves `updated_at`, or does not."""
    bench.clock.advance(10)
    note(bench, case, "x")
    assert case.updated_at == bench.clock.now()
    bench.account.quirks.note_touches_updated_at = False
    bench.clock.advance(10)
    note(bench, case, "x")
    assert case.updated_at < bench.clock.now()
