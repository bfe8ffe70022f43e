"""Processor time of a poll that reads a chat of 1,000 events in which nothing is new, against its first reading."""

import asyncio
from collections.abc import Iterator
from statistics import median

from benchmarks.bare import repeat
from benchmarks.companies import Talks
from benchmarks.daemon_here import daemon_here
from benchmarks.row import Goal, Row
from benchmarks.services import requests

#: One more than a round number: a chat of just so many events may have been cut, and is read by another way as well.
EVENTS, POLLS, MOST = 1001, 10, 1.0


def rows(*, small: bool) -> Iterator[Row]:
    """Measure what the chat takes beyond one of one event, here and in a bare client that makes the same requests."""
    events, polls = (11, 1) if small else (EVENTS, POLLS)
    (first, poll, bare), (least_first, least_poll, least_bare) = (
        asyncio.run(milliseconds(number, polls)) for number in (events, 1)
    )
    figure, ours = f"poll of an unchanged chat, {events:,} events", poll - least_poll
    yield Row(figure, ours, "ms", first - least_first, "first reading")
    yield Row(figure, ours, "ms", bare - least_bare, "bare client", Goal("more", MOST))


async def milliseconds(events: int, polls: int) -> tuple[float, float, float]:
    """Return what the first reading of a chat takes, a later one, and a bare client with the requests of that."""
    found = []
    async with daemon_here(Talks(1, events)) as daemon:
        await daemon.start()
        first = await daemon.show()
        daemon.wait(3600)
        await daemon.show()
        for _ in range(polls):
            daemon.wait(300)
            daemon.services.ask(requests)
            poll = await daemon.show()
            journal = daemon.services.ask(requests)
            assert any("/chats" in each.path for each in journal), "the chat was not read"
            _, bare = await repeat(daemon.services, journal)
            found.append((poll, bare))
    poll, bare = (median(each) for each in zip(*found, strict=True))
    return 1000 * first, 1000 * poll, 1000 * bare
