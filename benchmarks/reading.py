"""How soon many visitors' words are displayed, and what reading costs: `python -m benchmarks.reading [--json]`.

First, in virtual time and at Chaport's default pace: 5 to 160 visitors write a line every 20 s for 20 minutes. No chat
can be read sooner than at the next poll, nor before all others had their turn at that pace: the longer of both is the
floor. Given is how long it takes from written to displayed, in all and in each half of the run, in which it must not
rise. Agents come online meanwhile; given is how long it takes until their operators are. Second, in this machine's
time: what each visitor costs in a cycle in which nothing happens, and in one in which all of them write, among 100,
1,000 and 10,000 who are known, as a ratio to what it costs among the fewest. Exit code 1 if a target is missed.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from statistics import quantiles

import click
from rich.console import Console
from rich.table import Table

from benchmarks.worlds import in_a_world, poll, silence
from chaport_sync.sandbox.chaport.records import Operator
from chaport_sync.sandbox.deskie.records import Staff
from tests.statuses.steps import OFFLINE, ONLINE
from tests.world import World

CHATS, KNOWN = (5, 20, 40, 80, 160), (100, 1000, 10_000)
POLL, PACE, LATENCY, EVERY, RUN = 20.0, 2.0, 0.2, 20.0, 1200.0
#: What the 95th percentile may be in floors, and in the second half as against the first.
SLOWEST, RISE = 3.0, 1.2
#: What a visitor may cost as against among the fewest.
DEAREST = 3.0


@dataclass(frozen=True)
class Displayed:
    """Seconds from written to displayed with so many busy chats; `floor` is the least in which all can be read.

    `online_95` is the 95th percentile of the seconds from an agent's coming online to the operator's, and
    `status_floor` a poll of the statuses.
    """

    chats: int
    floor: float
    median: float
    percentile_95: float
    first_half_95: float
    second_half_95: float
    online_95: float
    status_floor: float

    @property
    def floors(self) -> float:
        """The 95th percentile in floors."""
        return round(self.percentile_95 / self.floor, 2)

    @property
    def good(self) -> bool:
        """Whether the target is met."""
        return self.floors <= SLOWEST and self.second_half_95 <= RISE * self.first_half_95


@dataclass(frozen=True)
class Cost:
    """Microseconds of this machine for each visitor in a cycle, and as a ratio to what it is among the fewest."""

    cycle: str
    known: int
    microseconds: float
    ratio: float


async def displayed(world: World, chats: int, run: float = RUN) -> Displayed:
    """Let so many visitors write at once for `run` seconds, and measure how long each of their lines takes."""
    pairs = [world.pair(f"Agent{number}", OFFLINE) for number in range(round(run / EVERY))]
    await world.start(
        f"chaport.requests_per_second = {PACE}", f"transcripts.poll = {POLL}", 'transcripts.deliver = "live"'
    )
    await world.transcripts()
    world.sandbox.faults.add("latency", times=None, seconds=LATENCY)
    world.sandbox.forget_requests()
    flows = [asyncio.create_task(poll(flow)) for flow in world.app.flows]
    written, came = await asyncio.gather(_write(world, chats, run), _come(world, pairs))
    await asyncio.sleep(20 * chats)
    for flow in flows:
        flow.cancel()
        with suppress(asyncio.CancelledError):
            await flow
    messages = [message for case in world.deskie.cases for message in case.messages]
    shown = {row: message.created_at.timestamp() for message in messages for row in message.text.split("\n")}
    began = min(written.values())
    took = [(at - began, shown[text] - at) for text, at in written.items()]
    floor = max(POLL, chats / PACE)
    every = quantiles([each for _, each in took], n=20)
    first, second = (
        quantiles([each for at, each in took if (at >= run / 2) is later], n=20)[-1] for later in (False, True)
    )
    assert world.app.statuses is not None
    written_at: dict[str, float] = {}
    for each in world.sandbox.requests_of("chaport", "POST"):
        # Later ones renew the lease.
        written_at.setdefault(each.path.split("/")[4], each.at.timestamp())
    online = quantiles([written_at[operator_id] - at for operator_id, at in came.items()], n=20)[-1]
    found = (round(each, 1) for each in (every[9], every[-1], first, second, online, world.app.statuses.poll))
    return Displayed(chats, floor, *found)


async def _come(world: World, pairs: Sequence[tuple[Staff, Operator]]) -> dict[str, float]:
    """Let one agent after another come online, and return when, by the id of the operator."""
    came = {}
    for agent, operator in pairs:
        world.deskie.set_status(agent, ONLINE)
        came[operator.id] = world.now()
        # Not in step with the polls.
        await asyncio.sleep(EVERY * 0.95)
    return came


async def _write(world: World, chats: int, run: float) -> dict[str, float]:
    """Let each visitor write a line every so often, evenly spread, and return when each was written."""
    written: dict[str, float] = {}
    talks = [world.chaport.start_chat(world.chaport.add_visitor(f"Visitor {number}")) for number in range(chats)]
    for turn in range(round(run / EVERY)):
        for number, chat in enumerate(talks):
            text = f"Line {turn} of {number}."
            world.chaport.visitor_says(chat, text)
            written[text] = world.now()
            await asyncio.sleep(EVERY / chats)
    return written


async def costs(world: World, known: int) -> dict[str, float]:
    """Return the seconds of this machine that an idle and a busy cycle take, with so many visitors who have a chat."""
    world.pair("Ann")
    bot = world.chaport.add_bot("Robin")
    world.chaport.quirks.page_size = known // 10
    chats = []
    for number in range(known):
        chats.append(world.chaport.start_chat(world.chaport.add_visitor(f"Visitor {number}"), bot))
        world.chaport.bot_says(chats[-1], "Hello!", bot)
    await world.start(
        "status.enabled = false",
        'transcripts.start = "2026-01-01"',
        'transcripts.include = ["visitor"]',
    )
    assert world.app.transcripts is not None
    read = world.app.transcripts
    await read.cycle(hurry=False)
    world.wait(3 * 86400)
    await read.cycle(hurry=False)
    world.wait(20)
    idle = []
    for _ in range(5):
        began = time.process_time()
        await read.cycle(hurry=False)
        idle.append(time.process_time() - began)
        world.wait(20)
    for chat in chats:
        world.chaport.bot_says(chat, "Are you there?", bot)
        world.chaport.visitor_of(chat).name += "!"
    began = time.process_time()
    await read.cycle(hurry=False)
    return {"nothing happens": min(idle), "all rows change": time.process_time() - began}


def all_costs(numbers: Sequence[int] = KNOWN) -> list[Cost]:
    """Measure what cycles cost with few and with many visitors."""
    found: list[Cost] = []
    fewest: dict[str, float] = {}
    for known in numbers:
        for cycle, seconds in in_a_world(partial(costs, known=known)).items():
            each = seconds / known * 1e6
            found.append(Cost(cycle, known, round(each, 1), round(each / fewest.setdefault(cycle, each), 2)))
    return found


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON.")
def main(*, as_json: bool) -> None:
    """Measure how soon words are displayed and what reading costs, and exit with 1 if a target is missed."""
    silence()
    soon = [in_a_world(partial(displayed, chats=chats)) for chats in CHATS]
    costly = all_costs()
    good = all(each.good for each in soon) and all(each.ratio <= DEAREST for each in costly)
    if as_json:
        rows = {"displayed": [asdict(each) for each in soon], "costs": [asdict(each) for each in costly]}
        click.echo(json.dumps(rows | {"slowest": SLOWEST, "rise": RISE, "dearest": DEAREST, "good": good}))
    else:
        _print(soon, costly, good=good)
    raise SystemExit(not good)


def _print(soon: list[Displayed], costly: list[Cost], *, good: bool) -> None:
    out = Console(highlight=False)
    out.print(f"Seconds from written to displayed, {PACE:g} requests a second, a poll every {POLL:g} s:\n")
    columns = (
        "Busy chats",
        "Floor",
        "Median",
        "95 %",
        "in floors",
        "95 % in the first half",
        "in the second",
        "online",
    )
    table = Table(*columns, box=None, pad_edge=False)
    for each in soon:
        halves = each.first_half_95, each.second_half_95
        figures = (each.chats, each.floor, each.median, each.percentile_95, each.floors, *halves, each.online_95)
        table.add_row(*(f"{figure:g}" for figure in figures))
    out.print(table)
    out.print("\nWhat a cycle costs for each visitor, and how many times what it costs among the fewest:\n")
    table = Table("Cycle", *(f"{known:,} visitors" for known in KNOWN), box=None, pad_edge=False)
    for cycle in dict.fromkeys(each.cycle for each in costly):
        table.add_row(
            cycle, *(f"{each.microseconds:.1f} µs ({each.ratio:.1f})" for each in costly if each.cycle == cycle)
        )
    out.print(table)
    targets = f"95 % within {SLOWEST:g} floors and not rising, at most {DEAREST:g} times as much for a visitor"
    out.print(f"\ntarget: {targets}: {'met' if good else 'MISSED'}")


if __name__ == "__main__":
    main()
