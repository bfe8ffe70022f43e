"""Chat events in each shape that the Chaport reference knows or suspects (5.3 to 5.5)."""

from typing import Any

import pytest

from chaport_sync.api import chaport_wire as wire
from chaport_sync.core.model import Event

AT = "2025-05-06T06:53:43.155Z"
SECONDS = 1746514423.155


def event(**fields: Any) -> Event:
    """Read one event."""
    [found] = wire.events([{"id": "e1", "type": "operator-message", "params": {}} | fields])
    return found


def test_a_visitors_message() -> None:
    """5.3: the text is `params.text`."""
    found = event(type="visitor-message", timestamp=AT, params={"text": "Hello"})
    assert found == Event("e1", "visitor-message", SECONDS, "Hello")


@pytest.mark.parametrize("key", ["timestamp", "createdAt", "date", "time"])
def test_the_names_of_the_time(key: str) -> None:
    """5.3: the name of the time is not known; four are tried."""
    assert event(**{key: AT}).at == pytest.approx(SECONDS)
    assert event(**{key: 1746514423}).at == pytest.approx(1746514423.0)
    assert event(**{key: 1746514423155}).at == pytest.approx(SECONDS)


def test_an_event_without_a_time() -> None:
    """U7: the second in an ObjectId is the fallback; an opaque id has none."""
    assert event(id="6819b0f76679c4267a1c2af1").at == 0x6819B0F7
    assert event(id="e1", timestamp="soon").at is None


@pytest.mark.parametrize(
    ("params", "author"),
    [
        ({"operatorId": "op1"}, "op1"),
        ({"operatorId": 7}, "7"),
        ({"operator": "op1"}, "op1"),
        ({"operator": {"id": "op1", "name": "Ann"}}, "op1"),
        ({"botId": "b1"}, "b1"),
        ({}, ""),
        ({"operatorId": None, "operator": {"id": None}}, ""),
    ],
)
def test_where_the_author_is_named(params: dict[str, Any], author: str) -> None:
    """5.5: operatorId, operator.id, operator as a string; a bot's own id."""
    assert event(params=params).author_id == author


def test_an_authors_name() -> None:
    """5.5: an operator-like object may carry a name, a bot as well."""
    assert event(params={"operator": {"id": "1", "name": "Ann"}}).author_name == "Ann"
    assert event(params={"bot": {"name": "Robo"}}).author_name == "Robo"


@pytest.mark.parametrize(
    "fields",
    [
        {"params": {"isBot": True}},
        {"params": {"isBot": "true"}},
        {"params": {"bot": {"id": "b1"}}},
        {"params": {"botId": "b1"}},
        {"params": {"operator": {"id": "b1", "isBot": True}}},
        {"isBot": 1},
    ],
)
def test_a_bots_flag(fields: dict[str, Any]) -> None:
    """5.5: any of these says bot (H2 with a flag)."""
    assert event(**fields).bot_flag


@pytest.mark.parametrize(
    "fields", [{}, {"params": {"isBot": False}}, {"params": {"isBot": "false"}}, {"params": {"bot": "0", "botId": 0}}]
)
def test_no_bots_flag(fields: dict[str, Any]) -> None:
    """5.5: a flag that says no is no flag."""
    assert not event(**fields).bot_flag


@pytest.mark.parametrize(
    ("params", "name", "url"),
    [
        ({"file": {"name": "a.pdf", "url": "https://x/a.pdf"}}, "a.pdf", "https://x/a.pdf"),
        ({"image": {"fileName": "a.png", "src": "https://x/a.png"}}, "a.png", "https://x/a.png"),
        ({"name": "a.pdf", "link": "https://x/a.pdf"}, "a.pdf", "https://x/a.pdf"),
        ({"title": "a.pdf"}, "a.pdf", ""),
        ({"text": "Hi", "name": "Mary"}, "", ""),
        ({"text": "Look", "url": "https://x/a.png", "name": "a.png"}, "a.png", "https://x/a.png"),
        ({"text": "Hi"}, "", ""),
    ],
)
def test_files(params: dict[str, Any], name: str, url: str) -> None:
    """T1: whatever carries a name or an address in its `params` is a file; a message's `name` is not one."""
    found = event(type="visitor-file", params=params)
    assert (found.file_name, found.file_url) == (name, url)


def test_an_event_without_an_id() -> None:
    """8.4: the fallback key is of type, content and time: equal for the same event, different for another."""
    rows = [{"type": "visitor-message", "timestamp": at, "params": {"text": text}} for at, text in ((1, "a"), (2, "a"))]
    first, second = wire.events(rows)
    assert first.id != second.id
    assert wire.events([rows[0] | {"extra": 1}])[0].id == first.id


def test_order_and_repetition() -> None:
    """5.1, 8.4: events keep their order; one id is one event, however often it comes."""
    rows = [{"id": each, "type": "visitor-message", "params": {"text": each}} for each in ("b", "a", "b", "c")]
    assert [each.id for each in wire.events(rows)] == ["b", "a", "c"]


@pytest.mark.parametrize("row", [None, 7, "x", [], {}, {"id": "e1"}, {"id": "e1", "type": None}, {"type": "  "}])
def test_what_is_no_event(row: Any) -> None:
    """8.4: what has no type is no event, and spoils none of the others."""
    good = {"id": "e2", "type": "page-opened"}
    assert [each.id for each in wire.events([row, good])] == ["e2"]


@pytest.mark.parametrize("value", [None, {}, "x", 7, {"0": {"id": "e1", "type": "a"}}])
def test_no_list_of_events(value: Any) -> None:
    """U10: what is no list holds no events."""
    assert wire.events(value) == ()


def test_unknown_types_stay() -> None:
    """U7: an unknown type and fields of unexpected types are kept and harmless."""
    found = event(type="weird\nthing\x1b", params={"text": {"no": "text"}, "operator": ["x"], "file": "a.pdf"})
    assert (found.type, found.text, found.author_id, found.file_name) == ("weird thing", "", "", "")
