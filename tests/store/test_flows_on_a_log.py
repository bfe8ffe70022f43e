"""The flows on a log: nothing is sent whose record was not appended, and a death between the two is survived (P1)."""

from collections.abc import Callable

import pytest

from chaport_sync.core.ledger import LineState
from chaport_sync.store import Fenced, Store, StoreError
from tests.replies.answering import answering
from tests.statuses.test_crashes import (
    test_a_crash_after_the_write_took_effect,
    test_a_crash_before_the_write_took_effect,
    test_a_refusal_after_an_attempt_that_took_effect,
    test_a_stop_between_two_writes,
    test_an_attempt_is_not_suspected_for_ever,
    test_an_effect_after_a_time_out_and_a_change_of_mind,
)
from tests.store.on_a_log import either, find, kept_on_a_log, lose, way
from tests.transcripts.stories import begin
from tests.transcripts.test_crash import (
    test_killed_again_and_again,
    test_killed_at_each_request,
    test_killed_long_after_it_was_recorded,
    test_stopped_between_two_cycles,
)
from tests.transcripts.test_unclear import test_a_message_or_a_note, test_opening_a_case, test_the_status
from tests.world import World

__all__ = [
    "test_a_crash_after_the_write_took_effect",
    "test_a_crash_before_the_write_took_effect",
    "test_a_message_or_a_note",
    "test_a_refusal_after_an_attempt_that_took_effect",
    "test_a_stop_between_two_writes",
    "test_an_attempt_is_not_suspected_for_ever",
    "test_an_effect_after_a_time_out_and_a_change_of_mind",
    "test_killed_again_and_again",
    "test_killed_at_each_request",
    "test_killed_long_after_it_was_recorded",
    "test_opening_a_case",
    "test_stopped_between_two_cycles",
    "test_the_status",
]


class Died(BaseException):
    """The process was killed at this very instruction."""


@pytest.fixture
def world(world: World) -> World:
    """Both accounts, and a daemon whose state is kept in a log; each of its ends is a death."""
    return kept_on_a_log(world)


def kept(world: World) -> Store:
    """Return what a start would find."""
    assert world.changes is not None
    return Store.copy_from(world.changes)


async def once_refused(world: World, how: str, seconds: float = 60) -> None:
    """Let the daemon run while nothing reaches the log, or while the account may be another's."""
    lose(world, how)
    with pytest.raises(
        StoreError, match=r"the database cannot be reached|acme .* is not certainly held by this worker"
    ):
        await world.run(seconds)
    find(world)


@either
async def test_a_status(world: World, how: str) -> None:
    """P1, K2: nothing is written to Chaport that is not recorded; then all is well, in history too."""
    _, operator = world.pair()
    app = await world.start("transcripts.enabled = false")
    await once_refused(world, how, 0)
    assert world.writes("chaport") == []
    world.wait(15)
    await world.statuses()
    assert world.chaport.status_of(operator) == "online"
    assert len(app.store.statuses.changes()) == len(world.events("status.changed")) == 1


async def test_who_was_listed_is_known_after_a_death(world: World) -> None:
    """T1: a person who leaves right after being listed is taken for no bot, though nothing was sent since."""
    story = await begin(world, "status.enabled = false")
    story.operator_says("I am no bot")
    story.visitor_says("Hello")
    world.pair("Bob")
    world.chaport.remove_operator(story.operator)
    await world.start()
    await world.run(120)
    assert world.thread()[-1][1].endswith("\nAnn: I am no bot")


@either
@pytest.mark.parametrize("words", [1, 2], ids=["the opening of a case", "a message in a case"])
async def test_a_delivery(world: World, words: int, how: str) -> None:
    """P1, K2: nothing is written to Deskie that is not recorded; afterwards it is delivered, once."""
    said = [f"Hello {number}" for number in range(words)]
    story = await begin(world, "status.enabled = false")
    for text in said[:-1]:
        story.visitor_says(text)
        await world.run(60)
    before = len(world.writes("deskie"))
    story.visitor_says(said[-1])
    await once_refused(world, how)
    assert len(world.writes("deskie")) == before
    await world.run(200)
    assert world.thread() == [("customer", each) for each in said]


@either
async def test_an_answer(world: World, how: str) -> None:
    """P1, R2, K2: no answer is sent to a visitor that is not recorded; afterwards it is, once."""
    talk = await answering(world)
    talk.answer("On its way")
    await once_refused(world, how)
    assert talk.heard() == []
    await talk.polls(20)
    assert talk.heard() == ["On its way"]


async def test_a_take_over_is_not_the_start_that_a_refused_note_waits_for(world: World) -> None:
    """T5, K1: who takes over sends nothing to the case either, until a person has looked and says so."""
    story = await begin(world, "status.enabled = false")
    world.deskie.quirks.note_becomes_message = True
    story.visitor_says("Hi")
    story.bot_says("Hello!")
    await world.run(0)
    world.deskie.quirks.note_becomes_message = False
    story.bot_says("How can I help?")
    await world.start()
    await world.run(600)
    assert [form for form, _ in world.thread()] == ["customer", "agent"]
    assert not (await world.transcripts()).good
    assert world.app.store.retry() == 0
    await world.run(60)
    assert world.thread()[-1] == ("note", "Robin (bot): How can I help?")


def _dies(world: World, monkeypatch: pytest.MonkeyPatch, *, appended: bool) -> None:
    """Let the daemon die at its next append, before or after it."""
    append: Callable[[int, bytes], None] = way(world).append

    def die(seq: int, body: bytes) -> None:
        if way(world).refuses:
            raise StoreError("it is dead")
        if appended:
            append(seq, body)
        raise Died

    monkeypatch.setattr(way(world), "append", die)


@pytest.mark.parametrize("appended", [False, True])
async def test_killed_around_an_append(world: World, monkeypatch: pytest.MonkeyPatch, appended: bool) -> None:  # noqa: FBT001
    """P1: what was committed and not appended never was; what was appended is looked for, and then sent, once."""
    story = await begin(world, "status.enabled = false")
    story.visitor_says("Hello 0")
    await world.run(60)
    story.visitor_says("Hello 1")
    _dies(world, monkeypatch, appended=appended)
    with pytest.raises(Died):
        await world.run(60)
    assert world.thread() == [("customer", "Hello 0")]
    known = kept(world).transcripts
    states = [each.state for chat in known.chats_in("2001") for each in known.open_lines(chat.key)]
    assert states == ([LineState.SENDING] if appended else [])
    await world.start()
    begun = len(world.sandbox.journal)
    await world.run(60)
    assert world.thread() == [("customer", "Hello 0"), ("customer", "Hello 1")]
    asked = [f"{each.method} {each.path.rpartition('/')[2]}" for each in world.sandbox.journal[begun:]]
    if appended:
        assert asked.index("GET messages.json") < asked.index("POST messages.json")


async def test_another_worker_has_taken_over(world: World) -> None:
    """K2: whoever was refused records and sends nothing any more, and each of its cycles says why."""
    story = await begin(world, "status.enabled = false")
    story.visitor_says("Hello 0")
    await world.run(60)
    assert world.changes is not None
    Store.on(world.changes)
    story.visitor_says("Hello 1")
    before = len(world.writes("deskie"))
    for _ in range(3):
        with pytest.raises(Fenced, match=r"acme"):
            await world.run(60)
    assert len(world.writes("deskie")) == before
