"""For how long the daemon's loop stands still: `python -m benchmarks.blocking [--json]`.

While one step computes, everything else waits: the other flows, signals, the watchdog. So no step may take longer than
50 ms with 1,000 agents, a chat of 5,000 events and a case of 5,000 messages. The real daemon code runs on the sandbox,
which is a process of its own; a ticker in the daemon's loop measures how much its thread computes between two calls,
so that other work on the machine does not count. Besides the longest stand-still it tells how that grows with the
number of agents, events or messages. Exit code 1 if a step takes too long.
"""

import asyncio
import gc
import json
import multiprocessing
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import click
import structlog
from rich.console import Console

from chaport_sync.app import App, build
from chaport_sync.clock import Clock
from chaport_sync.config import load
from chaport_sync.sandbox import Sandbox

TICK, LONGEST = 0.001, 0.050
SIZES = {"agents": (100, 1000), "events": (500, 5000), "messages": (500, 5000)}


@dataclass(frozen=True)
class Measured:
    """The longest stand-still in milliseconds, for so many of something; `growth` is against the smaller number."""

    what: str
    number: int
    milliseconds: float
    growth: float | None = None


class Ticker:
    """Asks to be called each millisecond, and notes for how long something was computed at most until it is."""

    def __init__(self) -> None:
        self.longest = 0.0

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Measure while the block runs."""
        task = asyncio.create_task(self._tick())
        try:
            yield
        finally:
            task.cancel()

    async def _tick(self) -> None:
        while True:
            began = time.thread_time()
            await asyncio.sleep(TICK)
            self.longest = max(self.longest, time.thread_time() - began)


def serve(fill: Callable[[Sandbox], None], told: Connection) -> None:
    """Serve a sandbox until the connection is closed: the body of the other process."""

    async def until_closed() -> None:
        sandbox = Sandbox()
        sandbox.deskie.add_channel(12)
        sandbox.deskie.requests_per_minute = 10**9
        fill(sandbox)
        async with sandbox.serve() as urls:
            told.send((urls.deskie, urls.chaport, sandbox.deskie.email, sandbox.deskie.api_key, sandbox.chaport.token))
            await asyncio.get_running_loop().run_in_executor(None, told.poll, None)

    asyncio.run(until_closed())


@asynccontextmanager
async def daemon(folder: Path, fill: Callable[[Sandbox], None]) -> AsyncIterator[Callable[[], App]]:
    """Return what builds the daemon anew on a filled sandbox, with the state file of the one before."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(fill, theirs))
    process.start()
    deskie, chaport, email, key, token = await asyncio.to_thread(ours.recv)
    path = folder / "config.toml"
    path.write_text(
        f'[deskie]\nurl = "{deskie}"\nemail = "{email}"\napi_key = "{key}"\n\n'
        f'[chaport]\nurl = "{chaport}"\ntoken = "{token}"\n'
        '[transcripts]\nstart = "2020-01-01"\npoll = 600\n[cases]\nchannel = "cch12"\n'
        f'[state]\npath = "{folder / "state.db"}"\n'
    )
    apps: list[App] = []

    def start() -> App:
        settings = load(path, environ={})
        # Nothing waits for its budget here; no real account has so much.
        settings = settings.model_copy(
            update={
                "deskie": settings.deskie.model_copy(update={"requests_per_minute": 10**9}),
                "chaport": settings.chaport.model_copy(update={"requests_per_second": 10.0**6}),
            }
        )
        apps.append(build(settings, Clock(), environ={}))
        return apps[-1]

    try:
        yield start
    finally:
        for app in apps:
            await app.aclose()
        ours.send("enough")
        await asyncio.to_thread(process.join)


@dataclass(frozen=True)
class People:
    """So many agents who are online, and their operators."""

    number: int

    def __call__(self, sandbox: Sandbox) -> None:
        """Put them into the sandbox."""
        for each in range(self.number):
            sandbox.deskie.add_agent(f"Agent {each}", f"agent{each}@acme.example", 1)
            sandbox.chaport.add_operator(f"Agent {each}", f"agent{each}@acme.example")


