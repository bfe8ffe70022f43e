"""K5: `workers` says who holds what as the server sees it, and ends with 0 only if all accounts are held."""

from pathlib import Path

import pytest

from chaport_sync.cluster.visit import visit
from tests.cluster.host import Host

pytestmark = pytest.mark.processes


@pytest.fixture
def host(tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]) -> Host:
    """A host with two accounts."""
    return Host(tmp_path, url, capsys, "acme", "beta")


async def test_two_workers(host: Host) -> None:
    """Both are there, and each account has its holder; a command is no worker."""
    async with host.worker("w1", "acme"), host.worker("w2", "beta"):
        code, told = host.asked("workers")
        assert (code, told["answer"]) == (0, "2 workers hold all 2 accounts.")
        assert [(each["worker"], each["holds"]) for each in told["workers"]] == [("w1", 1), ("w2", 1)]
        assert [(each["account"], each["worker"]) for each in told["accounts"]] == [("acme", "w1"), ("beta", "w2")]
        _, text = host.type("workers")
        assert text.splitlines()[:2] == [told["answer"], f"They share {told['database']}."]


async def test_an_account_that_no_worker_can_run(host: Host) -> None:
    """It comes first, with what to do."""
    async with host.worker("w1", "acme", "beta"):
        pass
    async with host.worker("w1", "acme"):
        code, told = host.asked("workers")
        assert (code, told["answer"].startswith("Nobody holds 1 of 2 accounts: beta. Of beta no")) == (
            1,
            True,
        )
        (beta,) = [each for each in told["accounts"] if each["account"] == "beta"]
        assert (beta["worker"], beta["since"], beta["last_worker"], beta["can_be_run_by"]) == ("", None, "w1", [])


async def test_nobody_runs(host: Host) -> None:
    """K5: what a dead worker held is held by nobody, whatever the records say."""
    async with host.worker("w1", "acme"):
        pass
    code, text = host.type("workers")
    assert (code, text.splitlines()[0]) == (
        1,
        "No worker runs; nobody holds the one account. Start chaport-sync on a host with this configuration.",
    )


async def test_looking_takes_nothing(host: Host) -> None:
    """A visit holds nothing, and no worker counts it."""
    async with host.worker("w1", "acme"):
        with visit(host.url) as there:
            assert [each.name for each in there.look().workers] == ["w1"]
            locks = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            assert there.execute(locks) == []
