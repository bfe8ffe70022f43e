"""What a status cycle costs by its size, and whether leases last: `python -m benchmarks.statuses [--day] [--json]`.

Nothing happens in the measured cycles: everybody is online and stays so. The answers are the sandbox's, kept and given
again, so that only the daemon's own processor time counts. Times differ between machines; cost per operator and the
ratios do not. The exit code is 1 if a cycle's cost grows much faster than the number of operators, or if 1,000 of them
hold the loop for long.

`--day` lives through a day with 1,000 operators at the default settings instead: they arrive at once, half of them are
away for an hour, and whatever the pace leaves is used for reading chats. Exit code 1 if a lease ran out.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise

import click
import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.day import Day, live_through
from benchmarks.worlds import in_a_world, silence
from chaport_sync.api.request_queue import Share
from chaport_sync.app import App, build
from chaport_sync.config.rules import status_rules
from chaport_sync.core.model import Verdict
from chaport_sync.core.statuses.history import agents_seen, operators_seen
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules
from chaport_sync.core.statuses.mapping import combine, judge
from chaport_sync.core.statuses.pairing import pair
from chaport_sync.core.statuses.presence import decide
from chaport_sync.state_file import open_store
from chaport_sync.sync.statuses.report import StatusReport
from tests.world import World

SIZES, TIMES = (100, 1_000, 10_000), 5
#: A cycle of ten times as many may cost so many times as much; the loop may be held for so long (milliseconds of CPU).
LINEAR, LONGEST = 20.0, 50.0


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor time for a cycle and for its parts, and the longest stretch without a break in it."""

    operators: int
    cycle: float
    longest: float
    parts: dict[str, float]

    def each(self, name: str) -> float:
        """Return microseconds an operator."""
        return 1000 * self.parts.get(name, self.cycle) / self.operators


