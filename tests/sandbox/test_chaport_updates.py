"""Chats that are changed through Chaport's API (Chaport reference, sections 4.3 and 4.4)."""

from typing import Any, Literal

import httpx
import pytest

from chaport_sync.sandbox.chaport.records import Chat, Operator, Visitor
from tests.sandbox.conftest import Bench


@pytest.fixture
def chat(bench: Bench, mary: Visitor) -> Chat:
    """Mary's chat with a bot."""
    return bench.live_chat.start_chat(mary, bench.live_chat.add_bot("Robin"))


def change(bench: Bench, visitor: Visitor, **fields: Any) -> httpx.Response:
    """Ask for a change of the latest chat."""
    return bench.chaport("PUT", f"/visitors/{visitor.id}/chats", fields)


def test_assigning(bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> None:
    """An operator gets the chat as by joining it, and the bot stops; the answer is the chat."""
    answer = change(bench, mary, operators=[jon.id])
    read = bench.chaport("GET", f"/visitors/{mary.id}/chats").json()["result"]
    assert (answer.status_code, answer.json()) == (200, {"result": read})
    assert (read["operators"], read["stage"]) == ([jon.id], "initiated")
    assert [(event["type"], event["params"]) for event in read["events"]] == [
        ("operator-change", {"operatorId": jon.id})
    ]
    assert chat.bot is None


def test_assigning_again(bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> None:
    """Who has the chat already gets it without an event."""
    change(bench, mary, operators=[jon.id])
    assert change(bench, mary, operators=[jon.id]).status_code == 200
    assert (len(chat.events), bench.sandbox.journal[-1].effect) == (1, False)
    ann = bench.live_chat.add_operator("Ann", "ann@acme.example")
    change(bench, mary, operators=[ann.id])
    assert (chat.operators, len(chat.events)) == ([ann.id], 2)


def test_unassigning(bench: Bench, mary: Visitor, chat: Chat) -> None:
    """A chat can be nobody's; the bot that had it has it no longer, but no person stops it."""
    for _ in range(2):
        assert change(bench, mary, operators=[]).json()["result"]["operators"] == []
    assert [event.params for event in chat.events] == [{"operatorId": None}]
    assert chat.bot is not None


def test_stages(bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> None:
    """The stage is set with or without somebody; the visitor's next message reopens a closed chat as ever."""
    assert change(bench, mary, stage="closed").json()["result"]["stage"] == "closed"
    assert change(bench, mary, stage="closed").status_code == 200
    assert bench.sandbox.journal[-1].effect is False
    bench.live_chat.visitor_says(chat, "One more thing")
    assert chat.stage == "initiated"
    change(bench, mary, operators=[jon.id], stage="engaged")
    assert (chat.operators, chat.stage) == ([jon.id], "engaged")


def test_only_the_latest_chat(bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> None:
    """An older chat cannot be changed; who has no chat, or is gone, is 404."""
    newer = bench.live_chat.start_chat(mary)
    change(bench, mary, operators=[jon.id], stage="closed")
    assert (newer.operators, newer.stage) == ([jon.id], "closed")
    assert (chat.stage, chat.events) == ("initiated", [])
    assert bench.chaport("PUT", f"/visitors/{mary.id}/chats/{chat.id}", {"stage": "closed"}).status_code == 404
    chatless = bench.live_chat.add_visitor("Noah")
    assert change(bench, chatless, stage="closed").json() == {"error": {"message": "chat not found"}}
    bench.live_chat.delete_visitor(mary)
    gone = change(bench, mary, stage="closed")
    assert (gone.status_code, gone.json()) == (404, {"error": {"message": "visitor not found"}})


@pytest.mark.parametrize(
    ("assign", "code", "word"), [("forbidden", 403, "forbidden"), ("rejected", 400, "incorrect: operators")]
)
def test_assigning_may_be_impossible(
    bench: Bench,
    mary: Visitor,
    jon: Operator,
    chat: Chat,
    assign: Literal["forbidden", "rejected"],
    code: int,
    word: str,
) -> None:
    """Nobody is assigned, and nothing else changed that was asked for with it; alone, the stage can be set."""
    bench.live_chat.quirks.assign = assign
    before = list(chat.operators)
    for operators in ([jon.id], []):
        answer = change(bench, mary, operators=operators, stage="closed")
        assert (answer.status_code, answer.json()) == (code, {"error": {"message": word}})
    assert (chat.operators, chat.stage, chat.events) == (before, "initiated", [])
    assert change(bench, mary, stage="closed").status_code == 200


def test_empty_answers(bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> None:
    """The answer may tell nothing."""
    bench.live_chat.quirks.update_answer = "empty"
    assert change(bench, mary, operators=[jon.id]).json() == {}
    assert chat.operators == [jon.id]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"operators": None},
        {"operators": "JON"},
        {"operators": [7]},
        {"operators": ["JON", "JON"]},
        {"operators": ["59747c3ff77948220136b7b3"]},
        {"operators": ["ROBIN"]},
        {"stage": "pending"},
        {"stage": None},
        {"stage": "closed", "operator": "JON"},
        {"stage": "open", "operators": ["JON"]},
    ],
    ids=str,
)
def test_changes_are_strict(bench: Bench, mary: Visitor, jon: Operator, chat: Chat, body: Any) -> None:
    """One operator or none, a known stage, and nothing else; a bot is no operator; what is refused changes nothing."""
    people = {"JON": jon.id, "ROBIN": chat.operators[0]}
    if isinstance(body, dict) and isinstance(body.get("operators"), list):
        body = body | {"operators": [people.get(one, one) for one in body["operators"]]}
    assert bench.chaport("PUT", f"/visitors/{mary.id}/chats", body).status_code == 400
    assert (chat.stage, chat.events, bench.sandbox.journal[-1].effect) == ("initiated", [], False)
