"""The demo's story in virtual time, with a daemon that is right, wrong in one way, or not there."""

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from chaport_sync.app import App, build
from chaport_sync.cli.demo.playback import write_configuration
from chaport_sync.clock import Stopping
from chaport_sync.config import load
from chaport_sync.sandbox import Sandbox, Urls
from chaport_sync.sandbox.story.play import Play
from chaport_sync.sandbox.story.stage import Stage
from chaport_sync.sync.cycle import Flow
from tests.virtual_time import VirtualTime
from tests.world import DaemonClock

TICK = 0.5


async def performance(
    folder: Path,
    time: VirtualTime,
    environ: Mapping[str, str] | None = None,
    *,
    daemon: bool = True,
    each: Callable[[Play], None] = lambda _: None,
) -> Play:
    """Play the story to its end.

    Args:
        folder: Where the configuration and the state file go.
        time: The story's time.
        environ: Overrides the demo's configuration, to make the daemon wrong.
        daemon: Whether there is one.
        each: Called whenever the stage was looked at.
    """
    sandbox = Sandbox(time.now)
    play = Play(Stage(sandbox))
    urls = Urls("https://acme.deskie.io", "https://app.chaport.com")
    settings = load(write_configuration(folder, play.stage, urls), environ=environ or {})
    app = build(settings, DaemonClock(time), environ={}, over=sandbox.transport(), chance=random.Random(1))
    running = [asyncio.create_task(_cycles(app, flow)) for flow in app.flows] if daemon else []
    while not play.over:
        play.advance()
        each(play)
        await asyncio.sleep(TICK)
    app.clock.stop()
    await asyncio.gather(*running)
    await app.aclose()
    await sandbox.aclose()
    return play


async def _cycles(app: App, flow: Flow) -> None:
    """Do what the daemon's scheduler does."""
    with suppress(Stopping):
        while not app.clock.stopping:
            await flow.cycle()
            await asyncio.sleep(flow.poll)


def missed(play: Play) -> list[str]:
    """Return the expectations that were not seen."""
    return [verdict.expectation.words for verdict in play.verdicts if not verdict.seen]
