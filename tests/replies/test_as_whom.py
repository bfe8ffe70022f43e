"""As whom an answer is sent, while people come, go and change (R1, S3)."""

from typing import Any

import pytest

from chaport_sync.sandbox.deskie.records import Staff
from tests.replies.answering import Answering, answering
from tests.world import World


def _authors(scene: Answering) -> list[str]:
    return [event.author_id for event in scene.chat.events if event.author == "operator"]


async def test_a_pair_that_changed(world: World) -> None:
    """S3: whoever got another operator's address answers as that one, a few minutes later at the latest."""
    scene = await answering(world)
    ben = world.chaport.add_operator("Ben", "ben@acme.example")
    scene.answer("It left this morning.")
    await scene.polls(4)
    world.deskie.rename_agent(scene.agent, email="ben@acme.example")
    await world.run(310)
    scene.answer("Have a nice day.")
    await scene.polls(4)
    assert _authors(scene) == [scene.story.operator.id, ben.id]


async def test_a_newcomer(world: World) -> None:
    """R1: who was hired a minute ago is looked up before an answer of theirs is refused."""
    scene = await answering(world)
    scene.answer("It left this morning.")
    await scene.polls(4)
    ben, operator = world.pair("Ben")
    scene.answer("Have a nice day.", ben)
    await scene.polls(4)
    assert _authors(scene) == [scene.story.operator.id, operator.id]
    assert scene.notes() == []


@pytest.mark.parametrize("who", ["owner", "deleted"])
async def test_who_is_not_among_the_agents(world: World, who: str) -> None:
    """R1: the account's owner, and who has been deleted since, answers as `replies.operator`."""
    alone = world.chaport.add_operator("Olga", "olga@acme.example")
    scene = await answering(world, 'replies.operator = "olga@acme.example"')
    now = world.deskie.now()
    writer = Staff(41000, "Otto", "otto@acme.example", 1, active=True, created_at=now, updated_at=now)
    if who == "deleted":
        writer, _ = world.pair("Ben")
    scene.answer("It left this morning.", writer)
    if who == "deleted":
        world.deskie.delete_agent(writer)
    await scene.polls(4)
    assert _authors(scene) == [alone.id]
    assert scene.notes() == []


@pytest.mark.parametrize(
    ("side", "path", "body"), [("chaport", "/operators$", {"result": []}), ("deskie", "/staff", [])]
)
async def test_no_list_is_no_empty_list(world: World, side: Any, path: str, body: Any) -> None:
    """S8: nobody is told that there is no operator because a list came empty."""
    scene = await answering(world)
    world.sandbox.faults.add("error", side=side, method="GET", path=path, times=3, status=200, body=body)
    scene.answer("It left this morning.")
    await world.run(900)
    assert scene.heard() == ["It left this morning."]
    assert scene.notes() == []
