"""Answers that are given up: whole, truly, and never sent after all (R1, R2, R5)."""

from pathlib import Path

import pytest

from tests.replies.answering import answering
from tests.world import World


def _replace_state(folder: Path, content: bytes) -> None:
    for left in folder.glob("state.db*"):
        left.unlink()
    (folder / "state.db").write_bytes(content)


async def test_written_before_they_were_switched_on_again(world: World) -> None:
    """R5: what was not sent when replies were switched off is not sent when they are switched on again."""
    scene = await answering(world)
    world.sandbox.faults.add("error", side="chaport", path="/api/v1/messages", times=None, status=503)
    scene.answer("It left this morning.")
    await scene.polls(4)
    world.sandbox.faults.clear()
    await world.start("replies.enabled = false")
    await world.run(120)
    await world.start("replies.enabled = true")
    await scene.polls(2)
    scene.answer("Have a nice day.")
    await scene.polls(6)
    assert scene.heard() == ["Have a nice day."]
    assert scene.notes() == [
        "Not sent to the visitor: it could not be sent in time. The answer began: It left this morning."
    ]


async def test_sent_by_a_run_that_was_forgotten(world: World) -> None:
    """R1: nobody is told that an answer came too late which a lost state file knew to be sent."""
    scene = await answering(world, "replies.max_age = 60")
    await world.stop()
    copy = (world.folder / "state.db").read_bytes()
    await world.start()
    scene.answer("It left this morning.")
    await scene.polls(4)
    await world.stop()
    world.wait(300)
    _replace_state(world.folder, copy)
    await world.start()
    await scene.polls(10)
    assert scene.heard() == ["It left this morning."]
    assert scene.notes() == []


async def test_sent_several_chats_ago(world: World) -> None:
    """R2: the visitor's chats are looked at as far back as the answer was written."""
    world.chaport.quirks.external_id_place = "ignored"
    scene = await answering(world)
    await world.stop()
    copy = (world.folder / "state.db").read_bytes()
    await world.start()
    scene.answer("It left this morning.")
    await scene.polls(4)
    for number in range(3):
        scene.story.new_chat()
        scene.story.visitor_says(f"And the other one? {number}")
    await world.stop()
    _replace_state(world.folder, copy)
    await world.start()
    await scene.polls(10)
    assert scene.heard() == ["It left this morning."]


async def test_two_cases_of_a_forgotten_run(world: World) -> None:
    """R2: what another run may have sent is looked for, also if it is found after the chat was looked at once."""
    world.chaport.quirks.external_id_place = "ignored"
    scene = await answering(world)
    await world.stop()
    copy = (world.folder / "state.db").read_bytes()
    await world.start()
    scene.answer("It left this morning.")
    scene.answer("Have a nice day.")
    await scene.polls(4)
    await world.stop()
    hidden = scene.case.messages.pop()
    _replace_state(world.folder, copy)
    await world.start()
    await scene.polls(4)
    scene.case.messages.append(hidden)
    scene.case.updated_at = world.deskie.now()
    await scene.polls(4)
    assert scene.heard() == ["It left this morning.", "Have a nice day."]


@pytest.mark.parametrize("late", [False, True])
async def test_a_part_takes_the_rest_along(world: World, late: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """R2: a visitor gets an answer up to where it failed, not one with a hole, and its agent reads one note."""
    scene = await answering(world, "replies.max_length = 390", f"replies.max_age = {60 if late else 3600}")
    if late:
        world.sandbox.faults.add("error", side="chaport", path="/api/v1/messages", times=None, status=503)
    else:
        world.chaport.quirks.longest_message = 300
    scene.answer("\n".join(["short", "long " * 77, "long " * 77, "The end."]))
    await world.run(300)
    world.sandbox.faults.clear()
    await world.run(900)
    assert scene.heard() == ([] if late else ["short"])
    (note,) = scene.notes()
    assert note.startswith(f"Not sent to the visitor: {'it could not' if late else 'Chaport refused it'}")
    assert ("The answer began: short" if late else "The rest of the answer began: long long") in note
