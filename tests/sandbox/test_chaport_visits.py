"""Chaport's visitors, chats and events (Chaport reference, sections 3, 4 and 5)."""

from typing import Any, Literal

import pytest

from chaport_sync.sandbox.chaport.records import Chat, Visitor
from tests.sandbox.conftest import Bench


@pytest.fixture
def mary(bench: Bench) -> Visitor:
    """A visitor without a chat."""
    return bench.live_chat.add_visitor("Mary", "mary@mail.example", "+100", page="https://acme.example/pricing")


@pytest.fixture
def chat(bench: Bench, mary: Visitor) -> Chat:
    """Mary's chat with a bot."""
    return bench.live_chat.start_chat(mary, bench.live_chat.add_bot("Robin"))


def read(bench: Bench, path: str, **query: Any) -> Any:
    """The whole answer."""
    return bench.chaport("GET", path, **query).json()


def names(bench: Bench, **query: Any) -> list[str]:
    """Visitors in the order of the list."""
    return [row["name"] for row in read(bench, "/visitors", **query)["result"]]


def test_visitor(bench: Bench, mary: Visitor) -> None:
    """A visitor as far as known, until deleted."""
    row = read(bench, f"/visitors/{mary.id}")["result"]
    assert (row["id"], row["name"], row["email"], row["phone"]) == (mary.id, "Mary", "mary@mail.example", "+100")
    assert row["lastSeen"] == "2026-11-02T09:00:00.000Z"
    bench.live_chat.delete_visitor(mary)
    for path in ("", "/chats", "/chats/1", "/chats/1/events"):
        assert bench.chaport("GET", f"/visitors/{mary.id}{path}").status_code == 404


def test_newest_chat_first(bench: Bench, mary: Visitor, chat: Chat) -> None:
    """Visitors are ordered by the start of their newest chat, or by the last event in it; chatless ones are last."""
    bench.live_chat.add_visitor("Chatless")
    bench.clock.advance(10)
    bench.live_chat.start_chat(bench.live_chat.add_visitor("Noah"))
    bench.clock.advance(10)
    bench.live_chat.visitor_says(chat, "Hello")
    assert names(bench) == ["Noah", "Mary", "Chatless"]
    assert read(bench, f"/visitors/{mary.id}")["result"]["lastSeen"] == "2026-11-02T09:00:00.000Z"
    bench.live_chat.quirks.order_by = "activity"
    bench.live_chat.quirks.row_shows_activity = True
    bench.live_chat.visitor_says(chat, "Hello?")
    assert names(bench) == ["Mary", "Noah", "Chatless"]
    assert read(bench, f"/visitors/{mary.id}")["result"]["lastSeen"] == "2026-11-02T09:00:20.000Z"


@pytest.mark.parametrize(
    ("style", "first", "last"),
    [
        ("relative", {"next": "/api/v1/visitors?page=2"}, {}),
        ("absolute", {"next": "https://app.chaport.com/api/v1/visitors?page=2"}, {}),
        ("null", {"next": "/api/v1/visitors?page=2"}, {"next": None}),
        ("absent", None, None),
    ],
)
def test_paging(
    bench: Bench, style: Literal["absolute", "relative", "absent", "null"], first: object, last: object
) -> None:
    """The next page is told in one of four ways; after the last page there are empty ones."""
    bench.live_chat.quirks.links_next = style
    bench.live_chat.quirks.page_size = 2
    for name in "ABC":
        bench.live_chat.add_visitor(name)
    assert [names(bench, page=page) for page in (1, 2, 3)] == [["C", "B"], ["A"], []]
    assert read(bench, "/visitors").get("links") == first
    assert read(bench, "/visitors", page=2).get("links") == last
    for query in ({"page": 0}, {"page": "x"}, {"limit": 10}):
        assert bench.chaport("GET", "/visitors", **query).status_code == 400


@pytest.mark.parametrize(
    ("shape", "code", "body"),
    [
        ("404", 404, {"error": {"message": "chat not found"}}),
        ("null", 200, {"result": None}),
        ("empty", 200, {"result": {}}),
    ],
)
def test_no_chat(bench: Bench, mary: Visitor, shape: Literal["404", "null", "empty"], code: int, body: object) -> None:
    """A visitor without a chat is told in one of three ways (U10)."""
    bench.live_chat.quirks.no_chat = shape
    answer = bench.chaport("GET", f"/visitors/{mary.id}/chats")
    assert (answer.status_code, answer.json()) == (code, body)


