"""Messages that are sent through Chaport's API (Chaport reference, section 6)."""

from typing import Literal

import pytest

from chaport_sync.sandbox.chaport.records import Chat, Operator, Visitor
from tests.sandbox.conftest import Bench
from tests.sandbox.messages import message, send

DAY = 86400


def texts(chat: Chat) -> list[str]:
    """What was said in a chat."""
    return [event.text for event in chat.events]


def test_message(bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> None:
    """A message comes into the latest chat, in the form and with the stage of one that the operator wrote there."""
    bench.live_chat.operator_says(chat, jon, "One moment")
    answer = send(bench, mary, jon, "Here I am")
    result = bench.chaport("GET", f"/visitors/{mary.id}/chats").json()["result"]
    _, typed, sent = result["events"]
    assert (answer.status_code, answer.json()) == (200, {"result": sent})
    assert sent == typed | {"id": sent["id"], "params": {"text": "Here I am", "operatorId": jon.id}}
    assert (result["stage"], result["operators"]) == ("responded", [])
    assert [event.text for event in bench.live_chat.sent_to_visitors] == ["Here I am"]


def test_visitors_are_not_seen_by_being_written_to(bench: Bench, mary: Visitor, jon: Operator) -> None:
    """A chat that a message begins has the visitor's next id, and moves her in the list but not her `lastSeen`."""
    bench.live_chat.add_visitor("Noah")
    bench.clock.advance(60)
    assert send(bench, mary, jon).status_code == 200
    assert send(bench, mary, jon, "Hello?").status_code == 200
    [chat] = mary.chats
    assert (chat.id, texts(chat), chat.operators) == (1, ["Hello", "Hello?"], [])
    row = bench.chaport("GET", "/visitors").json()["result"][0]
    assert (row["name"], row["lastSeen"]) == ("Mary", "2026-11-02T09:00:00.000Z")


@pytest.mark.parametrize(
    ("limit", "age", "chats"),
    [(DAY, DAY, 1), (DAY, DAY + 1, 2), (60, 61, 2), (None, 365 * DAY, 1)],
    ids=["recent", "old", "old by another limit", "never old"],
)
def test_old_chats(
    bench: Bench, mary: Visitor, jon: Operator, chat: Chat, limit: float | None, age: float, chats: int
) -> None:
    """Which chat is too old for a message, by its last event, is not known."""
    bench.live_chat.quirks.new_chat_after = limit
    bench.clock.advance(age)
    send(bench, mary, jon)
    assert [one.id for one in mary.chats] == [1, 2][:chats]
    assert texts(mary.chats[-1])[-1] == "Hello"
    assert len(chat.events) == (2 if chats == 1 else 1)


@pytest.mark.parametrize(("reopens", "stage"), [(True, "responded"), (False, "closed")], ids=["reopened", "left"])
def test_closed_chats(
    bench: Bench,
    mary: Visitor,
    jon: Operator,
    chat: Chat,
    reopens: bool,  # noqa: FBT001 - a parameter of the test
    stage: str,
) -> None:
    """A recent chat takes a message when it is closed, too, and is reopened by it or not."""
    bench.live_chat.quirks.message_reopens = reopens
    bench.live_chat.close(chat)
    send(bench, mary, jon)
    assert (texts(chat), chat.stage) == (["Anybody there?", "Hello"], stage)


def test_a_second_message_of_one_external_id(bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> None:
    """It is not sent, whatever it says; without the id, and to another visitor, it is."""
    first = send(bench, mary, jon, external_id="m-1")
    again = send(bench, mary, jon, "Hello again", external_id="m-1")
    assert (again.status_code, again.json()) == (200, first.json())
    assert bench.sandbox.journal[-1].effect is False
    send(bench, mary, jon, external_id="m-2")
    send(bench, mary, jon)
    send(bench, mary, jon)
    assert texts(chat) == ["Anybody there?", *["Hello"] * 4]
    noah = bench.live_chat.add_visitor("Noah")
    send(bench, noah, jon, external_id="m-1")
    assert texts(noah.chats[0]) == ["Hello"]
    assert len(bench.live_chat.sent_to_visitors) == 5


def test_external_ids_reach_as_far_as_the_latest_chat(bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> None:
    """In the latest chat an id is known for as long as that is the latest, and no longer."""
    send(bench, mary, jon, external_id="m-1")
    bench.clock.advance(2 * DAY)
    send(bench, mary, jon, external_id="m-1")
    assert mary.chats == [chat]
    newer = bench.live_chat.start_chat(mary)
    send(bench, mary, jon, external_id="m-1")
    assert (len(chat.events), texts(newer)) == (2, ["Hello"])


@pytest.mark.parametrize(("style", "code"), [("409", 409), ("400", 400)])
def test_refused_duplicates(
    bench: Bench, mary: Visitor, jon: Operator, chat: Chat, style: Literal["409", "400"], code: int
) -> None:
    """How a duplicate is answered is not known (U14)."""
    bench.live_chat.quirks.duplicate_answer = style
    send(bench, mary, jon, external_id="m-1")
    again = send(bench, mary, jon, external_id="m-1")
    assert (again.status_code, again.json()) == (code, {"error": {"message": "duplicate: externalId"}})
    assert len(chat.events) == 2


@pytest.mark.parametrize(
    ("place", "codes", "messages"),
    [
        ("chatEvent", {"chatEvent": 200, "top": 400}, 1),
        ("top", {"chatEvent": 400, "top": 200}, 1),
        ("ignored", {"chatEvent": 200, "top": 200}, 4),
    ],
)
def test_place_of_the_external_id(
    bench: Bench,
    mary: Visitor,
    jon: Operator,
    place: Literal["top", "chatEvent", "ignored"],
    codes: dict[str, int],
    messages: int,
) -> None:
    """It belongs into the event, or beside it, and is a field unknown in the other place; or it has no effect (U14)."""
    bench.live_chat.quirks.external_id_place = place
    bodies = {
        "chatEvent": message(mary, jon, external_id="m-1"),
        "top": message(mary, jon) | {"externalId": "m-1"},
    }
    for where, body in bodies.items():
        for _ in range(2):
            answer = bench.chaport("POST", "/messages", body)
            assert answer.status_code == codes[where]
            if answer.status_code == 400:
                assert answer.json() == {"error": {"message": "unknown field: externalId"}}
    assert len(mary.chats[0].events) == messages


def test_empty_answers(bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> None:
    """The answer may tell nothing of the event, be it new or there already."""
    bench.live_chat.quirks.message_answer = "empty"
    for _ in range(2):
        answer = send(bench, mary, jon, external_id="m-1")
        assert (answer.status_code, answer.json()) == (200, {})
    assert len(chat.events) == 2
