"""K5: the commands that tell about an account tell the same on any host of a cluster, and say who holds it."""

import asyncio
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from chaport_sync.core.health import Beat, stale_after
from chaport_sync.remembered import Remembered
from chaport_sync.state_file import open_store
from chaport_sync.store import Store
from tests.cluster.host import Host, fill
from tests.store.logs import MemoryLog

pytestmark = pytest.mark.processes


@pytest.fixture
def host(tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]) -> Host:
    """A host with two accounts."""
    return Host(tmp_path, url, capsys, "acme", "beta")


async def test_an_account_that_another_host_holds(host: Host) -> None:
    """What is in the database is told, and by whom the account is held since when; nothing of it is changed."""
    async with host.worker("w1", "acme") as stores:
        fill(stores["acme"])
        await asyncio.to_thread(stores["acme"].connection.sync)
        code, text = host.type("status", "--account", "acme")
        assert code == 1  # it has not polled yet
        assert f"acme in the database {host.url.rpartition('/')[2]} on 127.0.0.1 (held by w1 since " in text
        assert "too_long" in text
        _, told = host.asked("status", "--account", "acme")
        assert (told["worker"], told["running"], told["lines"]["parked"]) == ("w1", True, 1)
        for command in ("explain", "Ann"), ("history",), ("timeline",), ("chats",):
            assert host.type(*command, "--account", "acme")[0] == 0
        fill(stores["acme"])
        await asyncio.to_thread(stores["acme"].connection.sync)  # nobody has fenced it
    assert not host.state("acme").exists()


async def test_an_account_that_nobody_holds(host: Host) -> None:
    """Its last state is told, and first that nobody holds it."""
    async with host.worker("w1", "acme"):
        pass
    code, text = host.type("status", "--account", "acme")
    assert code == 1
    assert text.startswith("NO WORKER HOLDS THE ACCOUNT: it has not finished a poll yet.")
    assert "(held by nobody; it was left by w1)" in text


async def test_an_account_that_was_never_run(host: Host) -> None:
    """There is no state of it, and what to do is said: start a worker, or move its file into the cluster."""
    async with host.worker("w1", "acme"):
        pass
    code, text = host.type("status", "--account", "beta")
    assert (code, "there is no state of beta in the database" in text) == (1, True)
    assert "start a worker that has its file" in text
    host.state("beta").parent.mkdir()
    host.state("beta").touch()
    assert "`chaport-sync move --into-cluster beta` brings it there" in host.type("status", "--account", "beta")[1]


async def test_all_accounts(host: Host) -> None:
    """The worst are first, and who holds each stands there."""
    async with host.worker("w1", "acme", "beta"):
        _, text = host.type("status")
        assert "Statuses have not been read yet: no poll has ended." in text  # the rules are there from the start
        assert [line.split()[1:3] for line in text.splitlines() if line.startswith(("failed", "ok"))] == [
            ["acme", "w1"],
            ["beta", "w1"],
        ]
    assert "acme: NO WORKER HOLDS THE ACCOUNT" in host.type("status")[1]


def test_records_that_are_a_minute_old(host: Host) -> None:
    """F4: in a cluster a beat comes to the database up to a minute later, and that alone makes no flow stale."""
    log = MemoryLog()
    with closing(open_store(host.settings("acme"), log=log)) as store:
        store.marks.put(Beat(at=1000.0), of="statuses")
        store.connection.sync()
        here = Remembered("acme", store, running=True, now=1000 + stale_after(15) + 60)
        assert here.is_stale("statuses")
        with closing(Store.copy_from(log)) as copy:
            assert not replace(here, store=copy).is_stale("statuses")
            assert replace(here, store=copy, now=here.now + 60).is_stale("statuses")


def wish(host: Host, account: str) -> str | None:
    """Return what a command wants of whoever holds an account."""
    with psycopg.connect(host.url) as connection:
        row = connection.execute("SELECT wish FROM accounts WHERE name = %s", [account]).fetchone()
        return str(row[0]) if row else None


async def test_retry_beside_a_worker(host: Host) -> None:
    """P3: whoever holds the account is told, now or when it is taken next; the command itself writes no state."""
    async with host.worker("w1", "acme") as stores:
        fill(stores["acme"])
        await asyncio.to_thread(stores["acme"].connection.sync)
        code, text = host.type("retry", "--account", "acme")
        assert (code, text) == (0, "1 parked line is due again; w1 is told, and sends it with its next poll.\n")
        assert wish(host, "acme") == "retry"
    told = host.type("retry", "--account", "acme")[1]
    assert told == "1 parked line is due again; no worker holds acme: the next one that does is told, and sends it.\n"


async def test_what_needs_the_account_for_itself(host: Host) -> None:
    """K1: nothing but a worker works on an account, and `once` would."""
    async with host.worker("w1", "acme"):
        pass
    code, text = await asyncio.to_thread(host.type, "once", "--account", "acme")
    assert (code, "where only a worker writes it; give --dry-run, or leave it to the workers" in text) == (1, True)


def test_a_database_that_is_away(host: Host) -> None:
    """One sentence says which, why and what to do; no password is in it."""
    host.configure(f"database = 'postgresql://chaport:s3cr3t@127.0.0.1:1/{host.url.rpartition('/')[2]}'")
    for words in ("status",), ("status", "--account", "acme"), ("retry",):
        code, text = host.type(*words)
        assert code == 1
        assert text.startswith("chaport-sync: the database ")
        assert "cannot be reached" in text
        assert text.endswith("check that it runs, and its address in the URL\n")
        assert "s3cr3t" not in text


def test_an_empty_database(host: Host) -> None:
    """A command makes no tables: the name may be mistyped."""
    assert "is empty: no worker has been started with it" in host.type("status", "--account", "acme")[1]
    with psycopg.connect(host.url) as connection:
        assert connection.execute("SELECT FROM pg_class WHERE relname = 'accounts'").rowcount == 0