def test_newest_chat(bench: Bench, mary: Visitor, chat: Chat) -> None:
    """The chats' address gives one object, the newest chat, and the addresses of older ones."""
    bench.live_chat.start_chat(mary)
    newest = bench.live_chat.start_chat(mary)
    bench.live_chat.visitor_says(newest, "Hello")
    path = f"/visitors/{mary.id}/chats"
    answer = read(bench, path)
    assert (answer["result"]["id"], answer["result"]["startPage"]) == (3, "https://acme.example/pricing")
    assert answer["links"] == {"more": [f"/api/v1{path}/2", f"/api/v1{path}/1"]}
    assert read(bench, f"{path}/1")["result"]["operators"] == chat.operators
    assert bench.chaport("GET", f"{path}/4").status_code == 404
    bench.live_chat.quirks.links_more = "absolute"
    assert read(bench, path)["links"]["more"][0] == f"https://app.chaport.com/api/v1{path}/2"
    bench.live_chat.quirks.links_more = "absent"
    bench.live_chat.quirks.chat_ids_as_strings = True
    answer = read(bench, path)
    assert (list(answer), answer["result"]["id"]) == (["result"], "3")


def test_chat_ids_are_the_visitor_s(bench: Bench, chat: Chat) -> None:
    """Two visitors have chats of one id."""
    assert bench.live_chat.start_chat(bench.live_chat.add_visitor("Noah")).id == chat.id


def test_a_conversation(bench: Bench, mary: Visitor, chat: Chat) -> None:
    """A chat is the bot's until an operator joins; closing it is undone by the visitor's next message."""
    jon = bench.live_chat.add_operator("Jon", "jon@acme.example")

    def now() -> tuple[str, list[str]]:
        result = read(bench, f"/visitors/{mary.id}/chats")["result"]
        return result["stage"], result["operators"]

    bench.live_chat.bot_says(chat, "Hello, I am Robin")
    assert chat.bot
    assert now() == ("initiated", [chat.bot.id])
    bench.live_chat.visitor_says(chat, "A person, please")
    bench.live_chat.operator_joins(chat, jon)
    bench.live_chat.operator_says(chat, jon, "Here I am")
    assert now() == ("responded", [jon.id])
    bench.live_chat.visitor_says(chat, "Thanks")
    assert now() == ("engaged", [jon.id])
    bench.live_chat.close(chat)
    assert now() == ("closed", [jon.id])
    bench.live_chat.visitor_says(chat, "One more thing")
    assert now() == ("initiated", [jon.id])
    path = f"/visitors/{mary.id}/chats/{chat.id}/events"
    events = read(bench, path)["result"]
    assert [event["type"] for event in events] == [
        "bot-message",
        "visitor-message",
        "operator-change",
        "operator-message",
        "visitor-message",
        "visitor-message",
    ]
    assert events[3]["params"] == {"text": "Here I am", "operatorId": jon.id}
    assert read(bench, f"{path}/{events[1]['id']}") == {"result": events[1]}
    assert bench.chaport("GET", f"{path}/none").status_code == 404


def test_transcript(bench: Bench, mary: Visitor, chat: Chat) -> None:
    """With `transcript`, a chat holds messages only; files and pages are other events."""
    bench.live_chat.visitor_says(chat, "Look")
    bench.live_chat.event(chat, "file", {"name": "a.png", "url": "https://files.example/a.png"})
    path = f"/visitors/{mary.id}/chats"
    types = [
        [event["type"] for event in read(bench, path, transcript=word)["result"]["events"]]
        for word in ("true", "false")
    ]
    assert types == [["visitor-message"], ["visitor-message", "file"]]
    assert bench.chaport("GET", path, transcript="1").status_code == 400
    assert bench.chaport("GET", f"{path}/1/events", transcript="true").status_code == 400


def test_event_quirks(bench: Bench, mary: Visitor, chat: Chat) -> None:
    """Events may lack ids, name their time otherwise, count in seconds, and be cut in the chat itself."""
    jon = bench.live_chat.add_operator("Jon", "jon@acme.example")
    for text in ("One", "Two", "Three"):
        bench.live_chat.operator_says(chat, jon, text)
    quirks = bench.live_chat.quirks
    quirks.event_ids_missing = quirks.unix_times = True
    quirks.time_key, quirks.events_truncated, quirks.operator_ref = "createdAt", 1, "operator.id"
    path = f"/visitors/{mary.id}/chats"
    last = {
        "type": "operator-message",
        "createdAt": 1793610000,
        "params": {"text": "Three", "operator": {"id": jon.id}},
    }
    assert read(bench, path)["result"]["events"] == [last]
    quirks.operator_ref = "operator"
    events = read(bench, f"{path}/1/events")["result"]
    assert [event["params"] for event in events] == [
        {"text": text, "operator": jon.id} for text in ("One", "Two", "Three")
    ]
