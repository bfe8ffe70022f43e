"""What agents write to customers in Deskie's own way, and how it is found (Deskie reference, sections 3.3 and 4)."""

from datetime import timedelta
from typing import Any

import pytest

from chaport_sync.sandbox.deskie.records import Case, Staff
from tests.sandbox.conftest import Bench
from tests.virtual_time import START


@pytest.fixture
def case(bench: Bench) -> Case:
    """A case in the own channel, with one message."""
    return in_channel(bench, "visitor-1")


@pytest.fixture
def ann(bench: Bench) -> Staff:
    """An agent."""
    return bench.account.add_agent("Ann", "ann@acme.example")


def in_channel(bench: Bench, custom_id: str, channel: str = "cch12") -> Case:
    """A customer's case."""
    return bench.account.open_case(bench.account.add_user(custom_id=custom_id, channel=channel), channel)


def listed(bench: Bench, case: Case) -> list[dict[str, Any]]:
    """The messages of a case, oldest first."""
    answer = bench.deskie("GET", f"/cases/{case.id}/messages.json", page=1, limit=100).json()
    return [answer[name]["message"] for name in answer if name.isdigit()]


def found(bench: Bench, **query: Any) -> list[int]:
    """The ids of the cases that a search finds, in its order."""
    answer = bench.deskie("GET", "/cases.json", **query).json()
    return [answer[name]["case"]["case_id"] for name in answer if name.isdigit()]


def test_reply(bench: Bench, case: Case, ann: Staff) -> None:
    """A reply is the agent's, and the case's last response; what the API's user sent is not told of it."""
    bench.clock.advance(60)
    bench.account.agent_replies(case, ann, "Good day\nto you")
    assert listed(bench, case)[1] == {
        "message_id": 700002,
        "user_id": 0,
        "staff_id": ann.id,
        "content": "Good day\nto you",
        "content_html": "Good day<br>to you",
        "attachments": [],
        "note": False,
        "sent_via_rule": False,
        "created_at": "Mon, 02 Nov 2026 12:01:00 +0300",
        "sent_at": "Mon, 02 Nov 2026 12:01:00 +0300",
    }
    assert case.updated_at == case.last_response_at == bench.clock.now()
    assert not bench.account.sent_to_customers


def test_replies_of_rules(bench: Bench, case: Case, ann: Staff) -> None:
    """A rule's reply carries an agent's id and says so."""
    bench.account.agent_replies(case, ann, "We will be with you shortly", via_rule=True)
    reply = listed(bench, case)[1]
    assert (reply["staff_id"], reply["sent_via_rule"]) == (ann.id, True)


def test_replies_in_html(bench: Bench, case: Case, ann: Staff) -> None:
    """A reply that was written with markup has no plain text, but a person reads it."""
    message = bench.account.agent_replies(case, ann, html="<p>One &amp; <b>two</b></p><p>three</p>")
    reply = listed(bench, case)[1]
    assert (reply["content"], reply["content_html"]) == ("", "<p>One &amp; <b>two</b></p><p>three</p>")
    assert message.lines == ["One & two", "three"]


def test_attachments(bench: Bench, case: Case, ann: Staff) -> None:
    """Files come with their names and addresses, with or without a text."""
    files = [bench.account.file("a.pdf"), bench.account.file("b.png", "https://files.example/b", "image/png", 7)]
    bench.account.agent_replies(case, ann, attachments=files)
    reply = listed(bench, case)[1]
    assert (reply["content"], reply["content_html"]) == ("", "")
    assert reply["attachments"] == [
        {
            "file_id": 8000001,
            "file_name": "a.pdf",
            "file_size": 1024,
            "mime_type": "application/octet-stream",
            "url": "https://acme.deskie.io/attachments/8000001",
        },
        {
            "file_id": 8000002,
            "file_name": "b.png",
            "file_size": 7,
            "mime_type": "image/png",
            "url": "https://files.example/b",
        },
    ]


def test_delayed_replies(bench: Bench, case: Case, ann: Staff) -> None:
    """A delayed reply is listed at once, and when it is sent is told before, or not; its sending changes no case."""
    bench.account.agent_replies(case, ann, "Later", send_at=START + timedelta(minutes=10))
    written, later = "Mon, 02 Nov 2026 12:00:00 +0300", "Mon, 02 Nov 2026 12:10:00 +0300"

    def times() -> tuple[str, str]:
        reply = listed(bench, case)[1]
        return reply["created_at"], reply["sent_at"]

    assert times() == (written, later)
    bench.account.quirks.delayed_sent_at = "dash"
    bench.clock.advance(599)
    assert times() == (written, "-")
    bench.clock.advance(1)
    assert times() == (written, later)
    assert case.updated_at == START


