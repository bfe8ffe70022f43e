"""P7: the state of an account is brought into a cluster and back, whole, and never twice."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chaport_sync.cluster.visit import visit
from chaport_sync.state_file import open_store
from chaport_sync.store import Store
from chaport_sync.store.schema import MIGRATIONS
from tests.cluster.host import Host, fill

pytestmark = pytest.mark.processes


@pytest.fixture
def host(tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]) -> Host:
    """A host with an account that has worked on a file."""
    found = Host(tmp_path, url, capsys, "acme")
    found.configure("")
    store = open_store(found.settings("acme"), environ={})
    fill(store)
    store.close()
    found.configure(f"database = '{url}'")
    return found


def rows(path: Path) -> list[str]:
    """Return what is in a state file."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def in_database(host: Host) -> bool:
    """Return whether the database has the state."""
    with visit(host.url, make=True) as there:
        return there.has_state("acme")


async def test_into_the_cluster_and_back(host: Host) -> None:
    """What the file knew, the worker that takes the account knows, then the file again; the old one is set aside."""
    before = rows(host.state("acme"))
    code, text = host.type("move", "acme", "--into-cluster")
    moved = host.state("acme").with_name("acme.db.moved")
    assert (code, text.startswith("acme: its state (1 chat) is in the database ")) == (0, True)
    assert text.endswith(f" now; the file is kept as {moved}, and nothing uses it.\n")
    assert [each.name for each in host.state("acme").parent.iterdir()] == [moved.name]
    with visit(host.url) as there:
        assert there.execute("SELECT schema FROM accounts") == [(len(MIGRATIONS),)]  # too new for older workers
    async with host.worker("w1", "acme") as stores:
        assert [each[-1] for each in stores["acme"].transcripts.parked()] == ["too_long"]
    assert host.type("move", "acme", "--out-of-cluster")[0] == 0
    assert rows(host.state("acme")) == before
    assert host.state("acme").stat().st_mode & 0o777 == 0o600
    assert not in_database(host)


async def test_while_somebody_works_on_it(host: Host) -> None:
    """A daemon has the file's lock, a worker holds the account: nothing is done, and who it is is said."""
    store = Store.open(host.state("acme"))
    code, text = host.type("move", "acme", "--into-cluster")
    store.close()
    assert (code, "another chaport-sync uses the state file" in text, in_database(host)) == (75, True, False)
    host.type("move", "acme", "--into-cluster")
    mend = "stop that worker first, or take the account's file away and reload it"
    async with host.worker("w1", "acme"):
        for deed in ("--out-of-cluster",), ("--forget", "--yes"):
            code, text = host.type("move", "acme", *deed)
            assert (code, text) == (75, f"acme: nothing was done: w1 holds acme; {mend}\n")
    assert in_database(host)


async def test_a_worker_that_would_begin_anew(host: Host) -> None:
    """K1: an account is not taken out while a worker has its file: two would run it."""
    host.type("move", "acme", "--into-cluster")
    with visit(host.url) as there:
        there.execute("SELECT pg_advisory_lock(hashtextextended('acme', 0))")  # so that the worker cannot take it
        async with host.worker("w1", "acme"):
            there.execute("SELECT pg_advisory_unlock(hashtextextended('acme', 0))")
            code, text = host.type("move", "acme", "--out-of-cluster")
    assert (code, "w1 has the file acme.toml, and would begin anew with the account at once" in text) == (75, True)
    assert (host.state("acme").exists(), in_database(host)) == (False, True)


async def test_nothing_is_replaced(host: Host) -> None:
    """A state that is there already stays, on both sides."""
    before = rows(host.state("acme"))
    async with host.worker("w1", "acme"):
        pass
    code, text = host.type("move", "acme", "--into-cluster")
    assert (code, " has a state of acme already, which is not replaced" in text) == (1, True)
    assert rows(host.state("acme")) == before
    code, text = host.type("move", "acme", "--out-of-cluster")
    assert (code, f"there is a state file {host.state('acme')} already" in text) == (1, True)
    assert in_database(host)


@pytest.mark.parametrize(("deed", "dies_at"), [("--into-cluster", "set_aside"), ("--out-of-cluster", "delete")])
async def test_a_move_that_was_interrupted(
    host: Host, monkeypatch: pytest.MonkeyPatch, deed: str, dies_at: str
) -> None:
    """It died when the state was on both sides: the next one goes on from there."""
    if deed == "--out-of-cluster":
        host.type("move", "acme", "--into-cluster")
        async with host.worker("w1", "acme") as stores:
            await asyncio.to_thread(fill, stores["acme"])
    with monkeypatch.context() as patch:
        patch.setattr(f"chaport_sync.cli.move.{dies_at}", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            host.type("move", "acme", deed)
    assert (in_database(host), host.state("acme").exists()) == (True, True)
    assert host.type("move", "acme", deed)[0] == 0
    assert (in_database(host), host.state("acme").exists()) == (
        (True, False) if dies_at == "set_aside" else (False, True)
    )


def test_other_accounts(host: Host) -> None:
    """A state that belongs to another help desk is not moved."""
    file = host.folder / "accounts.d" / "acme.toml"
    file.write_text(file.read_text().replace("acme.deskie.io", "other.deskie.io"))
    code, text = host.type("move", "acme", "--into-cluster")
    assert (code, "belongs to deskie acme.deskie.io" in text) == (78, True)
    assert (in_database(host), host.state("acme").exists()) == (False, True)


def test_an_account_that_is_gone(host: Host) -> None:
    """It is deleted after consent only, and then nobody misses it."""
    host.type("move", "acme", "--into-cluster")
    (host.folder / "accounts.d" / "acme.toml").unlink()
    code, text = host.type("move", "acme", "--forget")
    assert (code, "its state (1 chat) in the database " in text, in_database(host)) == (1, True, True)
    assert host.type("move", "acme", "--forget", "--yes")[0] == 0
    assert host.asked("workers")[1]["accounts"] == []


def test_without_a_cluster(host: Host) -> None:
    """Whoever is to move or to be asked has to be named."""
    host.configure("")
    for words in ("move", "acme", "--into-cluster"), ("workers",):
        code, text = host.type(*words)
        assert (code, "[cluster] database: is not set" in text) == (78, True)
    assert host.type("move", "acme")[0] == 2


async def test_several(host: Host) -> None:
    """Each is told; one that cannot be moved does not stop the others."""
    code, text = await asyncio.to_thread(host.type, "move", "beta", "acme", "--into-cluster")
    assert [line.partition(": ")[0] for line in text.splitlines()] == ["beta", "acme"]
    assert (code, in_database(host)) == (78, True)