class Kept(httpx.AsyncBaseTransport):
    """Gives the first answer to each request again, so that the sandbox's work is not measured."""

    def __init__(self, over: httpx.AsyncBaseTransport) -> None:
        self._over = over
        self._answers: dict[str, httpx.Response] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, not at once: a network lets others go on meanwhile."""
        await asyncio.sleep(0)
        asked = f"{request.method} {request.url}"
        if asked not in self._answers:
            self._answers[asked] = await self._over.handle_async_request(request)
        kept = self._answers[asked]
        return httpx.Response(kept.status_code, headers=kept.headers, content=kept.content)


async def measure(world: World, count: int) -> Cost:
    """Measure steady cycles of so many agents and operators."""
    world.deskie.requests_per_minute = 100_000
    settings = world.settings("deskie.requests_per_minute = 10000", "status.lease = 86400")
    states = []
    for number in range(count):
        _, operator = world.pair(f"agent{number}")
        world.chaport.operator_sets(operator, "online")
        until = world.now() + 86400
        states.append(
            OperatorState(operator.id, Verdict.ONLINE, written="online", written_at=world.now(), lease_until=until)
        )
    store = open_store(settings, environ={})
    store.statuses.record_operators(states)
    store.close()
    chance = random.Random(1)  # noqa: S311 - jitter needs no secrecy
    app = build(settings, world.clock, environ={}, over=Kept(world.sandbox.transport()), chance=chance)
    try:
        assert app.statuses is not None
        report = await app.statuses.cycle()
        for _ in range(2):
            world.wait(15)
            report = await app.statuses.cycle()
        assert report.good
        assert len(report.decisions) == count
        assert not report.written
        cycle, longest = await _cycle(app, world)
        return Cost(count, cycle, longest, await _parts(app, report))
    finally:
        await app.aclose()


async def _cycle(app: App, world: World) -> tuple[float, float]:
    """Return the cost of the cheapest of several cycles, and their shortest longest stretch without a break."""
    costs, longest = [], []
    assert app.statuses is not None
    for _ in range(TIMES):
        world.wait(15)
        gaps = [0.0]
        ticking = asyncio.create_task(_tick(gaps))
        await asyncio.sleep(0)
        began = time.thread_time()
        await app.statuses.cycle()
        costs.append(1000 * (time.thread_time() - began))
        await asyncio.sleep(0)
        ticking.cancel()
        with suppress(asyncio.CancelledError):
            await ticking
        longest.append(1000 * max(gaps))
    return min(costs), min(longest)


async def _tick(gaps: list[float]) -> None:
    last = time.thread_time()
    while True:
        await asyncio.sleep(0)
        now = time.thread_time()
        gaps.append(now - last)
        last = now


async def _parts(app: App, report: StatusReport) -> dict[str, float]:
    rules, now = status_rules(app.settings), app.clock.now()
    deskie, chaport = app.clients.deskie, app.clients.chaport
    agents, operators = await deskie.agents(), await chaport.operators(Share.STATUS)
    states, decisions, pairing = app.store.statuses.operators(), report.decisions, report.pairing
    seen_agents, seen_operators = app.store.statuses.agents_seen(), app.store.statuses.operators_seen()

    def deciding() -> None:
        presence: PresenceRules = rules.presence
        for operator in operators:
            asked = combine([judge(agent, rules.mapping) for agent in pairing.drivers[operator.id]])
            decide(operator, asked, states[operator.id], presence, now, confirmed=True)

    def seeing() -> None:
        agents_seen(report.verdicts, pairing, seen_agents, now)
        operators_seen(decisions, pairing, seen_operators, now)

    async def ask_chaport() -> None:
        await chaport.operators(Share.STATUS)

    async def ask_deskie() -> None:
        await deskie.agents()

    return {
        "reading the operators": await _took(ask_chaport),
        "reading the agents": await _took(ask_deskie),
        "reading the state": await _took(app.store.statuses.operators),
        "pairing": await _took(lambda: pair(agents, operators, rules.pairing)),
        "deciding": await _took(deciding),
        "who was seen": await _took(seeing),
    }


async def _took(work: Callable[[], object]) -> float:
    """Return the milliseconds of the fastest of several times."""
    costs = []
    for _ in range(TIMES):
        began = time.thread_time()
        done = work()
        if isinstance(done, Awaitable):
            await done
        costs.append(1000 * (time.thread_time() - began))
    return min(costs)


@click.command()
@click.option("--day", is_flag=True, help="Live through a day instead (half an hour).")
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON.")
def main(*, day: bool, as_json: bool) -> None:
    """Measure status cycles, and exit with 1 if they cost too much or a lease ran out."""
    silence()
    raise SystemExit(not (_day(as_json=as_json) if day else _sizes(as_json=as_json)))


def _sizes(*, as_json: bool) -> bool:
    found = [in_a_world(partial(measure, count=count)) for count in SIZES]
    growth = [later.cycle / earlier.cycle for earlier, later in pairwise(found)]
    good = max(growth) <= LINEAR and all(cost.longest <= LONGEST for cost in found if cost.operators <= SIZES[1])
    if as_json:
        click.echo(json.dumps({"sizes": [asdict(cost) for cost in found], "growth": growth, "good": good}))
        return good
    table = Table("CPU of a steady cycle", *(f"{cost.operators:,} operators" for cost in found), box=None)
    for name in ("the cycle", *found[0].parts):
        table.add_row(name, *(f"{cost.each(name):.0f} µs each" for cost in found))
    table.add_row("the cycle in all", *(f"{cost.cycle:.1f} ms" for cost in found))
    table.add_row("longest without a break", *(f"{cost.longest:.1f} ms" for cost in found))
    table.add_row("times the smaller one", "", *(f"{times:.1f}" for times in growth))
    Console(highlight=False).print(table)
    return good


def _day(*, as_json: bool) -> bool:
    found: Day = in_a_world(live_through)
    if as_json:
        click.echo(json.dumps(asdict(found)))
    else:
        click.echo(
            f"{found.operators:,} operators, {found.hours:g} hours: {found.ran_out} leases ran out,"
            f" {found.writes:,} statuses written, {found.reads:,} requests for chats beside them;"
            f" all were online after {found.all_online_after:.0f} s"
        )
    return not found.ran_out


if __name__ == "__main__":
    main()
