"""Messages that Chaport does not take (Chaport reference, section 6)."""

from typing import Any

import pytest

from chaport_sync.sandbox.chaport.records import Chat, Operator, Visitor
from tests.sandbox.conftest import Bench
from tests.sandbox.messages import message, send


def test_lengths(bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> None:
    """A text, and an external id, may be too long; the refusal says which."""
    assert send(bench, mary, jon, "x" * 4000).status_code == 200
    answer = send(bench, mary, jon, "x" * 4001)
    assert (answer.status_code, answer.json()) == (400, {"error": {"message": "too long: text"}})
    bench.live_chat.quirks.longest_message = None
    bench.live_chat.quirks.longest_external_id = 8
    assert send(bench, mary, jon, "x" * 4001, "m-345678").status_code == 200
    answer = send(bench, mary, jon, external_id="m-3456789")
    assert (answer.status_code, answer.json()) == (400, {"error": {"message": "too long: externalId"}})
    assert len(chat.events) == 3


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    """The body, less one field wherever it is."""
    return {
        key: without(value, name) if isinstance(value, dict) else value for key, value in body.items() if key != name
    }


@pytest.mark.parametrize("name", ["visitorId", "chatEvent", "type", "params", "text", "operatorId"])
def test_nothing_may_be_missing(bench: Bench, mary: Visitor, jon: Operator, chat: Chat, name: str) -> None:
    """Each part is needed, and a refusal names it."""
    answer = bench.chaport("POST", "/messages", without(message(mary, jon), name))
    assert (answer.status_code, answer.json()) == (400, {"error": {"message": f"incorrect: {name}"}})
    assert len(chat.events) == 1


@pytest.mark.parametrize(
    ("top", "event", "params", "word"),
    [
        ({"visitorId": 7}, {}, {}, "incorrect: visitorId"),
        ({"chatId": 1}, {}, {}, "unknown field: chatId"),
        ({"chatEvent": []}, {}, {}, "incorrect: chatEvent"),
        ({}, {"type": "visitor-message"}, {}, "incorrect: type"),
        ({}, {"type": "bot-message"}, {}, "incorrect: type"),
        ({}, {"externalId": ""}, {}, "incorrect: externalId"),
        ({}, {"externalId": 7}, {}, "incorrect: externalId"),
        ({}, {"params": "Hello"}, {}, "incorrect: params"),
        ({}, {}, {"text": ""}, "incorrect: text"),
        ({}, {}, {"text": " \n"}, "incorrect: text"),
        ({}, {}, {"text": None}, "incorrect: text"),
        ({}, {}, {"operatorId": "59747c3ff77948220136b7b3"}, "incorrect: operatorId"),
        ({}, {}, {"operatorId": None}, "incorrect: operatorId"),
        ({}, {}, {"isBot": True}, "unknown field: isBot"),
    ],
    ids=str,
)
def test_messages_are_strict(
    bench: Bench,
    mary: Visitor,
    jon: Operator,
    chat: Chat,
    top: dict[str, Any],
    event: dict[str, Any],
    params: dict[str, Any],
    word: str,
) -> None:
    """Each part is known, of its type, and sensible; what is refused changes nothing."""
    body = message(mary, jon)
    body["chatEvent"]["params"] |= params
    body["chatEvent"] |= event
    answer = bench.chaport("POST", "/messages", body | top)
    assert (answer.status_code, answer.json()) == (400, {"error": {"message": word}})
    assert (len(chat.events), bench.sandbox.journal[-1].effect) == (1, False)


def test_those_who_are_gone(bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> None:
    """A visitor who is gone is 404; an operator who is gone, or is a bot, is a wrong field."""
    robin = bench.live_chat.add_bot("Robin")
    body = message(mary, jon)
    body["chatEvent"]["params"]["operatorId"] = robin.id
    assert bench.chaport("POST", "/messages", body).status_code == 400
    bench.live_chat.remove_operator(jon)
    assert send(bench, mary, jon).status_code == 400
    bench.live_chat.delete_visitor(mary)
    answer = send(bench, mary, jon)
    assert (answer.status_code, answer.json()) == (404, {"error": {"message": "visitor not found"}})
    assert len(chat.events) == 1


def test_messages_can_be_out_of_reach(bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> None:
    """A token may be allowed to read and not to write."""
    bench.live_chat.forbidden.add("/api/v1/messages")
    assert send(bench, mary, jon).status_code == 403
    assert len(chat.events) == 1


def test_sending_is_one_method(bench: Bench) -> None:
    """Messages cannot be listed."""
    assert bench.chaport("GET", "/messages").status_code == 404
