"""A chat in which nothing is new is read at no cost, and never at the cost of something that is (T7)."""

from collections import Counter
from typing import Any

import pytest

from chaport_sync.core.ledger import LineState, Reply
from chaport_sync.core.model import Chat
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.reading import Reading, read
from chaport_sync.sync.transcripts import chat_reader, taken_chats
from tests.transcripts.stories import Story, another, begin, body, shown_times
from tests.world import World

HOUR = 3600.0


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count by visitor how often the events of a chat are looked at, from now on."""
    count: Counter[str] = Counter()

    def note(chat: Chat, *rest: Any) -> Reading:
        count[chat.visitor_id] += 1
        return read(chat, *rest)

    monkeypatch.setattr(chat_reader, "read", note)
    return count


def _state(story: Story) -> ChatState:
    found = story.world.app.store.transcripts.chat((story.visitor.id, str(story.chat.id)))
    assert found is not None
    return found


def _reads(story: Story) -> int:
    path = f"/api/v1/visitors/{story.visitor.id}/chats"
    return len(story.world.sandbox.requests_of("chaport", "GET", path))


@pytest.mark.parametrize("bots", ["H1", "H2"])
async def test_a_chat_in_which_nothing_is_new(world: World, taken: Counter[str], bots: str) -> None:
    """T7: its events are looked at once after each change, of the chat or of its case, however often it is read.

    Only a list of operators tells that the bot is none: with H1 as the one who is assigned, with H2 as an author, too.
    """
    world.chaport.quirks.bots = bots  # type: ignore[assignment]
    story = await begin(world)
    del world.lines["chaport.bots"]
    await world.start()
    story.visitor_says("Hi")
    story.bot_says("Hello")
    await world.run(300)
    before, commits = taken[story.visitor.id], world.app.store.connection.commits
    world.sandbox.forget_requests()
    await world.run(HOUR / 2)
    assert taken[story.visitor.id] == before <= 3
    assert _reads(story) > 50
    # What is recorded of each reading is only when the next one is due.
    assert world.app.store.connection.commits - commits <= _reads(story) + 5
    story.visitor_says("Are you there?")
    await world.run(60)
    assert shown_times(world, "Are you there?") == 1


async def test_no_line_of_a_long_chat_is_looked_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """T7: a reading of a chat with many events costs no more queries than one of a short chat."""
    story = await begin(world)
    story.visitor_says(*(f"Line {number}" for number in range(99)))
    await world.run(600)
    queries: Counter[str] = Counter()
    connection = world.app.store.connection
    fetch = connection._fetch

    def note(query: str, values: Any) -> Any:
        found = fetch(query, values)
        queries["rows"] += len(found)
        return found

    monkeypatch.setattr(connection, "_fetch", note)
    await world.transcripts()
    assert queries["rows"] < 30


async def test_it_is_read_more_and_more_rarely(world: World) -> None:
    """T7: the pauses grow while nothing is new, up to the pause of idle chats."""
    story = await begin(world, "transcripts.poll = 20", "transcripts.idle_poll = 300")
    story.visitor_says("Hi")
    world.chaport.start_chat(world.chaport.add_visitor("Newest"))
    await world.run(60)
    counts = []
    for _ in range(4):
        world.sandbox.forget_requests()
        await world.run(600)
        counts.append(_reads(story))
    assert counts[0] > counts[-1] == 2


async def test_an_operator_who_was_a_stranger(world: World) -> None:
    """T1: who wrote an event depends on the list of operators too."""
    story = await begin(world)
    story.visitor_says("Hi")
    stranger = world.chaport.add_operator("Olga", "olga@acme.example")
    world.chaport.operators.remove(stranger)
    world.chaport.operator_says(story.chat, stranger, "Hello")
    await world.run(60)
    assert not _state(story).human
    world.chaport.operators.append(stranger)
    await world.run(2 * HOUR)
    assert _state(story).human


async def test_a_visitor_with_another_name(world: World) -> None:
    """T5: the heading of a note that comes later has the name that the visitor has then."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(60)
    story.visitor.name = "Mary Ann"
    await world.run(60)
    assert _state(story).visitor_name == "Mary Ann"


async def test_an_answer_whose_event_is_there_already(world: World) -> None:
    """R2: an event may be known before the answer is recorded that it shows, and is not new then either."""
    story = await begin(world, "replies.enabled = true")
    story.visitor_says("Hi")
    story.operator_says("Hello")
    await world.run(60)
    who, case_id, at = story.operator.id, _state(story).case_id, world.now() - 60
    answer = Reply("m9", 0, story.visitor.id, case_id, "7", who, at, "Hello", state=LineState.SENDING)
    world.app.store.replies.record([answer])
    world.wait(20)
    await world.transcripts()
    (kept,) = world.app.store.replies.to(story.visitor.id)
    assert kept.event_id


async def test_a_beginning_that_was_put_back(world: World) -> None:
    """T6: what the state file says of a chat may change between two readings, and then events count that did not."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(60)
    assert shown_times(world, "Hi") == 1
    state = _state(story)
    with world.app.store.connection.writing() as write:
        write.execute("DELETE FROM lines")
        write.execute("UPDATE chats SET case_id = '', since = ?", (state.since - 1,))
    world.deskie.cases.clear()
    await world.run(60)
    assert body(world.case()) == ["Hi"]


async def test_no_more_chats_are_remembered_than_there_is_room_for(
    world: World, taken: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """P7: memory is bounded; a chat that was forgotten is looked at once more."""
    monkeypatch.setattr(taken_chats, "REMEMBERED", 2)
    story = await begin(world)
    for each in (story, another(story, "Nina"), another(story, "Olga")):
        each.visitor_says("Hi")
    await world.run(120)
    before = taken.total()
    await world.run(300)
    assert taken.total() > before
    assert world.app.transcripts is not None
    assert len(world.app.transcripts._chat_reader._taken._taken) == 2
