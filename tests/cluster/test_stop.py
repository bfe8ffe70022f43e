"""P8: a worker ends in time, whatever it waits for."""

import asyncio
import os
import signal
import socket

import pytest

from chaport_sync.cluster.errors import Lost
from chaport_sync.cluster.session import Session
from tests.cluster.fleets import starts, works
from tests.cluster.sessions import stall
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


async def test_a_stop_while_the_database_hangs(url: str) -> None:
    """P8: closing a session does not wait for a statement that the server does not answer."""
    opened = Session(url)
    await opened.open()
    os.kill(opened.pid, signal.SIGSTOP)
    try:
        asked = asyncio.create_task(stall(opened, 0))
        await asyncio.sleep(0.1)
        async with asyncio.timeout(1):
            await opened.close()
            with pytest.raises(Lost):
                await asked
    finally:
        os.kill(opened.pid, signal.SIGCONT)
