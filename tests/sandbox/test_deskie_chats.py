"""Chats in Deskie: a case in a sync channel is one until it ends by itself (Deskie reference, section 8)."""

from typing import Any, Literal

import pytest

from chaport_sync.sandbox.deskie.records import Case, Staff
from tests.sandbox.conftest import Bench

#: Seconds of silence after which a chat ends.
LENGTH = 600


@pytest.fixture
def chat(bench: Bench) -> Case:
    """A customer's chat in a sync channel, which begins now."""
    bench.account.add_channel(13, type="sync")
    return bench.account.open_case(bench.account.add_user(custom_id="visitor-1", channel="cch13"), "cch13")


@pytest.fixture
def ann(bench: Bench) -> Staff:
    """An agent."""
    return bench.account.add_agent("Ann", "ann@acme.example")


def listed(bench: Bench, **query: Any) -> list[int]:
    """The ids of the cases that a search finds."""
    answer = bench.deskie("GET", "/cases.json", **query).json()
    return [answer[name]["case"]["case_id"] for name in answer if name.isdigit()]


def status(bench: Bench, chat: Case) -> str:
    """The status that the case is answered with."""
    told: str = bench.deskie("GET", f"/cases/{chat.id}.json").json()["case"]["status"]
    return told


def test_a_silent_chat_ends(bench: Bench, chat: Case) -> None:
    """After ten silent minutes a chat is a case like any other, and the changelog tells since when."""
    bench.clock.advance(LENGTH - 1)
    assert listed(bench) == []
    bench.clock.advance(1)
    ended = bench.clock.now()
    bench.clock.advance(1000)
    assert listed(bench) == [chat.id]
    assert [(change.event, change.at) for change in chat.changelog] == [("chat_completion", ended)]
    assert chat.updated_at == ended


@pytest.mark.parametrize("length", [60.0, None], ids=["a minute", "never"])
def test_the_length_of_the_silence(bench: Bench, chat: Case, length: float | None) -> None:
    """How long it is can be set, and whether a chat ends by itself at all."""
    bench.account.quirks.chat_ends_after = length
    bench.clock.advance(LENGTH - 1)
    assert listed(bench) == ([chat.id] if length else [])


def test_both_sides_break_the_silence(bench: Bench, chat: Case, ann: Staff) -> None:
    """Whoever speaks keeps a chat active; a note does not."""
    bench.clock.advance(LENGTH - 1)
    bench.account.customer_writes(chat, "Hello?")
    bench.clock.advance(LENGTH - 1)
    bench.account.agent_replies(chat, ann, "Good day")
    bench.clock.advance(LENGTH - 1)
    bench.account.agent_notes(chat, ann, "Not now")
    assert listed(bench) == []
    bench.clock.advance(1)
    assert listed(bench) == [chat.id]


def test_the_last_response_decides_the_status(bench: Bench, chat: Case, ann: Staff) -> None:
    """Customer last is open, agent last is pending, whatever was set meanwhile; a note is no response."""
    bench.deskie("PUT", f"/cases/{chat.id}.json", {"case": {"status": "waiting"}})
    bench.deskie("POST", f"/cases/{chat.id}/note.json", {"note": {"content": "The bot asks"}})
    assert status(bench, chat) == "waiting"
    bench.clock.advance(LENGTH)
    assert status(bench, chat) == "open"
    bench.account.agent_replies(chat, ann, "Good day")
    bench.account.agent_notes(chat, ann, "Done?")
    assert status(bench, chat) == "open"
    bench.clock.advance(LENGTH)
    assert status(bench, chat) == "waiting"
    assert chat.changelog[-1].by == "system"


def test_what_people_do_after_the_end_comes_after_it(bench: Bench, chat: Case) -> None:
    """An act of later finds a chat that has ended, though nobody looked at it meanwhile."""
    bench.clock.advance(LENGTH + 100)
    bench.account.set_case_status(chat, "waiting")
    assert [change.event for change in chat.changelog] == ["chat_completion", "status"]
    assert status(bench, chat) == "waiting"


def test_an_end_that_is_seen_late_is_no_newer_change(bench: Bench, chat: Case, ann: Staff) -> None:
    """The end of a chat never makes a case look older than what was done in it since."""
    message = bench.account.agent_replies(chat, ann, "Godo day")
    bench.clock.advance(LENGTH + 100)
    bench.account.agent_edits(chat, message, "Good day")
    assert bench.account.cases[0].updated_at == bench.clock.now()


def test_closed_stays_closed_at_the_end(bench: Bench, chat: Case) -> None:
    """The end of a chat opens no case that is closed."""
    bench.account.set_case_status(chat, "closed")
    bench.clock.advance(LENGTH)
    assert status(bench, chat) == "closed"


def test_new_words_revive_a_chat(bench: Bench, chat: Case, ann: Staff) -> None:
    """Any message of the customer or of an agent makes an ended chat active; a note does not."""
    bench.clock.advance(LENGTH)
    bench.account.agent_notes(chat, ann, "Hm")
    assert listed(bench) == [chat.id]
    bench.account.agent_replies(chat, ann, "Good day")
    assert listed(bench) == []
    bench.clock.advance(LENGTH)
    assert listed(bench) == [chat.id]
    bench.account.customer_writes(chat, "At last")
    assert listed(bench) == []


def test_an_end_is_nobody_s_request(bench: Bench, chat: Case) -> None:
    """It follows from the clock, and not from the reading that shows it."""
    bench.clock.advance(LENGTH)
    assert status(bench, chat) == "open"
    assert not chat.active_chat
    assert bench.sandbox.journal[-1].effect is False


@pytest.mark.parametrize(
    ("understood", "words"), [("either", ["1", "true"]), ("1", ["1"]), ("true", ["true"])], ids=str
)
def test_how_active_chats_are_asked_for(
    bench: Bench, chat: Case, understood: Literal["either", "1", "true"], words: list[str]
) -> None:
    """Of two spellings both are understood, or one; the other is refused."""
    bench.account.quirks.show_active_chats = understood
    for word in ("0", "false", *words):
        assert listed(bench, show_active_chats=word) == ([chat.id] if word in words else [])
    for word in {"1", "true"} - set(words):
        assert bench.deskie("GET", "/cases.json", show_active_chats=word).status_code == 400


def test_a_customer_s_words_after_closing(bench: Bench, chat: Case) -> None:
    """In a sync channel they make a new case; in an async one they stand in the closed one."""
    bench.account.set_case_status(chat, "closed")
    bench.account.customer_writes(chat, "One more thing")
    assert (chat.status, len(chat.messages)) == ("closed", 1)
    assert [case.messages[0].text for case in bench.account.cases] == ["Hello", "One more thing"]
    assert {case.user_id for case in bench.account.cases} == {chat.user_id}
    letter = bench.account.open_case(bench.account.add_user(custom_id="v", channel="cch12"), "cch12", "closed")
    bench.account.customer_writes(letter, "One more thing")
    assert len(letter.messages) == 2
