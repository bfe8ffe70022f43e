"""What people did with a chat's case: deleted, erased, marked as spam (T4 a)."""

import pytest

from tests.transcripts.stories import another, body, with_case
from tests.world import World, only


@pytest.mark.parametrize("fate", ["trash", "spam", "erase"])
@pytest.mark.parametrize("restart", [False, True])
async def test_that_chat_is_silenced(world: World, fate: str, restart: bool) -> None:  # noqa: FBT001 - a table
    """T4 (a): deleted, erased or marked as spam by a person: nothing more for that chat, for good."""
    story = await with_case(world)
    getattr(world.deskie, fate)(world.case())
    if restart:
        await world.start()
    cases = [(case.id, len(case.messages)) for case in world.deskie.cases]
    for number in range(3):
        story.visitor_says(f"Words {number}")
        story.bot_says(f"Answer {number}")
        await world.run(60)
    assert [(case.id, len(case.messages)) for case in world.deskie.cases] == cases
    assert only(world.events("case.silenced"))["chat"] == "1"
    world.sandbox.forget_requests()
    story.visitor_says("Hello?")
    await world.run(600)
    assert world.sandbox.requests_of("deskie") == []


@pytest.mark.parametrize("fate", ["trash", "spam", "erase"])
async def test_no_status_either(world: World, fate: str) -> None:
    """T4 (a), C5: nor is the status of such a case changed when an operator joins."""
    story = await with_case(world)
    getattr(world.deskie, fate)(world.case())
    world.sandbox.forget_requests()
    story.operator_joins()
    await world.run(60)
    assert world.writes("deskie") == []
    assert len(world.events("case.silenced")) == 1


@pytest.mark.parametrize("fate", ["trash", "spam", "erase"])
async def test_only_a_new_chat_opens_a_case(world: World, fate: str) -> None:
    """T4 (a): a new chat of the same visitor opens a case; other chats go on."""
    story = await with_case(world)
    other = another(story)
    other.visitor_says("I am Nina")
    await world.run(20)
    getattr(world.deskie, fate)(world.deskie.cases[0])
    story.visitor_says("Hello?")
    other.visitor_says("Still me")
    await world.run(40)
    story.new_chat()
    story.visitor_says("A new chat")
    await world.run(20)
    living = [body(case) for case in world.deskie.cases if not (case.deleted or case.spam)]
    assert living == [["I am Nina", "Still me"], ["A new chat"]]


async def test_erased_between_two_looks(world: World) -> None:
    """T4 (a): a case that vanishes under a delivery is treated as erased, not as a delivery that was rejected."""
    story = await with_case(world)
    case = world.case()
    world.sandbox.faults.add(
        "error", side="deskie", method="POST", path="messages", status=404, body={"error": "case_not_found"}
    )
    story.visitor_says("Hello?")
    await world.run(20)
    assert body(case)[-1] == "Hello?"
    assert world.events("case.silenced", "delivery.parked") == []
