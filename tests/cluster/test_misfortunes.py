"""K1 to K4 with real processes that are killed and stopped, and a server that is."""

import asyncio
import signal
import time

import psycopg
import pytest

from chaport_sync.cluster.errors import DatabaseError
from chaport_sync.cluster.leases import Leases
from chaport_sync.cluster.log import AccountLog
from chaport_sync.core.shares import Why
from tests.cluster.postgres import Postgres
from tests.cluster.sessions import session, settle
from tests.cluster.worker_process import WorkerProcess, processes
from tests.processes.daemon_process import until

pytestmark = pytest.mark.processes

ACCOUNTS = 20


def written(url: str) -> dict[str, list[str]]:
    """Return who has written each account's log, in order; no number may be missing."""
    logs: dict[str, list[str]] = {}
    with psycopg.connect(url) as connection:
        for account, seq, body in connection.execute("SELECT account, seq, body FROM changes ORDER BY account, seq"):
            logs.setdefault(account, []).append(body.decode())
            assert len(logs[account]) == seq
    return logs


async def shared(first: WorkerProcess, second: WorkerProcess) -> None:
    """Wait until two workers have half of the accounts each."""
    await until(lambda: len(first.holds()) == len(second.holds()) == ACCOUNTS / 2, 20)


async def test_a_worker_that_is_killed_is_replaced(url: str) -> None:
    """K3: the other one has taken all of its accounts within 2 s, and goes on where it has stopped."""
    with processes(url, ACCOUNTS, "one", "two") as [one, two]:
        await shared(one, two)
        theirs = one.holds()
        one.signal(signal.SIGKILL)
        killed = time.monotonic()
        await until(lambda: len(two.holds()) == ACCOUNTS)
        taken = [each for each in two.heard("taken") if each["at"] > killed]
        assert max(each["at"] for each in taken) - killed < 2
        assert {each["why"] for each in taken} == {Why.LEFT}
        assert all(written(url)[account][-2:] == ["one", "two"] for account in theirs)


async def test_a_worker_that_is_stopped_is_replaced_and_can_do_no_more(url: str) -> None:
    """K2, K3: others take its accounts within 8 s; when it wakes it holds nothing, and both fences refuse it."""
    with processes(url, ACCOUNTS, "one", "two") as [one, two]:
        await shared(one, two)
        one.signal(signal.SIGSTOP)
        stopped = time.monotonic()
        await until(lambda: len(two.holds()) == ACCOUNTS)
        assert max(each["at"] for each in two.heard("taken")) - stopped < 8
        woken = time.monotonic()
        one.signal(signal.SIGCONT)
        await until(lambda: one.heard("woken"), 5)
        [said] = one.heard("woken")
        assert said["at"] - woken < 0.5
        assert (said["held"], said["by_lease"]) == (0, "Lost")
        await until(lambda: one.heard("again"), 5)
        assert one.heard("again")[0]["by_key"] == "Fenced"
        await until(lambda: len(one.holds(since=woken)) == len(two.holds()) == ACCOUNTS / 2)
        assert "woken" not in {writer for log in written(url).values() for writer in log}


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
            assert not leases.holding("acme")
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
