"""K4 with a real server that is killed."""

import asyncio

import pytest

from chaport_sync.cluster.errors import DatabaseError
from chaport_sync.cluster.leases import Leases
from chaport_sync.cluster.log import AccountLog
from chaport_sync.core.shares import Why
from tests.cluster.postgres import Postgres
from tests.cluster.sessions import session, settle
from tests.processes.daemon_process import until

pytestmark = pytest.mark.processes


async def test_the_server_is_killed_under_a_writer(server: Postgres, url: str) -> None:
    """K4: what was answered is there afterwards; the worker comes back by itself and goes on with what it had."""
    async with session(url) as (opened, told):
        leases = Leases(opened, "one", 1, ["acme"])
        [lease] = await settle(leases)
        answered = 0

        def write(log: AccountLog, number: int) -> None:
            nonlocal answered
            for seq in range(number + 1, number + 100_000):
                log.append(seq, b"%d" % seq)
                answered = seq

        writing = asyncio.create_task(asyncio.to_thread(write, AccountLog(opened, "acme", lease.term), 0))
        await until(lambda: answered > 50, every=0.01)
        server.kill()
        try:
            with pytest.raises(DatabaseError):
                await writing
            assert not opened.holding(lease.term)
        finally:
            server.start()
        await asyncio.wait_for(told.back.wait(), 8)
        [lease] = await settle(leases)
        assert (lease.why, lease.last) == (Why.OWN, "one")
        log = AccountLog(opened, "acme", lease.term)
        found = [int(body) for body in log.load()[2]]
        # The last one may have been written although its answer never came.
        assert found in (list(range(1, answered + 1)), list(range(1, answered + 2)))
        log.append(len(found) + 1, b"goes on")
