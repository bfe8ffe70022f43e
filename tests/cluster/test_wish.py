"""P3: what a command wants of an account's holder is done before it is forgotten."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from chaport_sync.cluster.visit import visit
from chaport_sync.core.workers import RETRY
from chaport_sync.store import Store
from tests.cluster.fleets import starts, works
from tests.cluster.host import fill
from tests.processes.daemon_process import until

pytestmark = pytest.mark.processes


async def test_a_wish_is_kept_until_the_database_knows_that_it_is_fulfilled(url: str) -> None:
    """P3: a worker that dies a moment later has not lost it: the lines are due wherever the account goes on."""
    async with works(url, "one", starts) as (worker, fleet):
        await until(lambda: "acme" in fleet.accounts)
        store = await asyncio.to_thread(Store.on, worker.log_of("acme"))
        fill(store)
        running: Any = SimpleNamespace(store=store)
        fleet.accounts["acme"]._app = running
        with visit(url) as there:
            there.wish("acme", RETRY)
            await until(lambda: not there.look().account("acme").wish, 5)
            kept = Store.copy_from(there.log("acme"))
            assert [each["not_before"] for each in kept.connection.all("SELECT not_before FROM lines")] == [0]
            kept.close()
        fleet.accounts["acme"]._app = None