def test_messages_may_not_say_when_they_were_sent(bench: Bench, case: Case, ann: Staff) -> None:
    """The field may be missing."""
    bench.account.quirks.omit_sent_at = True
    bench.account.agent_replies(case, ann, "Good day")
    assert all("sent_at" not in message and "created_at" in message for message in listed(bench, case))


def test_edits(bench: Bench, case: Case, ann: Staff) -> None:
    """Edited words stand in the place of the old ones, under the old id and time; the case changes, or does not."""
    message = bench.account.agent_replies(case, ann, "Godo day")
    before = listed(bench, case)[1]
    bench.clock.advance(10)
    bench.account.agent_edits(case, message, "Good day")
    assert listed(bench, case)[1] == before | {"content": "Good day", "content_html": "Good day"}
    assert case.updated_at == bench.clock.now()
    bench.account.quirks.edit_touches_updated_at = False
    bench.clock.advance(10)
    bench.account.agent_edits(case, message, html="Good <i>day</i>")
    assert listed(bench, case)[1] == before | {"content": "", "content_html": "Good <i>day</i>"}
    assert case.updated_at < bench.clock.now()


def test_deletions(bench: Bench, case: Case, ann: Staff) -> None:
    """A deleted message is not listed, and its id does not come again; the case changes, or does not."""
    first = bench.account.agent_replies(case, ann, "Wrong window")
    bench.clock.advance(10)
    bench.account.agent_deletes(case, first)
    assert [message["content"] for message in listed(bench, case)] == ["Hello"]
    assert case.updated_at == bench.clock.now()
    second = bench.account.agent_replies(case, ann, "Good day")
    assert second.id > first.id
    bench.account.quirks.edit_touches_updated_at = False
    bench.clock.advance(10)
    bench.account.agent_deletes(case, second)
    assert case.updated_at < bench.clock.now()


@pytest.mark.parametrize("active", [False, True], ids=["stays ended", "active again"])
def test_replies_in_ended_chats(bench: Bench, ann: Staff, active: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """In a chat-like channel an agent's message, whoever wrote it, makes an ended chat active again, or does not."""
    bench.account.quirks.agent_message_reactivates = active
    bench.account.add_channel(13, type="sync")
    chat = in_channel(bench, "visitor-1", "cch13")
    bench.account.end_chat(chat)
    bench.account.agent_replies(chat, ann, "Good day")
    assert chat.active_chat is active
    assert found(bench) == ([] if active else [chat.id])
    bench.account.end_chat(chat)
    bench.deskie("POST", f"/cases/{chat.id}/messages.json", {"message": {"staff_id": ann.id, "content": "Hello"}})
    assert chat.active_chat is active
    assert chat.changelog[-1].by == (f"staff_{ann.id}" if active else "rule_1332")


@pytest.mark.parametrize("edge", [int(START.timestamp()) + 100, "2026-11-02"], ids=["seconds", "a date"])
def test_replies_are_found_by_the_time_of_change(bench: Bench, case: Case, ann: Staff, edge: int | str) -> None:
    """A search of channels since a time finds the cases with a reply since then, in either order, a page at a time."""
    others = [in_channel(bench, f"visitor-{number}") for number in (2, 3)]
    bench.account.open_case(bench.account.add_user(email="noah@mail.example"))
    bench.clock.advance(100)
    for one in (others[1], case, others[0]):
        bench.clock.advance(10)
        bench.account.agent_replies(one, ann, "Good day")
    query: dict[str, Any] = {"channel[]": ["cch12", "cch99"], "from_updated_time": edge}
    ids = [others[1].id, case.id, others[0].id]
    assert found(bench, sort="updated_at_asc", **query) == ids
    assert found(bench, sort="updated_at_desc", **query) == ids[::-1]
    assert [found(bench, sort="updated_at_asc", page=page, limit=2, **query) for page in (1, 2, 3)] == [
        ids[:2],
        ids[2:],
        [],
    ]


def test_edges_of_the_time_of_change(bench: Bench, case: Case, ann: Staff) -> None:
    """Both edges are included, to the second; what is no time is refused."""
    bench.clock.advance(10.5)
    bench.account.agent_replies(case, ann, "Good day")
    second = int(START.timestamp()) + 10
    assert found(bench, from_updated_time=second, to_updated_time=second) == [case.id]
    assert found(bench, from_updated_time=second + 1) == found(bench, to_updated_time=second - 1) == []
    for word in ("soon", "-5", "2026-11-02T09:00:00Z", "Mon, 02 Nov 2026 12:00:00 +0300"):
        assert bench.deskie("GET", "/cases.json", from_updated_time=word).status_code == 400
