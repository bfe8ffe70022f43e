"""What bots' messages look like in Chaport (Chaport reference, section 5.5)."""

from typing import Any, Literal

import pytest

from chaport_sync.sandbox.chaport.records import Chat, Visitor
from tests.sandbox.conftest import Bench


@pytest.fixture
def chat(bench: Bench, mary: Visitor) -> Chat:
    """Mary's chat with a bot."""
    return bench.live_chat.start_chat(mary, bench.live_chat.add_bot("Robin"))


def read(bench: Bench, path: str) -> Any:
    """The whole answer."""
    return bench.chaport("GET", path).json()


@pytest.mark.parametrize(
    ("bots", "type_", "params"),
    [
        ("H1", "bot-message", {"text": "Hi", "botId": "B"}),
        ("H2", "operator-message", {"text": "Hi", "operatorId": "B"}),
        ("H2flag", "operator-message", {"text": "Hi", "operatorId": "B", "isBot": True}),
        ("H3", "trigger-message", {"text": "Hi"}),
    ],
)
def test_bots(
    bench: Bench, mary: Visitor, chat: Chat, bots: Literal["H1", "H2", "H2flag", "H3"], type_: str, params: Any
) -> None:
    """A bot's message has one of the forms of the hypotheses (5.5)."""
    bench.live_chat.quirks.bots = bots
    bench.live_chat.bot_says(chat, "Hi")
    [event] = read(bench, f"/visitors/{mary.id}/chats")["result"]["events"]
    assert chat.bot
    expected = {name: chat.bot.id if value == "B" else value for name, value in params.items()}
    assert (event["type"], event["params"]) == (type_, expected)


@pytest.mark.parametrize(
    ("place", "bot", "person"),
    [
        ("operatorId", {"operatorId": "B", "isBot": True}, {"operatorId": "P", "isBot": False}),
        ("operator.id", {"operator": {"id": "B", "isBot": True}}, {"operator": {"id": "P", "isBot": False}}),
        ("operator", {"operator": "B", "isBot": True}, {"operator": "P", "isBot": False}),
    ],
)
def test_flagged_bots(
    bench: Bench,
    mary: Visitor,
    chat: Chat,
    place: Literal["operatorId", "operator.id", "operator"],
    bot: Any,
    person: Any,
) -> None:
    """Where bots are flagged, every message of an operator says whether it is a bot's, beside its author's id."""
    bench.live_chat.quirks.bots, bench.live_chat.quirks.operator_ref = "H2flag", place
    bench.live_chat.bot_says(chat, "Hi")
    jon = bench.live_chat.add_operator("Jon", "jon@acme.example")
    bench.live_chat.operator_says(chat, jon, "Hi")
    assert chat.bot
    told = [event["params"] for event in read(bench, f"/visitors/{mary.id}/chats")["result"]["events"]]
    for params, expected, author in zip(told, (bot, person), (chat.bot.id, jon.id), strict=True):
        named = {name: value if value in (True, False) else author for name, value in expected.items()}
        if place == "operator.id":
            named = {"operator": expected["operator"] | {"id": author}}
        assert params == {"text": "Hi"} | named


def test_silent_bots(bench: Bench, mary: Visitor, chat: Chat) -> None:
    """Under H4 a bot's messages are not told; a bot may come without having been set up."""
    bench.live_chat.quirks.bots = "H4"
    other = bench.live_chat.start_chat(mary)
    assert bench.live_chat.bot_says(other, "Hi").author_id == bench.live_chat.bots[0].id
    bench.live_chat.bot_says(chat, "Hi")
    assert read(bench, f"/visitors/{mary.id}/chats/1/events") == {"result": []}
