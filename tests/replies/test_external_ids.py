"""By which ids an answer that comes back is told from what others wrote (R2)."""

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.replies.answering import Answering, answering
from tests.transcripts.stories import shown_times
from tests.world import World

WORDS = "It left this morning."
PLACES = pytest.mark.parametrize("told", ["event", "params"])


async def scene_of(world: World, told: Any, *lines: str) -> Answering:
    """Return a chat in a case, with Chaport telling of each event by which id it was sent."""
    world.chaport.quirks.external_id_told = told
    return await answering(world, *lines)


def in_state(world: World, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Look into the state file of a daemon that does not run, or change it."""
    with closing(sqlite3.connect(world.folder / "state.db", isolation_level=None)) as connection:
        return connection.execute(statement, values).fetchall()


async def as_before_the_upgrade(world: World) -> None:
    """Stop the daemon and leave what a version without marks would have left."""
    await world.stop()
    in_state(world, "DELETE FROM meta WHERE key = 'AnswerIds'")


@PLACES
async def test_a_visitors_line(world: World, told: Any) -> None:
    """R2: what a visitor writes is shown, whatever id it bears."""
    scene = await scene_of(world, told)
    message = scene.answer(WORDS)
    await scene.polls(4)
    (sent,) = [event.external_id for event in scene.chat.events if event.external_id]
    for each in (sent, f"deskie-{message.id}", "deskie-1"):
        world.chaport.new_event(scene.chat, "visitor", text=f"I am {each}", external_id=each)
        await scene.polls(4)
        assert shown_times(world, f"I am {each}") == 1


@PLACES
async def test_another_daemons_answers(world: World, told: Any) -> None:
    """R2: what another chaport-sync sends, from another Deskie, is an operator's words here."""
    scene = await scene_of(world, told)
    message = scene.answer(WORDS)
    await scene.polls(4)
    operator = scene.story.operator.id
    for each in (f"deskie-0badcafe-{message.id}", "deskie-0badcafe-1", "deskie-1"):
        world.chaport.new_event(scene.chat, "operator", text=f"Sent as {each}", author_id=operator, external_id=each)
        await scene.polls(4)
        assert shown_times(world, f"Sent as {each}") == 1
    assert shown_times(world, WORDS) == 1


@PLACES
async def test_a_mark_of_its_own(world: World, told: Any) -> None:
    """R2: the id says which state file sent it, from the first start on."""
    scene = await scene_of(world, told)
    for _ in range(2):
        scene.answer(WORDS)
        await scene.polls(4)
        await world.start()
    marks = {event.external_id.split("-")[1] for event in scene.chat.events if event.external_id}
    assert len(marks) == 1
    assert len(marks.pop()) == 8


@pytest.mark.parametrize("told", ["event", "params", None])
@pytest.mark.parametrize("answer", ["event", "empty"])
async def test_what_was_sent_before_the_upgrade(world: World, told: Any, answer: Any) -> None:
    """R2: answers sent under ids without a mark are recognised, by the state file that knows them."""
    world.chaport.quirks.message_answer = answer
    scene = await scene_of(world, told)
    message = scene.answer(WORDS)
    await scene.polls(4)
    (event,) = [event for event in scene.chat.events if event.external_id]
    event.external_id = f"deskie-{message.id}"
    await as_before_the_upgrade(world)
    await world.start()
    scene.story.visitor_says("Thank you!")
    await world.run(600)
    assert scene.heard() == [WORDS]
    assert shown_times(world, WORDS) == 1


async def test_what_was_on_its_way_at_the_upgrade(world: World) -> None:
    """R2: what may have been sent under an id without a mark is sent again under the same."""
    scene = await scene_of(world, None)
    world.sandbox.faults.add("reset_before", side="chaport", path="/api/v1/messages", times=1)
    message = scene.answer(WORDS)
    await scene.polls(1)
    await as_before_the_upgrade(world)
    await world.start()
    await scene.polls(8)
    assert scene.heard() == [WORDS]
    assert [event.external_id for event in scene.chat.events if event.external_id] == [f"deskie-{message.id}"]


@pytest.mark.parametrize("told", ["event", None])
async def test_a_copy_from_before_the_upgrade(world: World, told: Any) -> None:
    """R2: what a forgotten run sent under another mark, or under none, is not sent again."""
    world.chaport.quirks.message_answer = "empty"
    scene = await scene_of(world, told)
    await as_before_the_upgrade(world)
    copy = (world.folder / "state.db").read_bytes()
    await world.start()
    scene.answer(WORDS)
    await scene.polls(4)
    await world.stop()
    (mark,) = in_state(world, "SELECT value FROM meta WHERE key = 'AnswerIds'")
    for left in world.folder.glob("state.db*"):
        left.unlink()
    (world.folder / "state.db").write_bytes(copy)
    in_state(world, "INSERT INTO meta VALUES ('AnswerIds', ?)", json.dumps(json.loads(mark[0]) | {"mark": "0badcafe"}))
    await world.start()
    await scene.polls(8)
    assert scene.heard() == [WORDS]
    assert shown_times(world, WORDS) == 1


@pytest.mark.parametrize("told", ["event", None])
@pytest.mark.parametrize("start", ["now", "2026-11-01"])
@pytest.mark.parametrize(
    "words", [WORDS, "First this.\n\nThen that.", "It " + "really " * 6 + ("\nIt left " * 30), "<b>Bold</b> & more"]
)
async def test_a_lost_state_file(world: World, told: Any, start: str, words: str) -> None:
    """R2: answers of before the loss are recognised in the case by what they say, and shown once."""
    scene = await scene_of(world, told, "replies.max_length = 100", f'transcripts.start = "{start}"')
    scene.answer(words)
    await scene.polls(8)
    heard = scene.heard()
    before = [message.text for message in scene.case.messages]
    await world.stop()
    for left in world.folder.glob("state.db*"):
        left.unlink()
    await world.start()
    await world.run(600)
    assert [message.text for message in scene.case.messages] == before
    scene.story.visitor_says("Thank you!")
    await world.run(600)
    assert [message.text for message in scene.case.messages] == [*before, "Thank you!"]
    assert scene.heard() == heard
