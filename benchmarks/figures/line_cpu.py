"""Processor time for a line that is shown, against a bare client that makes the same requests."""

import asyncio
from collections.abc import Iterator

from benchmarks.bare import repeat
from benchmarks.companies import Talks, go_on
from benchmarks.daemon_here import daemon_here
from benchmarks.row import Goal, Row
from benchmarks.services import requests

TIMES, MOST = 3, 1.8


def rows(*, small: bool) -> Iterator[Row]:
    """Measure some times, and take the cheapest of both: the machine has other things to do as well."""
    chats, rounds = (2, 1) if small else (20, 10)
    found = [asyncio.run(lines(chats, rounds)) for _ in range(1 if small else TIMES)]
    ours, bare = (min(each) for each in zip(*found, strict=True))
    yield Row("CPU of a line shown", 1000 * ours, "ms", 1000 * bare, "bare client", Goal("ratio", MOST))


async def lines(chats: int, rounds: int) -> tuple[float, float]:
    """Let chats go on for some cycles, and return the seconds a line of the daemon and of a bare client."""
    async with daemon_here(Talks(chats, 2), 'transcripts.deliver = "live"') as daemon:
        await daemon.start()
        await daemon.show()
        daemon.services.ask(requests)
        computed = 0.0
        for _ in range(rounds):
            daemon.wait(20)
            daemon.services.ask(go_on)
            computed += await daemon.show()
        _, bare = await repeat(daemon.services, daemon.services.ask(requests))
    number = 2 * chats * rounds
    return computed / number, bare / number
