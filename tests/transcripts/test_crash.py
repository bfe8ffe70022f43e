"""Crashes at any instruction, and older copies of the state file (P1)."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chaport_sync.sandbox.faults import Kind
from chaport_sync.sync.transcripts.case_reader import CaseReader
from tests.transcripts.stories import Story, assert_mirrored, begin, body
from tests.world import World

EXPECTED = ["Hi <1>", "Robin (bot): Hello <0>", "Robin (bot): Yes <2>", "Help <3>", "Help <4>", "Ann: I am <5>"]


async def told(world: World, *lines: str) -> Story:
    """A conversation that the daemon sees in two parts."""
    story = await begin(world, *lines)
    story.bot_says("Hello <0>")
    story.visitor_says("Hi <1>")
    story.bot_says("Yes <2>")
    return story


def told_further(story: Story) -> None:
    """The second part."""
    story.visitor_says("Help <3>", "Help <4>")
    story.operator_says("I am <5>")


async def crash(world: World, *, kind: Kind, number: int) -> None:
    """Kill the daemon while its so many-eth request of this cycle has no answer; start the next one."""
    rule = world.sandbox.faults.add(kind, after=number, times=1, delay=10.0)
    cycle = asyncio.ensure_future(world.transcripts())
    while rule.left and not cycle.done():  # noqa: ASYNC110 - the fault plan has no event to wait for
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.001)
    cycle.cancel()
    await asyncio.gather(cycle, return_exceptions=True)
    world.sandbox.faults.clear()
    await world.start()


@pytest.mark.parametrize("number", range(11))
@pytest.mark.parametrize(("effect", "deliver"), [("late_effect", "live"), ("late_effect", "handoff"), ("hang", "live")])
async def test_killed_at_each_request(world: World, number: int, effect: Kind, deliver: str) -> None:
    """P1: killed while the n-th request is under way, whether it takes effect 10 s later or not at all."""
    story = await told(world, f'transcripts.deliver = "{deliver}"')
    if deliver == "handoff":
        told_further(story)
    await crash(world, kind=effect, number=number)
    await world.run(60)
    if deliver == "live":
        told_further(story)
    await crash(world, kind=effect, number=number)
    await world.run(120)
    assert_mirrored(world)
    assert len(world.deskie.cases) == 1
    assert sum("Chaport chat 1" in message.text for message in world.case().messages) == 1
    assert world.case().status == "open"


async def test_killed_long_after_it_was_recorded(world: World) -> None:
    """P1: the 15 s begin with the crash, also where a request waited for its turn after it was recorded."""
    story = await told(world)
    await world.run(0)
    world.sandbox.faults.add("too_many", side="deskie", method="POST", retry_after=25)
    rule = world.sandbox.faults.add("late_effect", side="deskie", method="POST", delay=10.0)
    told_further(story)
    cycle = asyncio.ensure_future(world.transcripts())
    while rule.left:  # noqa: ASYNC110 - the fault plan has no event to wait for
        await asyncio.sleep(0.5)
    cycle.cancel()
    await asyncio.gather(cycle, return_exceptions=True)
    await world.start()
    await world.run(120)
    assert body(world.case()) == EXPECTED


@pytest.mark.parametrize("number", range(0, 12, 3))
async def test_killed_again_and_again(world: World, number: int) -> None:
    """P1: also when each start is killed in turn."""
    story = await told(world)
    for _ in range(4):
        await crash(world, kind="late_effect", number=number)
        world.wait(5)
    told_further(story)
    for _ in range(4):
        await crash(world, kind="late_effect", number=number)
        world.wait(40)
    await world.run(200)
    assert body(world.case()) == EXPECTED


async def test_stopped_between_two_cycles(world: World) -> None:
    """P1: an orderly restart after each cycle changes nothing."""
    story = await told(world)
    await world.run(0)
    await world.start()
    told_further(story)
    await world.run(0)
    await world.start()
    await world.run(300)
    assert body(world.case()) == EXPECTED


def keep_copy(world: World) -> Path:
    """Set a copy of the state file aside."""
    copy = world.folder / "copy.db"
    shutil.copy(world.folder / "state.db", copy)
    return copy


async def put_back(world: World, copy: Path) -> None:
    """Start with the older copy."""
    await world.stop()
    for file in world.folder.glob("state.db*"):
        file.unlink()
    shutil.copy(copy, world.folder / "state.db")
    await world.start()


@pytest.mark.parametrize("moment", range(3))
@pytest.mark.parametrize("quirk", ["", "content_only_html", "crlf"])
async def test_an_older_copy_of_the_state_file(world: World, moment: int, quirk: str) -> None:
    """P1: before a chat's first write after a start the case is read back, so an older copy doubles nothing."""
    if quirk:
        setattr(world.deskie.quirks, quirk, True)
    story = await begin(world)
    copies = []
    for part in range(3):
        await world.stop()
        copies.append(keep_copy(world).rename(world.folder / f"copy{part}.db"))
        await world.start()
        story.bot_says(f"Bot <{part}>")
        story.visitor_says(f"Visitor <{part}>")
        story.operator_says(f"Operator <{part}>")
        await world.run(40)
    story.visitor_says("Visitor <last>")
    await put_back(world, copies[moment])
    await world.run(200)
    assert_mirrored(world)
    assert len(world.deskie.cases) == 1
    assert sum("Chaport chat 1" in message.text for message in world.case().messages) == 1


async def test_an_older_copy_and_several_chats(world: World) -> None:
    """P1: also where several chats of a visitor stand in one case, with equal words."""
    story = await begin(world)
    story.visitor_says("Hello")
    story.operator_says("Ann <0>")
    await world.run(10)
    await world.stop()
    copy = keep_copy(world)
    await world.start()
    for number in range(1, 12):
        story.visitor_says("Bye")
        story.new_chat()
        story.visitor_says("Hello")
        story.operator_says(f"Ann <{number}>")
        await world.run(40)
    before = body(world.case())
    await put_back(world, copy)
    await world.run(200)
    assert body(world.case()) == before


async def test_only_the_first_write_reads_back(world: World) -> None:
    """P1: the read-back is made once for each chat after a start, not for each delivery."""
    story = await told(world)
    await world.run(0)
    await world.start()
    world.sandbox.forget_requests()
    for number in range(3):
        story.visitor_says(f"Words {number}")
        await world.run(20)
    reads = [each for each in world.sandbox.requests_of("deskie", "GET") if each.path.endswith("messages.json")]
    assert len(reads) == 1


async def test_what_another_chat_found_out_during_a_read_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """T4: chats of several visitors may share a merged case; a read-back keeps what another one recorded meanwhile."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(60)
    app = await world.start()
    (chat,) = app.store.transcripts.chats_in(str(world.case().id))
    case = app.store.transcripts.case(chat.case_id)
    assert case is not None
    learned = replace(case, openings=(*case.openings, (5.0, "77")))
    read = CaseReader.shown_in

    async def shown_in(*arguments: Any, **more: Any) -> Any:
        found = await read(*arguments, **more)
        app.store.transcripts.record(chat, case=learned)
        return found

    monkeypatch.setattr(CaseReader, "shown_in", shown_in)
    story.bot_says("Hello")
    await world.run(0)
    assert body(world.case())[-1] == "Robin (bot): Hello"
    after = app.store.transcripts.case(chat.case_id)
    assert after is not None
    assert after.openings == learned.openings
