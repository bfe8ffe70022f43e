"""Deskie's rows as records (Deskie reference, 2 to 7)."""

from typing import Any

import pytest

from chaport_sync.api import deskie_wire as wire
from chaport_sync.core.model import Agent, CaseView, Channel, Message, User


def test_an_agent() -> None:
    """2.1: `status_id` besides the deprecated word; numbers may be texts, unknown fields do not matter."""
    row = {
        "staff_id": "200",
        "staff_email": "ann@acme.example",
        "staff_full_name": "Ann",
        "active": True,
        "status": "Online",
        "status_id": "1",
        "thumbnail": "",
        "unheard_of": [{}],
    }
    expected = Agent("200", "ann@acme.example", "Ann", active=True, status_id=1, status_word="online")
    assert wire.agent(row) == expected


def test_an_agent_of_few_words() -> None:
    """2.1: `staff_full_name` and others are optional; an agent that does not say is active."""
    assert wire.agent({"staff_id": 7}) == Agent("7", active=True)
    assert not wire.agent({"staff_id": 7, "active": 0}).active


def test_status_names() -> None:
    """2.2: names by id; a row without an id names nothing."""
    rows: list[wire.Row] = [{"status_id": 1, "status": "Online"}, {"status_id": "113808", "status": "Training"}, {}]
    assert wire.status_names(rows) == {1: "Online", 113808: "Training"}


def test_a_channel() -> None:
    """7: `channel_api_key` is what cases name."""
    row = {"channel_id": 3, "channel_api_key": "cch3", "title": "Chat", "channel_type": "sync", "active": "1"}
    assert wire.channel(row) == Channel("cch3", "Chat", "sync", active=True)


def test_a_case() -> None:
    """3.1: nobody's case has `staff_id` 0, one that was not merged no parent; `-` is no time."""
    row = {
        "case_id": 2000,
        "user_id": "123",
        "status": "Waiting",
        "channel": "cch12",
        "staff_id": 0,
        "parent_case_id": None,
        "deleted": False,
        "spam": "false",
        "updated_at": "-",
        "created_at": "Mon, 06 May 2014 00:15:17 +0300",
        "closed_at": "-",
        "closing_speed": "-",
    }
    when = 1399324517.0
    assert wire.case(row) == CaseView("2000", "123", "waiting", "cch12", updated_at=when)
    assert wire.case(row | {"updated_at": when + 5}).updated_at == when + 5


def test_a_case_that_is_gone() -> None:
    """3.1, 3.6: merged, deleted and spam, in whichever form the answer says so."""
    view = wire.case({"case_id": "1", "deleted": 1, "spam": "true", "parent_case_id": "77"})
    assert (view.deleted, view.spam, view.parent_id) == (True, True, "77")


@pytest.mark.parametrize(
    ("row", "text"),
    [
        pytest.param({"content": "Hi", "content_html": "<p>Hello</p>"}, "Hi", id="plain text first"),
        pytest.param({"content": "", "content_html": "A<br />B &lt;3"}, "A\nB <3", id="HTML only"),
        pytest.param({"content": None, "content_html": "<p>A</p><p>B</p>"}, "A\nB\n", id="paragraphs"),
        pytest.param({"content": 42}, "42", id="digits as a number"),
        pytest.param({}, "", id="nothing"),
    ],
)
def test_a_messages_text(row: dict[str, Any], text: str) -> None:
    """4.1: `content` may be empty while `content_html` has the text."""
    assert wire.message({"message_id": 1} | row).text == text


def test_whose_message_it_is() -> None:
    """4.1: a customer's has `user_id`, an agent's `staff_id`, a note says so."""
    note = {"message_id": "9", "user_id": 0, "staff_id": 41, "note": "1", "content": "x", "created_at": 1399238117}
    assert wire.message(note) == Message("9", staff_id="41", note=True, text="x", created_at=1399238117.0)
    assert wire.message({"message_id": 9, "user_id": 5, "staff_id": 0}) == Message("9", user_id="5")


def test_a_user() -> None:
    """6: linked profiles as ids; a new user's plaintext password is not even read."""
    row = {"user_id": 1, "user_email": "m@x.io", "user_custom_id": 77, "linked_users": [5, "6", None], "password": "p"}
    assert wire.user(row) == User("1", "m@x.io", "77", linked=("5", "6"))
    assert wire.user({"user_id": 1, "linked_users": {"0": 5}}).linked == ()


def test_a_notes_answer_may_use_either_name() -> None:
    """5: the answer to a note is called `message`; should it be called `note`, that is understood."""
    assert wire.entity({"message": {"message_id": 1}}, "message", "note") == {"message_id": 1}
    assert wire.entity({"note": {"message_id": 1}}, "message", "note") == {"message_id": 1}
    assert wire.entity({"message": "queued", "note": []}, "message", "note") == {}


SECOND, NEXT = "Mon, 02 Nov 2026 09:00:00 +0000", "Mon, 02 Nov 2026 09:00:01 +0000"


@pytest.mark.parametrize(
    ("changes", "setter"),
    [
        pytest.param([], "", id="nobody"),
        pytest.param([(SECOND, "waiting", "staff_7")], "7", id="an agent"),
        pytest.param([(SECOND, "waiting", "rule_1332")], "rule_1332", id="a rule"),
        pytest.param([(SECOND, "waiting", "")], "somebody", id="it is not said who"),
        pytest.param(
            [(NEXT, "waiting", "staff_8"), (SECOND, "waiting", "staff_7")], "8", id="the newest, listed first"
        ),
        pytest.param([(SECOND, "waiting", "staff_7"), (NEXT, "waiting", "staff_8")], "8", id="the newest, listed last"),
        pytest.param([(SECOND, "waiting", "staff_7"), (SECOND, "open", "user_9")], "7", id="in the same second"),
        pytest.param([(SECOND, "pending", "staff_7")], "7", id="other words for the statuses"),
    ],
)
def test_who_set_a_status(changes: list[tuple[str, str, str]], setter: str) -> None:
    """3.7: who set a case to what it is now, in whatever order that is listed."""
    rows = [{"created_at": at, "event": "status", "value": value, "done_by": by} for at, value, by in changes]
    other = {"created_at": NEXT, "event": "staff", "value": 7, "done_by": "staff_9"}
    assert wire.status_set_by({"changelog": [*rows, other]}, "waiting") == setter
    assert wire.status_set_by({"error": "no_route"}, "waiting") is None