@dataclass(frozen=True)
class Talk:
    """One chat of so many events: the bot's, all of which make few notes, or in turns with the visitor's."""

    number: int
    in_turns: bool = False

    def __call__(self, sandbox: Sandbox) -> None:
        """Put it into the sandbox."""
        sandbox.chaport.add_operator("Ann", "ann@acme.example")
        chat = sandbox.chaport.start_chat(sandbox.chaport.add_visitor("Mary"), sandbox.chaport.add_bot("Robin"))
        sandbox.chaport.visitor_says(chat, "Hello")
        for each in range(self.number):
            says = sandbox.chaport.visitor_says if self.in_turns and each % 2 else sandbox.chaport.bot_says
            says(chat, f"Line {each} of a talk with about sixty characters in each")


async def statuses(number: int, folder: Path) -> float:
    """Measure a first cycle, in which everybody goes online, and two steady ones."""
    ticker = Ticker()
    async with daemon(folder, People(number)) as start:
        app = start()
        assert app.statuses is not None
        with ticker.ticking():
            for _ in range(3):
                report = await app.statuses.cycle(hurry=False)
                assert len(report.decisions) == number
    return ticker.longest


async def transcripts(number: int, folder: Path) -> float:
    """Measure the delivery of a long chat, and a poll of it without news."""
    ticker = Ticker()
    async with daemon(folder, Talk(number)) as start:
        app = start()
        assert app.transcripts is not None
        with ticker.ticking():
            for _ in range(2):
                report = await app.transcripts.cycle(hurry=False)
                assert report.well
    return ticker.longest


async def read_back(number: int, folder: Path) -> float:
    """Measure the next start after the state file of a long case was lost."""
    ticker = Ticker()
    async with daemon(folder, Talk(number, in_turns=True)) as start:
        app = start()
        assert app.transcripts is not None
        assert (await app.transcripts.cycle(hurry=False)).well
        await app.aclose()
        lose(folder)
        app = start()
        assert app.transcripts is not None
        with ticker.ticking():
            assert (await app.transcripts.cycle(hurry=False)).well
    return ticker.longest


def lose(folder: Path) -> None:
    """Lose the state file."""
    for file in folder.glob("state.db*"):
        file.unlink()


KINDS: dict[str, Callable[[int, Path], Coroutine[None, None, float]]] = {
    "agents": statuses,
    "events": transcripts,
    "messages": read_back,
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON.")
def main(*, as_json: bool) -> None:
    """Measure for how long the loop stands still, and exit with 1 if that is too long."""
    structlog.configure(processors=[_drop])
    found: list[Measured] = []
    for what, measure in KINDS.items():
        first: float | None = None
        for number in SIZES[what]:
            with tempfile.TemporaryDirectory() as folder:
                gc.collect()
                gc.freeze()  # as `run` does
                longest = asyncio.run(measure(number, Path(folder)))
            growth = None if first is None else round(longest / first, 1)
            found.append(Measured(what, number, round(1000 * longest, 1), growth))
            first = longest
    good = all(each.milliseconds <= 1000 * LONGEST for each in found)
    if as_json:
        click.echo(json.dumps({"measured": [asdict(each) for each in found], "good": good}))
    else:
        out = Console(highlight=False)
        for each in found:
            words = "" if each.growth is None else f", {each.growth} times as long as with a tenth of them"
            out.print(f"{each.number:6,} {each.what}: {each.milliseconds:.0f} ms at most{words}")
        out.print(f"target: no step longer than {1000 * LONGEST:.0f} ms: {'met' if good else 'MISSED'}")
    raise SystemExit(not good)


def _drop(*_: object) -> str:
    raise structlog.DropEvent


if __name__ == "__main__":
    main()
