"""How long an agent's answer takes to its visitor, and what that costs: `python -m benchmarks.replies [--json]`.

With 100 open chats and a reply a second for five minutes, each request taking 0.2 s, the 95th percentile has to be
within one poll plus one second. The real daemon code runs on the sandbox in virtual time, all flows at once: the
figures are of the daemon's making, not of this machine. Exit code 1 if the target is missed.
"""

import asyncio
import json
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass
from statistics import median, quantiles

import click
from rich.console import Console

from benchmarks.worlds import in_a_world, poll, silence
from chaport_sync.sandbox.deskie.records import Case, Staff
from tests.world import World

CHATS, REPLIES, POLL, LATENCY = 100, 300, 15.0, 0.2
TARGET = POLL + 1.0


@dataclass(frozen=True)
class Measured:
    """Seconds from the writing of a reply to its arrival, and requests against the fewest with which it can be done."""

    replies: int
    arrived: int
    median: float
    percentile_95: float
    longest: float
    requests: dict[str, int]
    fewest: dict[str, int]


class Measurement:
    """One run: chats are opened and shown, then agents answer."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._written: dict[str, float] = {}
        self._windows: set[tuple[int, int]] = set()

    async def run(self) -> Measured:
        """Measure."""
        world = self._world
        agents = [world.pair(name)[0] for name in ("Ann", "Bob", "Carl")]
        await world.start("replies.enabled = true", f"replies.poll = {POLL:.0f}", 'transcripts.start = "2026-01-01"')
        for number in range(CHATS):
            chat = world.chaport.start_chat(world.chaport.add_visitor(f"Visitor {number}"))
            world.chaport.visitor_says(chat, "Where is my order?")
        await world.run(300)
        world.sandbox.faults.add("latency", times=None, seconds=LATENCY)
        world.sandbox.forget_requests()
        began = world.time.elapsed
        flows = [asyncio.create_task(poll(flow)) for flow in world.app.flows]
        await self._answer(agents, began)
        await asyncio.sleep(4 * POLL)
        polls = (world.time.elapsed - began) / POLL
        for flow in flows:
            flow.cancel()
            with suppress(asyncio.CancelledError):
                await flow
        return self._figures(polls)

    async def _answer(self, agents: list[Staff], began: float) -> None:
        world, cases = self._world, self._world.deskie.cases
        assert len(cases) == CHATS
        for number in range(REPLIES):
            case: Case = cases[number * 37 % CHATS]
            world.deskie.agent_replies(case, agents[number % len(agents)], f"Answer {number}.")
            self._written[f"Answer {number}."] = world.time.now().timestamp()
            self._windows.add((case.id, int((world.time.elapsed - began) / POLL)))
            await asyncio.sleep(1.0)

    def _figures(self, polls: float) -> Measured:
        world = self._world
        arrived = {event.text: event.at.timestamp() for event in world.chaport.sent_to_visitors}
        assert len(world.chaport.sent_to_visitors) == len(arrived), "something was sent twice"
        took = [arrived[text] - at for text, at in self._written.items() if text in arrived]
        requests = Counter(_kind(request.method, request.path) for request in world.sandbox.journal)
        fewest = {"look for answers": round(polls), "read a case": len(self._windows), "send": REPLIES}
        return Measured(
            REPLIES,
            len(took),
            round(median(took), 1),
            round(quantiles(took, n=20)[-1], 1),
            round(max(took), 1),
            dict(requests.most_common()),
            fewest,
        )


def _kind(method: str, path: str) -> str:
    last = path.rpartition("/")[2]
    names = {
        "GET cases.json": "look for answers",
        "GET messages.json": "read a case",
        "POST messages": "send",
        "PUT chats": "assign",
    }
    name = "status" if "/operators/" in path else names.get(f"{method} {last}")
    if name is None:
        name = f"{method} {path if last.endswith('.json') and path.count('/') == 2 else last}"  # noqa: PLR2004
        name = "read a chat" if "/visitors/" in path and method == "GET" else name
        name = "read a user or a case" if path.count("/") == 3 and "/operators" not in path else name  # noqa: PLR2004
    return name


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON.")
def main(*, as_json: bool) -> None:
    """Measure how long replies take, and exit with 1 if that is too long."""
    silence()
    found = in_a_world(lambda world: Measurement(world).run())
    good = found.arrived == found.replies and found.percentile_95 <= TARGET
    if as_json:
        click.echo(json.dumps(asdict(found) | {"target": TARGET, "good": good}))
    else:
        out = Console(highlight=False)
        out.print(f"{found.arrived} of {found.replies} replies arrived, {CHATS} chats, a poll every {POLL:.0f} s")
        out.print(f"median {found.median} s, 95th percentile {found.percentile_95} s, longest {found.longest} s")
        out.print(f"target: 95th percentile within {TARGET:.0f} s: {'met' if good else 'MISSED'}\n")
        for name, count in found.requests.items():
            least = f" (at least {found.fewest[name]})" if name in found.fewest else ""
            out.print(f"{count:6}  {name}{least}")
    raise SystemExit(not good)


if __name__ == "__main__":
    main()
