"""`demo --record`: plays the story without waiting, and draws its end as an SVG, which is always the same."""

import asyncio
import io
import random
import selectors
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from chaport_sync import logs
from chaport_sync.app import App, build, secrets
from chaport_sync.cli.demo.live import LiveView
from chaport_sync.cli.demo.playback import TICK, write_configuration
from chaport_sync.clock import Clock, Stopping
from chaport_sync.config import load
from chaport_sync.sandbox import Sandbox, Urls
from chaport_sync.sandbox.story.play import Play
from chaport_sync.sandbox.story.stage import Stage
from chaport_sync.sync.cycle import Flow

#: The columns and rows of the terminal in the picture.
WIDTH, HEIGHT = 92, 32
BEGAN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def record(folder: Path, file: Path) -> Play:
    """Play the story, draw its end into a file, and return it; the daemon's own files go into the folder.

    Raises:
        OSError: The file cannot be written.
    """
    console = Console(record=True, file=io.StringIO(), width=WIDTH, height=HEIGHT, force_terminal=True, _environ={})
    with asyncio.Runner(loop_factory=_StoryLoop) as runner:
        play = runner.run(_perform(folder, console))
    svg = console.export_svg(title="chaport-sync demo", code_format=_SVG, unique_id="demo")
    file.write_text(svg, "utf-8")
    return play


class _NoWaiting(selectors.SelectSelector):
    """A selector that does not wait: each wait moves the story's time forward."""

    def __init__(self) -> None:
        super().__init__()
        self.elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.elapsed += max(0.0, timeout or 0.0)
        return super().select(0)


class _StoryLoop(asyncio.SelectorEventLoop):
    """An event loop in the story's time."""

    def __init__(self) -> None:
        self._selector_of_time = _NoWaiting()
        super().__init__(self._selector_of_time)

    def time(self) -> float:
        return self._selector_of_time.elapsed


class _StoryClock(Clock):
    """The daemon's clock in the story's time; writing to the disk takes no time there."""

    def wall(self) -> float:
        return _now().timestamp()

    async def beside(self, work: Callable[[], None]) -> None:
        work()


def _now() -> datetime:
    return BEGAN + timedelta(seconds=asyncio.get_running_loop().time())


async def _perform(folder: Path, console: Console) -> Play:
    """Play the story and print its last picture.

    Both services are in this process, so neither a network nor the scheduler can change the story's time.
    """
    view = LiveView(console)
    sandbox = Sandbox(_now)
    play = Play(Stage(sandbox))
    urls = Urls("https://acme.deskie.io", "https://app.chaport.com")
    settings = load(write_configuration(folder, play.stage, urls), environ={})
    taps = [lambda event: view.tell(play.stage.elapsed, event)]
    logs.setup(stream=None, secrets=secrets(settings), taps=taps)
    app = build(settings, _StoryClock(), environ={}, over=sandbox.transport(), chance=random.Random(1))  # noqa: S311 - always the same
    turns = [asyncio.create_task(_take_turns(app, flow)) for flow in app.flows]
    while not play.over:
        play.advance()
        await asyncio.sleep(TICK)
    console.print(view.picture(play, HEIGHT))
    app.clock.stop()
    await asyncio.gather(*turns)
    await app.aclose()
    await sandbox.aclose()
    return play


async def _take_turns(app: App, flow: Flow) -> None:
    with suppress(Stopping):
        while not app.clock.stopping:
            await flow.cycle()
            await app.clock.sleep(flow.poll)


#: Like rich's own format, but with the viewer's fonts: the picture loads nothing from another host.
_SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: {char_height}px }}
.{unique_id}-title {{ font: bold 18px system-ui, "Segoe UI", Helvetica, Arial, sans-serif }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
