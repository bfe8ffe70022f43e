"""Random chats, random faults, crashes: in the end everything stands in Deskie exactly once and in order (P1)."""

import asyncio
import contextlib
import itertools
import random
from collections.abc import Callable

import pytest

from chaport_sync.api.errors import ApiError
from chaport_sync.clock import Stopping
from chaport_sync.sandbox.chaport.records import Chat
from tests.transcripts.stories import assert_mirrored, begin
from tests.world import World

RATES = {
    "reset_before": 0.03,
    "reset_after": 0.04,
    "error_500": 0.04,
    "too_many": 0.02,
    "truncated": 0.03,
    "html_200": 0.02,
    "latency": 0.05,
    "late_effect": 0.03,
}


@pytest.mark.parametrize("deliver", ["live", "handoff"])
@pytest.mark.parametrize("seed", range(2))
async def test_everything_once_and_in_order(world: World, seed: int, deliver: str) -> None:
    """P1: crashes at any instruction, time-outs executed after all, resets, 429 and 5xx: nothing lost or doubled."""
    chance = random.Random(f"{seed}{deliver}")
    story = await begin(world, f'transcripts.deliver = "{deliver}"')
    numbers = itertools.count(1)
    chats: list[Chat] = [story.chat]

    def text(who: str) -> str:
        return f"{who} says <{next(numbers):03}>"

    def new_visitor() -> None:
        visitor = world.chaport.add_visitor(f"Visitor {len(chats)}")
        chats.append(world.chaport.start_chat(visitor, story.bot))

    def new_chat() -> None:
        visitor = world.chaport.visitor_of(chance.choice(chats))
        chats.append(world.chaport.start_chat(visitor, story.bot))

    def speak(act: Callable[[Chat], object]) -> Callable[[], object]:
        return lambda: act(world.chaport.visitor_of(chance.choice(chats)).chats[-1])

    actions: list[Callable[[], object]] = [
        *[speak(lambda chat: world.chaport.bot_says(chat, text("bot"), story.bot))] * 4,
        *[speak(lambda chat: world.chaport.visitor_says(chat, text("visitor")))] * 6,
        *[speak(lambda chat: world.chaport.operator_says(chat, story.operator, text("operator")))] * 3,
        speak(lambda chat: world.chaport.operator_joins(chat, story.operator)),
        speak(world.chaport.close),
        new_visitor,
        new_chat,
    ]
    world.sandbox.faults.random(seed=seed, rates=RATES, late=(1.0, 14.0))
    for _ in range(45):
        for _ in range(chance.randrange(3)):
            chance.choice(actions)()
        cycle = asyncio.ensure_future(world.transcripts())
        await asyncio.wait({cycle}, timeout=chance.choice([0.05, 0.2, 20, 60, 600]))
        crashed = not cycle.done()
        cycle.cancel()
        with contextlib.suppress(asyncio.CancelledError, Stopping, ApiError):
            await cycle
        if crashed or chance.random() < 0.1:
            await world.start()
        world.wait(chance.choice([5, 20, 20, 60, 400]))
    world.sandbox.faults.clear()
    await world.run(900)
    world.wait(3600)
    await world.run(900)
    assert_mirrored(world)
