"""Deskie's units for a talk with a bot: ten turns in three minutes, until the chat counts as ended, by `deliver`."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import get_args

from benchmarks.row import Goal, Row
from benchmarks.worlds import in_a_world, poll
from chaport_sync.config.chats import Transcripts
from tests.world import World

TURNS, SECONDS, ENDED_AFTER = 10, 180.0, Transcripts().ended_after
DEFAULT_MOST, MOST = 14, {"live": 55}


def rows(*, small: bool) -> Iterator[Row]:
    """Count the units in each way to deliver."""
    turns, ended_after = (1, 60.0) if small else (TURNS, ENDED_AFTER)
    for mode in get_args(Transcripts.model_fields["deliver"].annotation):
        default = mode == Transcripts().deliver
        most = DEFAULT_MOST if default else MOST.get(mode)
        found = in_a_world(partial(units, mode=mode, turns=turns, ended_after=ended_after))
        figure = f"a talk of {turns} turns, {mode}{', default' if default else ''}"
        yield Row(figure, found, "units", goal=Goal("ours", most) if most else None)
        if default:
            greeted = in_a_world(partial(units, mode=mode, turns=turns, ended_after=ended_after, greeted=True))
            yield Row(f"{figure}, the bot greets first", greeted, "units", goal=Goal("ours", DEFAULT_MOST))


async def units(world: World, mode: str, turns: int, ended_after: float, *, greeted: bool = False) -> int:
    """Let a visitor and a bot talk, and return how many units of Deskie's it took to show it.

    A bot that greets first is known before the case is opened, so that its status is set with the opening.
    """
    world.pair("Ann")
    bot = world.chaport.add_bot("Robin")
    app = await world.start(
        "status.enabled = false", f'transcripts.deliver = "{mode}"', f"transcripts.ended_after = {ended_after}"
    )
    assert app.transcripts is not None
    polling = asyncio.create_task(poll(app.transcripts))
    await asyncio.sleep(app.transcripts.poll)
    world.sandbox.forget_requests()
    chat = world.chaport.start_chat(world.chaport.add_visitor("Mary"), bot)
    if greeted:
        world.chaport.bot_says(chat, "Hello!")
        await asyncio.sleep(5)
    for turn in range(turns):
        world.chaport.visitor_says(chat, f"Question {turn}?")
        await asyncio.sleep(5)
        world.chaport.bot_says(chat, f"Answer {turn}.")
        await asyncio.sleep(SECONDS / TURNS - 5)
    await asyncio.sleep(2 * ended_after)
    polling.cancel()
    with suppress(asyncio.CancelledError):
        await polling
    shown = "\n".join(message.text for case in world.deskie.cases for message in case.messages)
    assert all(shown.count(f"Question {each}?") == shown.count(f"Answer {each}.") == 1 for each in range(turns))
    return sum(request.units for request in world.sandbox.requests_of("deskie"))
