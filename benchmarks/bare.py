"""A bare client: it makes the requests that the daemon made, and does nothing else."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack

import httpx

from benchmarks.services import Served
from chaport_sync.sandbox.requests import Request


async def repeat(services: Served, journal: Sequence[Request], *, at_once: int = 1) -> tuple[float, float]:
    """Make these requests again, and return the seconds that passed and those of this process's processor time."""
    async with AsyncExitStack() as stack:
        headers = {"Authorization": f"Bearer {services.token}"}
        deskie = httpx.AsyncClient(base_url=services.urls.deskie, auth=(services.email, services.api_key))
        chaport = httpx.AsyncClient(base_url=services.urls.chaport, headers=headers)
        clients = {
            "deskie": await stack.enter_async_context(deskie),
            "chaport": await stack.enter_async_context(chaport),
        }
        began, computed = time.monotonic(), time.process_time()
        left = iter(journal)
        await asyncio.gather(*(_make(clients, left) for _ in range(at_once)))
        return time.monotonic() - began, time.process_time() - computed


async def _make(clients: dict[str, httpx.AsyncClient], left: Iterable[Request]) -> None:
    for each in left:
        answer = await clients[each.side].request(each.method, each.path, params=each.query or None, json=each.body)
        answer.json()
