"""An answer whose bytes are the same again is not decoded again, and its records are shared (S6, T7)."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import FrozenInstanceError
from typing import Any

import httpx
import pytest

from chaport_sync.api import known_answers, responses
from chaport_sync.api.errors import ApiError
from chaport_sync.api.known_answers import Answer, KnownAnswers
from chaport_sync.api.request_queue import Share
from tests.api.accounts import Account, answer, staff

EVENT = {"id": "e1", "type": "visitor-message", "timestamp": 1_800_000_000, "params": {"text": "Hello"}}
CHAT: dict[str, Any] = {"result": {"id": 11, "stage": "active", "events": [EVENT]}, "links": {"more": []}}
CASES = {"0": {"case": {"case_id": 7, "updated_at": "Mon, 02 Nov 2026 09:00:00 +0000"}}}

READINGS = [
    pytest.param(lambda it: it.chaport.operators(Share.STATUS), {"result": [{"id": "op1"}]}, id="operators"),
    pytest.param(lambda it: it.chaport.visitors(1), {"result": [{"id": "v1"}]}, id="visitors"),
    pytest.param(lambda it: it.chaport.chat("v1"), CHAT, id="chat"),
    pytest.param(lambda it: it.deskie.agents(), staff(7), id="agents"),
    pytest.param(lambda it: it.deskie.updated_cases("cch12", 0.0), CASES, id="cases"),
]
Reading = Callable[[Account], Awaitable[Any]]


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Return the answers that are decoded from now on."""
    found: list[bytes] = []
    decode = responses.decoded

    def note(content: bytes) -> tuple[Any, bool]:
        found.append(content)
        return decode(content)

    monkeypatch.setattr(responses, "decoded", note)
    return found


@pytest.mark.parametrize(("read", "body"), READINGS)
async def test_the_same_answer_is_decoded_once(read: Reading, body: Any, decoded: list[bytes]) -> None:
    """S6, T7: a steady state costs the decoding of each answer once, however often it is polled."""
    account = Account(answer(body))
    found = [await read(account) for _ in range(5)]
    assert len(account.server.requests) == 5
    assert len(decoded) == 1
    assert all(each == found[0] for each in found)
    assert found[0]


@pytest.mark.parametrize(("read", "body"), READINGS)
async def test_records_are_shared_so_they_cannot_be_changed(read: Reading, body: Any) -> None:
    """What one flow reads is what another gets: nobody can change it."""
    (record, *_) = _records(await read(Account(answer(body))))
    with pytest.raises(FrozenInstanceError):
        record.id = "another"


def _records(found: Any) -> Iterator[Any]:
    if isinstance(found, tuple):
        for each in found:
            yield from _records(each)
    elif not isinstance(found, bool):
        yield found


async def test_another_answer_is_decoded() -> None:
    """S6: what changed is seen with the next poll, and what changed back too."""
    one, two = (answer({"result": [{"id": "op1", "lastStatus": status}]}) for status in ("online", "offline"))
    account = Account(one, two, one)
    found = [(await account.chaport.operators(Share.STATUS))[0].status for _ in range(3)]
    assert found == ["online", "offline", "online"]


async def test_equal_answers_to_different_requests() -> None:
    """T7: two visitors' chats may look alike; each is its visitor's."""
    account = Account(answer(CHAT))
    chats = [await account.chaport.chat(visitor) for visitor in ("v1", "v2", "v1")]
    assert [chat and chat.visitor_id for chat in chats] == ["v1", "v2", "v1"]


async def test_the_same_words_in_a_failure() -> None:
    """P4: a failure is one, also if its body is that of the last good answer."""
    body = {"result": [{"id": "op1"}]}
    account = Account(answer(body), answer(body, 403))
    await account.chaport.operators(Share.STATUS)
    with pytest.raises(ApiError):
        await account.chaport.operators(Share.STATUS)


async def test_a_chat_has_the_same_fingerprint_only_if_nothing_of_it_changed() -> None:
    """T7: the fingerprint covers both answers that a long chat is read from."""
    more, closed = {**EVENT, "id": "e2"}, {**CHAT, "result": {**CHAT["result"], "stage": "closed"}}
    events, other_events = {"result": [EVENT, more]}, {"result": [EVENT, {**more, "params": {}}]}
    bodies = iter([CHAT, events, CHAT, events, CHAT, other_events, closed, other_events])
    account = Account(lambda _: httpx.Response(200, json=next(bodies)))
    found = []
    for _ in range(4):
        chat = await account.chaport.chat("v1")
        assert chat is not None
        found.append((await account.chaport.with_all_events(chat)).fingerprint)
    assert found[0] == found[1]
    assert len(set(found)) == 3


def test_known_answers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known is bounded in number and in size; what was not asked for the longest time goes first."""
    monkeypatch.setattr(known_answers, "MOST", 3)
    monkeypatch.setattr(known_answers, "LARGEST_SUM", 100)
    known = KnownAnswers()

    def learn(path: str, size: int) -> None:
        known.learn((path, ()), Answer(path, path), size)

    def paths() -> list[str]:
        return [path for path in "abcde" if known.to((path, ())) is not None]

    for path in "abcd":
        learn(path, 10)
    assert paths() == ["b", "c", "d"]
    known.to(("b", ()))
    learn("e", 10)
    assert paths() == ["b", "d", "e"]
    learn("a", 90)
    assert paths() == ["a", "e"]
    learn("a", 5)
    learn("b", 85)
    assert paths() == ["a", "b", "e"]
    learn("c", 101)
    assert paths() == []
