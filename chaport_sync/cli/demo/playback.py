"""Plays the demo: the sandbox over real HTTP, the real daemon and the story in one event loop."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from chaport_sync import logs
from chaport_sync.app import App, build, secrets
from chaport_sync.clock import Clock
from chaport_sync.config import load
from chaport_sync.configured import Configured, Source
from chaport_sync.daemon import Daemon
from chaport_sync.sandbox import Sandbox, Urls
from chaport_sync.sandbox.story.play import Play
from chaport_sync.sandbox.story.script import GRACE, LEASE, STATUS_MAP
from chaport_sync.sandbox.story.stage import Stage
from chaport_sync.systemd import Notifier

#: Seconds of real time between two steps of the story.
TICK = 0.1


class View(Protocol):
    """Shows the demo: on the screen, or as plain lines."""

    def show(self, play: Play) -> None:
        """Show the present state."""

    def tell(self, at: float, event: dict[str, Any]) -> None:
        """Show an event of the daemon's log; `at` is in seconds since the story began."""


class StoryClock(Clock):
    """A clock that runs `speed` times as fast as real time; the daemon and both services use it."""

    def __init__(self, speed: float = 1.0, began: float | None = None) -> None:
        super().__init__()
        self._speed = speed
        self._began = super().wall() if began is None else began

    def wall(self) -> float:
        """Return the story's time in Unix seconds."""
        return self._began + (super().wall() - self._began) * self._speed

    def monotonic(self) -> float:
        """Return the story's monotonic time in seconds."""
        return super().monotonic() * self._speed

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of the story."""
        await super().sleep(seconds / self._speed)

    def utc(self) -> datetime:
        """Return the story's time as a date in UTC, for the sandbox."""
        return datetime.fromtimestamp(self.now(), UTC)

    def another(self) -> "StoryClock":
        """Return a new clock with the same time, because a stopped clock cannot start again."""
        return StoryClock(self._speed, self._began)


async def perform(folder: Path, view: View, speed: float) -> Play | None:
    """Play the story to its end and return it; None if a signal ended the daemon before.

    Args:
        folder: Where the configuration and the state file go.
        view: Shows the story.
        speed: How much faster than real time.
    """
    clock = StoryClock(speed)
    sandbox = Sandbox(clock.utc)
    stage = Stage(sandbox)
    async with sandbox.serve() as urls:
        # The environment of this machine may belong to another daemon with a real account, so it is not used.
        settings = load(write_configuration(folder, stage, urls), environ={})
        logs.setup(stream=None, secrets=secrets(settings), taps=[lambda event: view.tell(stage.elapsed, event)])

        async def started() -> App:
            app = build(settings, clock.another(), environ={})
            for flow in app.flows:
                flow.poll /= speed
            return app

        daemon = Daemon(lambda: Configured({"": Source(started)}), Notifier({}))
        play = Play(stage)
        playing = asyncio.create_task(_play(play, view))
        running = asyncio.create_task(daemon.run())
        try:
            await asyncio.wait({running, playing}, return_when=asyncio.FIRST_COMPLETED)
            interrupted = not playing.done()
        finally:
            playing.cancel()
            if not running.done():
                daemon.stop()
            ends = await asyncio.gather(running, playing, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end
    return None if interrupted else play


async def _play(play: Play, view: View) -> None:
    while not play.over:
        play.advance()
        view.show(play)
        await asyncio.sleep(TICK)


def write_configuration(folder: Path, stage: Stage, urls: Urls) -> Path:
    """Write a configuration file and the files of both secrets, as an administrator does; return the path."""
    for name, secret in (
        ("deskie_api_key", stage.sandbox.deskie.api_key),
        ("chaport_token", stage.sandbox.chaport.token),
    ):
        (folder / name).write_text(secret, "utf-8")
        (folder / name).chmod(0o600)
    path = folder / "config.toml"
    path.write_text(
        _CONFIGURATION.format(
            urls=urls,
            email=stage.sandbox.deskie.email,
            bot=stage.bot,
            grace=GRACE,
            lease=LEASE,
            map="\n".join(f'{status} = "{word}"' for status, word in STATUS_MAP.items()),
            channel=stage.channel.key,
            state=folder / "state.db",
        ),
        "utf-8",
    )
    return path


_CONFIGURATION = """\
[deskie]
url = "{urls.deskie}"
email = "{email}"
requests_per_minute = 6000

[chaport]
url = "{urls.chaport}"
requests_per_second = 50
[chaport.bots]
{bot.id} = "{bot.name}"

[status]
poll = 1
offline_grace = {grace}
lease = {lease}
[status.map]
{map}

[transcripts]
poll = 1
gather = 3

[cases]
channel = "{channel}"

[pending]
unanswered = 30

[replies]
enabled = true
poll = 1

[state]
path = '{state}'
"""
