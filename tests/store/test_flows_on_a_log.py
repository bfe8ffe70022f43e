"""The flows on a log: nothing is sent whose record was not appended, and a death between the two is survived (P1)."""

from collections.abc import Callable
from contextlib import closing, suppress

import pytest

from chaport_sync.core.ledger import LineState
from chaport_sync.core.transcripts.chats import Start
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
from tests.store.logs import MemoryLog, Way
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


#: The log cannot be reached; it can, but the lease of the account may be over.
AWAY, NOT_HELD = "away", "not held"
either = pytest.mark.parametrize("how", [AWAY, NOT_HELD])


class Died(BaseException):
    """The process was killed at this very instruction."""


@pytest.fixture
def world(world: World) -> World:
    """Both accounts, and a daemon whose state is kept in a log; each of its ends is a death.

    It was started before: in the first second of all, nothing is kept yet.
    """
    world.changes = MemoryLog("acme")
    with closing(Store.on(world.changes)) as store:
        store.marks.put(Start(first=world.now()))
    return world


def way(world: World) -> Way:
    """Return the daemon's way to the log."""
    assert world.way is not None
    return world.way


def kept(world: World) -> Store:
    """Return what a start would find."""
    assert world.changes is not None
    return Store.copy_from(world.changes)


async def once_refused(world: World, how: str, seconds: float = 60) -> None:
    """Let the daemon run while nothing reaches the log, or while the account may be another's."""
    setattr(way(world), "refuses" if how == AWAY else "holds", how == AWAY)
    with pytest.raises(
        StoreError, match=r"the database cannot be reached|acme .* is not certainly held by this worker"
    ):
        await world.run(seconds)
    way(world).refuses, way(world).holds = False, True


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


async def test_who_is_online_stays_so(world: World) -> None:
    """S5, K4: renewals of what is recorded need no log, however long it is away; changes wait for it."""
    agent, operator = world.pair()
    await world.start("status.offline_grace = 0", "transcripts.enabled = false")
    await world.statuses()
    way(world).refuses = True
    for _ in range(100):
        with suppress(StoreError):
            await world.statuses()
        world.wait(30)
        assert world.chaport.status_of(operator) == "online"
    world.deskie.set_status(agent, 2)
    before = len(world.writes("chaport"))
    for _ in range(4):
        with suppress(StoreError):
            await world.statuses()
        world.wait(15)
    assert len(world.writes("chaport")) == before
    way(world).refuses = False
    await world.run(30)
    assert world.chaport.status_of(operator) == "offline"


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
