"""Chaport's operators, visitors and chats as records (Chaport reference, 2 to 4)."""

from typing import Any

import pytest

from chaport_sync.api import chaport_wire as wire
from chaport_sync.core.model import Operator

JON = {
    "id": "59747c3ff77948220136b7b3",
    "email": "jon.snow@example.com",
    "name": "Jon Snow",
    "language": "en",
    "jobTitle": "The Wall supervisor",
    "role": "operator",
    "lastLoginAt": "2017-10-03T10:47:31.873Z",
    "lastActivityAt": "2017-10-03T10:47:31.873Z",
    "image": "string",
    "lastStatus": "online",
    "realStatus": "online",
}


def operators(*rows: Any, word: str = "away") -> list[Operator]:
    """Return the operators in a list, in order."""
    found = wire.operators(list(rows), word)
    assert found is not None
    return list(found.values())


def test_the_references_operator() -> None:
    """2.1: the official example."""
    [jon] = operators(JON)
    assert jon == Operator(JON["id"], "jon.snow@example.com", "Jon Snow", "online", "online")


@pytest.mark.parametrize(
    ("fields", "last", "real"),
    [
        ({"lastStatus": "away", "realStatus": "offline"}, "invisible", "offline"),
        ({"lastStatus": "Away"}, "invisible", None),
        ({"lastStatus": "", "realStatus": "busy"}, None, "busy"),
        ({"lastStatus": None, "realStatus": 7}, None, None),
        ({"lastStatus": "do\x1b[31m not\ndisturb"}, "do [31m not disturb", None),
        ({"lastStatus": "x" * 100}, "x" * 39 + "…", None),
    ],
)
def test_statuses(fields: dict[str, Any], last: str | None, real: str | None) -> None:
    """2.4, S1: the word for invisible becomes ours; any other word is tolerated, harmless, and shown as it is."""
    [operator] = operators({"id": "a"} | fields)
    assert (operator.last_status, operator.real_status) == (last, real)


def test_who_is_listed() -> None:
    """U17: deactivated operators are left out, bots are marked, what has no id is nobody."""
    rows = [{"id": 1, "isBot": True}, {"id": "2", "role": "bot"}, {"id": "3", "deactivated": True}]
    rows += [{"id": "4", "isDeactivated": "true"}, {"name": "nobody"}]
    assert [(each.id, each.is_bot) for each in operators(*rows, None, "x")] == [("1", True), ("2", True)]


def test_a_list_of_which_nothing_can_be_understood() -> None:
    """S8: no readable row is no empty list; an empty list and one of deactivated people are."""
    assert wire.operators([{"operator": {"id": "1"}}, None], "away") is None
    assert wire.operators([], "away") == {}
    assert wire.operators([{"id": "1", "deactivated": True}], "away") == {}


@pytest.mark.parametrize("mark", ["deactivated", "isDeactivated"])
def test_deactivated_operators_if_asked_for(mark: str) -> None:
    """T1: who wrote before being deactivated is told by the list."""
    rows = [{"id": "1", "name": "Ann"}, {"id": "2", "name": "Bob", mark: True}]
    found = wire.operators(rows, "away", deactivated=True)
    assert found == {"1": Operator("1", name="Ann"), "2": Operator("2", name="Bob")}
    assert wire.operators(rows, "away") == {"1": Operator("1", name="Ann")}


def test_a_visitor() -> None:
    """3.1: id and contact; whatever may concern a chat changes the fingerprint (T7), the order of fields does not."""
    row = {"id": 67, "name": "Mary", "email": "m@x.io", "phone": 79161234567, "lastSeen": "2025-05-06T06:53:43.155Z"}
    visitor = wire.visitor(row)
    assert (visitor.id, visitor.name, visitor.email, visitor.phone) == ("67", "Mary", "m@x.io", "79161234567")
    assert wire.visitor(dict(reversed(row.items()))).fingerprint == visitor.fingerprint
    about = wire.visitor(row | {"lastSeen": "2025-05-06T06:53:43.156Z"})
    assert about.fingerprint == visitor.fingerprint
    assert about.seen != visitor.seen
    changed = wire.visitor(row | {"lastChat": 7})
    assert changed.fingerprint != visitor.fingerprint
    assert changed.seen == visitor.seen


def test_a_chat() -> None:
    """4.1: an integer id, operators in any form, the stage as an open set."""
    row = {
        "id": 12,
        "stage": "Closed",
        "operators": ["a", {"id": "b", "name": "Bo"}, None, 7],
        "startPage": {"url": "https://acme.example/pricing"},
        "events": [{"id": "e1", "type": "visitor-message", "params": {"text": "Hi"}}],
        "rating": None,
    }
    chat = wire.chat("v", row, {})
    assert (chat.visitor_id, chat.id, chat.closed, chat.operators) == ("v", "12", True, ("a", "b", "7"))
    assert (chat.page, chat.older, chat.truncated) == ("https://acme.example/pricing", (), False)
    assert [event.text for event in wire.events(row["events"])] == ["Hi"]


def test_a_chat_of_few_words() -> None:
    """4.1: fields may be missing or of another type; a chat without `events` is known to be incomplete (U18)."""
    chat = wire.chat("v", {"id": "12", "operators": "a", "startPage": "https://acme.example"}, {})
    assert (chat.id, chat.operators, chat.events, chat.truncated) == ("12", (), (), True)
    assert chat.page == "https://acme.example"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (["/api/v1/visitors/v/chats/11", "/api/v1/visitors/v/chats/10"], ("11", "10")),
        (["https://app.chaport.com/api/v1/visitors/v/chats/11?transcript=true"], ("11",)),
        (["/api/v1/visitors/v/chats/11/"], ("11",)),
        (["/api/v1/visitors/v/chats", "nonsense", 7, None, {"href": "/chats/3"}], ()),
        ([], ()),
        (None, ()),
        (7, ()),
        ("/api/v1/visitors/v/chats/11", ()),
        ({"0": "/chats/11"}, ()),
    ],
)
def test_older_chats(more: Any, expected: tuple[str, ...]) -> None:
    """4.1: `links.more` are addresses whose last number is a chat id; anything else there is none."""
    assert wire.chat("v", {"id": 12}, {"more": more}).older == expected
