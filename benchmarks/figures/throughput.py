"""Lines shown a second where each request takes 50 ms, against four bare clients that share the same requests."""

import asyncio
import time
from collections.abc import Iterator

from benchmarks.bare import repeat
from benchmarks.companies import Talks
from benchmarks.daemon_here import daemon_here
from benchmarks.row import Goal, Row
from benchmarks.services import requests

LATENCY, CLIENTS, LEAST = 0.05, 4, 0.9


def rows(*, small: bool) -> Iterator[Row]:
    """Measure; this one goes by the clock on the wall, because it is the waiting that counts."""
    ours, bare = asyncio.run(speeds(*((2, 2) if small else (40, 20)), latency=0.001 if small else LATENCY))
    yield Row("throughput", ours, "lines/s", bare, "four bare clients", Goal("ratio", LEAST, at_least=True))


async def speeds(chats: int, lines: int, latency: float) -> tuple[float, float]:
    """Show chats that wait, and return how many lines a second the daemon and the bare clients show."""
    fill = Talks(chats, lines, in_turns=True, latency=latency)
    async with daemon_here(fill, 'transcripts.deliver = "live"') as daemon:
        await daemon.start()
        began = time.monotonic()
        await daemon.show()
        ours = time.monotonic() - began
        bare, _ = await repeat(daemon.services, daemon.services.ask(requests), at_once=CLIENTS)
    return chats * lines / ours, chats * lines / bare
