"""For how long the daemon's loop stands still: `python -m benchmarks.blocking [--json]`.

While one step computes, everything else waits: the other flows, signals, the watchdog. So no step may take longer than
50 ms with 1,000 agents, a chat of 5,000 events and a case of 5,000 messages. The real daemon code runs on the sandbox,
which is a process of its own; a ticker in the daemon's loop measures how much its thread computes between two calls,
so that other work on the machine does not count. Besides the longest stand-still it tells how that grows with the
number of agents, events or messages. Exit code 1 if a step takes too long.
"""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import click
from rich.console import Console

from benchmarks.companies import People, Talks
from benchmarks.daemon_here import daemon_here
from benchmarks.worlds import silence

TICK, LONGEST = 0.001, 0.050
POLL = "transcripts.poll = 600"
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


async def statuses(number: int) -> float:
    """Measure a first cycle, in which everybody goes online, and two steady ones."""
    ticker = Ticker()
    async with daemon_here(People(number), POLL) as daemon:
        app = await daemon.start()
        assert app.statuses is not None
        with ticker.ticking():
            for _ in range(3):
                report = await app.statuses.cycle(hurry=False)
                assert len(report.decisions) == number
    return ticker.longest


async def transcripts(number: int) -> float:
    """Measure the delivery of a long chat, and a poll of it without news."""
    ticker = Ticker()
    async with daemon_here(Talks(1, number), POLL) as daemon:
        await daemon.start()
        with ticker.ticking():
            for _ in range(2):
                await daemon.show()
    return ticker.longest


async def read_back(number: int) -> float:
    """Measure the next start after the state file of a long case was lost."""
    ticker = Ticker()
    async with daemon_here(Talks(1, number, in_turns=True), POLL) as daemon:
        await daemon.start()
        await daemon.show()
        await daemon.stop()
        for file in daemon.folder.glob("state.db*"):
            file.unlink()
        await daemon.start()
        with ticker.ticking():
            await daemon.show()
    return ticker.longest


KINDS: dict[str, Callable[[int], Coroutine[None, None, float]]] = {
    "agents": statuses,
    "events": transcripts,
    "messages": read_back,
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON.")
def main(*, as_json: bool) -> None:
    """Measure for how long the loop stands still, and exit with 1 if that is too long."""
    silence()
    found: list[Measured] = []
    for what, measure in KINDS.items():
        first: float | None = None
        for number in SIZES[what]:
            longest = asyncio.run(measure(number))
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


if __name__ == "__main__":
    main()
