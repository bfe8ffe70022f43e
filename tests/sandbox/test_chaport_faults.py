"""What a write to Chaport leaves behind under each fault."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chaport_sync.sandbox.chaport.records import Chat, Operator, Visitor
from chaport_sync.sandbox.faults import Kind
from tests.sandbox.conftest import Bench
from tests.sandbox.messages import message

Write = Callable[[], httpx.Response]


@pytest.fixture(params=["POST", "PUT"])
def write(request: pytest.FixtureRequest, bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> Write:
    """A message, or an assignment: either makes one event."""
    assert chat.events
    writes: dict[str, tuple[str, Any]] = {
        "POST": ("/messages", message(mary, jon, external_id="m-1")),
        "PUT": (f"/visitors/{mary.id}/chats", {"operators": [jon.id]}),
    }
    path, body = writes[request.param]
    return lambda: bench.chaport(request.param, path, body)


@pytest.mark.parametrize(
    ("kind", "status", "effect"),
    [
        ("latency", 200, True),
        ("truncated", 200, True),
        ("error", 500, False),
        ("too_many", 429, False),
        ("html", 502, False),
        ("outage", 502, False),
    ],
)
def test_answered(bench: Bench, chat: Chat, write: Write, kind: Kind, status: int, effect: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Some faults spoil only the answer, others come before the API; a write has its effect once or not at all."""
    bench.sandbox.faults.add(kind, side="chaport")
    assert write().status_code == status
    assert len(chat.events) == (2 if effect else 1)
    [entry] = bench.sandbox.journal
    assert (entry.fault, entry.effect) == (kind, effect)
    assert write().status_code == 200
    assert len(chat.events) == 2


@pytest.mark.parametrize(
    ("kind", "refusal", "effect"),
    [
        ("reset_before", httpx.ReadError, False),
        ("reset_after", httpx.ReadError, True),
        ("hang", httpx.ReadTimeout, False),
    ],
)
def test_not_answered(
    bench: Bench,
    chat: Chat,
    write: Write,
    kind: Kind,
    refusal: type[Exception],
    effect: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Without an answer nobody can tell whether there was an effect; asked once more, there is one."""
    bench.sandbox.faults.add(kind, side="chaport")
    with pytest.raises(refusal):
        write()
    assert len(chat.events) == (2 if effect else 1)
    assert write().status_code == 200
    assert len(chat.events) == 2


def test_late_effect(bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> None:
    """A message that was given up comes later, and finds what was sent meanwhile."""
    bench.sandbox.faults.add("late_effect", delay=30)

    async def give_up() -> None:
        async with bench.chaport_client(timeout=20) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.post("/api/v1/messages", json=message(mary, jon, external_id="m-1"))
            assert len(chat.events) == 1
            await client.post("/api/v1/messages", json=message(mary, jon, "Hello?", external_id="m-2"))
            await asyncio.sleep(11)

    bench.run(give_up())
    assert [event.text for event in chat.events] == ["Anybody there?", "Hello?", "Hello"]


def test_late_duplicate(bench: Bench, mary: Visitor, jon: Operator, chat: Chat) -> None:
    """A message that comes later than its repetition has no effect, unless a new chat has begun between the two."""
    bench.sandbox.faults.add("late_effect", delay=30)

    async def twice(external_id: str, between: Callable[[], object]) -> None:
        async with bench.chaport_client(timeout=20) as client:
            body = message(mary, jon, external_id=external_id)
            with pytest.raises(httpx.ReadTimeout):
                await client.post("/api/v1/messages", json=body)
            assert (await client.post("/api/v1/messages", json=body)).status_code == 200
            between()
            await asyncio.sleep(11)

    bench.run(twice("m-1", lambda: None))
    assert len(chat.events) == 2
    bench.sandbox.faults.add("late_effect", delay=30)
    bench.run(twice("m-2", lambda: bench.live_chat.start_chat(mary)))
    assert (len(chat.events), len(mary.chats[-1].events)) == (3, 1)


def test_writes_count_towards_the_pace(bench: Bench, chat: Chat, write: Write) -> None:
    """What is refused for coming too fast is not done."""
    bench.live_chat.requests_per_second = 1
    assert bench.chaport("GET", "/me.json").status_code == 200
    assert write().status_code == 429
    assert len(chat.events) == 1
