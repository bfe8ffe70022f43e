"""Messages in Chaport that are edited or deleted after they were written (Chaport reference, section 5.6)."""

from typing import Any, Literal

import pytest

from chaport_sync.sandbox.chaport.records import Chat, Operator, Visitor
from tests.sandbox.conftest import Bench


def events(bench: Bench, visitor: Visitor) -> list[dict[str, Any]]:
    """The events of a visitor's first chat."""
    found: list[dict[str, Any]] = bench.chaport("GET", f"/visitors/{visitor.id}/chats/1/events").json()["result"]
    return found


@pytest.mark.parametrize("author", ["visitor", "operator", "bot"])
def test_an_edited_message(bench: Bench, mary: Visitor, chat: Chat, jon: Operator, author: str) -> None:
    """Other words stand in the place of the old ones, under the old id and time."""
    event = {
        "visitor": lambda: bench.live_chat.visitor_says(chat, "Wich colour?"),
        "operator": lambda: bench.live_chat.operator_says(chat, jon, "Wich colour?"),
        "bot": lambda: bench.live_chat.bot_says(chat, "Wich colour?"),
    }[author]()
    before = events(bench, mary)
    bench.clock.advance(10)
    bench.live_chat.edit(event, "Which colour?")
    expected = before[-1] | {"params": before[-1]["params"] | {"text": "Which colour?"}}
    assert events(bench, mary) == [*before[:-1], expected]
    assert bench.chaport("GET", f"/visitors/{mary.id}/chats/1/events/{event.id}").json()["result"] == expected


@pytest.mark.parametrize(("shown", "code"), [("gone", 404), ("empty", 200)])
def test_a_deleted_message(bench: Bench, mary: Visitor, chat: Chat, shown: Literal["gone", "empty"], code: int) -> None:
    """It is no longer listed, or it stands there without its words; the others stay."""
    bench.live_chat.quirks.deleted_messages = shown
    event = bench.live_chat.visitor_says(chat, "Wrong window")
    bench.live_chat.visitor_says(chat, "Which colour?")
    bench.live_chat.delete(event)
    texts = [event["params"]["text"] for event in events(bench, mary)]
    assert texts == ["Anybody there?", *([""] if shown == "empty" else []), "Which colour?"]
    assert bench.chaport("GET", f"/visitors/{mary.id}/chats/1/events/{event.id}").status_code == code


def test_a_deleted_message_and_a_cut_chat(bench: Bench, mary: Visitor, chat: Chat) -> None:
    """The last events of a chat are the last that are there."""
    bench.live_chat.quirks.events_truncated = 1
    bench.live_chat.delete(bench.live_chat.visitor_says(chat, "Wrong window"))
    [event] = bench.chaport("GET", f"/visitors/{mary.id}/chats").json()["result"]["events"]
    assert event["params"]["text"] == "Anybody there?"
