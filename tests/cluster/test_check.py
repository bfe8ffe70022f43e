"""`check` in a cluster: whether the database, the workers, this host and each state are right, with what to do."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest

from chaport_sync.cli import check
from chaport_sync.cluster.visit import Visit, visit
from chaport_sync.doctor import FAILED, NOTE, OK, WARNING, Finding
from chaport_sync.doctor.cluster import examine_cluster
from tests.cluster.host import Host

pytestmark = pytest.mark.processes


@pytest.fixture
def host(tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]) -> Host:
    """A host with two accounts."""
    found = Host(tmp_path, url, capsys, "acme", "beta")
    found.configure(f"database = '{url}'\nworker = 'w1'")
    return found


def examined(host: Host, files: Iterable[str] = ("acme", "beta")) -> dict[str, Finding]:
    """Return what is found, by its subject; of several with the same the worst."""
    found = list(examine_cluster({name: host.settings(name) for name in files}, list(files), host.config))
    worst = (OK, NOTE, WARNING, FAILED)
    return {each.subject: each for each in sorted(found, key=lambda finding: worst.index(finding.result))}


async def test_all_is_right(host: Host) -> None:
    """Each thing that was looked at says so."""
    async with host.worker("w1", "acme", "beta"):
        found = examined(host)
    assert {each.result for each in found.values()} == {OK}
    assert found["database"].finding.startswith("the database ")
    assert found["worker's name"].finding == "w1, which no other host has"
    assert found["workers"].finding == "1 worker holds all 2 accounts. If it dies, no other takes over."
    assert found["states"].finding == "2 states are in the database and can be used"


def test_before_the_first_worker(host: Host) -> None:
    """An empty database is fit, and a state file would be left behind."""
    assert [each.result for each in examined(host).values()] == [NOTE]
    host.state("acme").parent.mkdir()
    host.state("acme").touch()
    found = examined(host)["states"]
    assert found.result == WARNING
    assert found.finding.startswith(f"acme: {host.state('acme')} is not in the cluster, so what it knows would be left")
    assert "`chaport-sync move acme --into-cluster`" in found.finding


async def test_a_state_that_is_not_right(host: Host) -> None:
    """One that is of another help desk fails; what a file still has is used no more."""
    async with host.worker("w1", "acme", "beta"):
        pass
    host.state("acme").parent.mkdir()
    host.state("acme").touch()
    assert examined(host)["states"] == Finding(
        NOTE,
        "states",
        f"acme: {host.state('acme')} is used no more, the state is in the database; move the file away",
    )
    file = host.folder / "accounts.d" / "beta.toml"
    file.write_text(file.read_text().replace("beta.deskie.io", "other.deskie.io"))
    found = examined(host)["states"]
    assert (found.result, found.finding.startswith("beta: the state of beta in the database")) == (FAILED, True)


@pytest.mark.parametrize("place", ["config.toml", "accounts.d/cluster_database"])
def test_a_password_that_everybody_can_read(host: Host, place: str) -> None:
    """P6: it is said where it is, and where it belongs."""
    file, url = host.folder / place, "postgresql://u:s3cr3t@127.0.0.1:1/x"
    host.configure(f"database = '{url}'" if file == host.config else "")
    if file != host.config:
        file.write_text(url)
    file.chmod(0o644)
    found = examined(host)["secrets"]
    assert found.finding.startswith(f"everybody on this machine can read {file}, which holds the database's password")
    file.chmod(0o640)
    assert "secrets" not in examined(host)


async def test_an_account_without_a_file_here(host: Host) -> None:
    """This host cannot take it over."""
    async with host.worker("w1", "acme", "beta"):
        found = examined(host, ["beta"])["accounts' files"]
    assert found.result == WARNING
    assert found.finding.startswith("1 account of the cluster has no file here, so this host cannot take over: acme;")


async def test_a_name_that_another_host_has(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two would take each other's accounts for their own."""
    async with host.worker("w1", "acme", "beta"):
        monkeypatch.setattr(Visit, "address", "10.0.0.2")
        found = examined(host)["worker's name"]
    assert found.result == FAILED
    assert found.finding.startswith("a worker called w1 runs at 127.0.0.1, and this host (10.0.0.2) has that name too;")


@pytest.mark.parametrize(("ahead", "words"), [(60.0, "60 s ahead of"), (-60.0, "60 s behind")])
def test_clocks(host: Host, monkeypatch: pytest.MonkeyPatch, ahead: float, words: str) -> None:
    """Hosts whose clocks differ write times that do not go together."""
    open_now = Visit.now
    with visit(host.url, make=True):
        pass
    monkeypatch.setattr(Visit, "now", lambda self: open_now(self) - ahead)
    found = examined(host)["clocks"]
    assert (found.result, f"this host's clock is {words} the database's" in found.finding) == (WARNING, True)


async def test_the_command(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cluster is told once, before the accounts, and what is wrong with it is in the answer."""

    async def nothing(*_: object, **__: object) -> list[Finding]:
        return []

    monkeypatch.setattr(check, "examine", nothing)
    async with host.worker("w1", "acme", "beta"):
        pass
    async with host.worker("w1", "acme"):
        code, told = await asyncio.to_thread(host.asked, "check")
    assert code == 0
    assert told["answer"].startswith("The cluster: Nothing failed, 1 warning. workers: Nobody holds 1 of 2 accounts")
    assert [*told] == ["answer", "cluster", "accounts"]
    host.configure("database = 'postgresql://u:s3cr3t@127.0.0.1:1/x'")
    code, text = await asyncio.to_thread(host.type, "check", "--account", "acme")
    assert (code, "cannot be reached" in text, "s3cr3t" in text) == (1, True, False)


def test_a_reload_needs_no_database(host: Host) -> None:
    """K4: `check --offline --quiet` goes before each reload, and asks nobody."""
    host.configure("database = 'postgresql://u@127.0.0.1:1/x'")
    assert host.type("check", "--offline", "--quiet") == (0, "")
