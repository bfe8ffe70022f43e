"""P8: a worker ends in time, whatever it waits for."""

import asyncio
import socket

import pytest

from tests.cluster.fleets import starts, works
from tests.processes.daemon_process import until

pytestmark = pytest.mark.processes


async def test_a_stop_before_the_database_answers() -> None:
    """P8: a worker that still waits for one of several hosts ends at once."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts = ",".join([f"127.0.0.1:{silent.getsockname()[1]}"] * 3)
        async with asyncio.timeout(2), works(f"postgresql://postgres@{hosts}/chaport", "one", starts):
            await asyncio.sleep(0.1)


async def test_a_stop_while_states_are_loaded(url: str) -> None:
    """P8: what has not begun yet is not waited for."""
    async with asyncio.timeout(5), works(url, "one", starts) as (_, fleet):
        await until(lambda: "acme" in fleet.accounts)
    assert fleet.accounts == {}
