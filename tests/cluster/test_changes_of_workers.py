"""K5: workers come, go and are upgraded, accounts come and go, and each line stands once and soon."""

import signal
from functools import partial
from pathlib import Path

import pytest

from tests.cluster.machines import Machine, Machines, machines
from tests.cluster.postgres import Postgres
from tests.processes.daemon_process import until

pytestmark = pytest.mark.processes


def all_served(place: Machines, lines: int) -> bool:
    """Return whether each account has so many lines, and its operator is online."""
    return all(place.served(name, lines) for name in place.sandboxes)


def has_one(machine: Machine) -> bool:
    """Return whether a machine's daemon runs an account."""
    return bool(machine.daemon.events("account.ready"))


async def test_a_rolling_restart(tmp_path: Path, url: str) -> None:
    """K5: at SIGTERM a worker hands over; the others go on within a second, and no operator goes offline."""
    async with machines(tmp_path, url) as place:
        for name in ("acme", "beta"):
            await place.account(name)
        workers = [place.machine("one"), place.machine("two")]
        for each in workers:
            await each.start()
            await until(lambda: all(map(place.served, place.sandboxes)))
        for lines, each in enumerate(workers, 2):
            each.daemon.send(signal.SIGTERM)
            for name in place.sandboxes:
                place.visit(name, f"Paul {lines}", f"Hi {name}, {lines}")
            await until(partial(all_served, place, lines), 4)
            assert await each.daemon.ended() == 0
            await each.start()
            await until(partial(has_one, each))
        for name, sandbox in place.sandboxes.items():
            assert sorted(place.lines(name)) == [f"Hi {name}", f"Hi {name}, 2", f"Hi {name}, 3"]
            assert "offline" not in {
                request.body.get("status") for request in sandbox.journal if request.method == "POST"
            }


async def test_an_account_comes_and_goes(tmp_path: Path, url: str) -> None:
    """F2, K5: a reload takes what is new, and gives back what is gone, though nobody else can run it; that is said."""
    async with machines(tmp_path, url) as place:
        await place.account("acme")
        one = place.machine("one")
        await one.start()
        await until(lambda: place.served("acme"))
        await place.account("beta")
        one.daemon.send(signal.SIGHUP)
        await until(lambda: place.served("beta"))
        (place.accounts / "acme.toml").unlink()
        one.daemon.send(signal.SIGHUP)
        await until(lambda: one.daemon.events("cluster.unheld"))
        (unheld,) = one.daemon.events("cluster.unheld")
        assert unheld["accounts"] == ["acme"]
        assert [each["reason"] for each in one.daemon.events("account.released")] == ["this worker cannot run it"]


async def test_a_file_that_only_another_worker_can_read(tmp_path: Path, url: str) -> None:
    """K5: an account whose file is wrong at a start is run by the worker that has a good one."""
    async with machines(tmp_path, url) as place:
        await place.account("acme")
        await place.account("beta")
        one, two = place.machine("one"), place.machine("two")
        own = tmp_path / "two" / "accounts.d"
        own.mkdir()
        for file in place.accounts.iterdir():
            (own / file.name).write_text(file.read_text())
        (own / "acme.toml").write_text("[deskie")
        two.config.write_text(two.config.read_text().replace(str(place.accounts), str(own)))
        await two.start()
        await until(lambda: two.daemon.events("config.rejected") and place.served("beta"))
        assert two.taken() == ["beta"]
        await one.start()
        await until(lambda: place.served("acme"))
        assert one.taken() == ["acme"]


async def test_a_database_that_is_not_there_yet(tmp_path: Path, server: Postgres) -> None:
    """K4: a worker waits for its database, says why, and begins as soon as it is there."""
    async with machines(tmp_path, server.url("chaport_later")) as place:
        await place.account("acme")
        one = place.machine("one")
        await one.start()
        await until(lambda: one.daemon.events("cluster.lost"))
        (lost,) = one.daemon.events("cluster.lost")
        assert 'database "chaport_later" does not exist' in lost["error"]
        server.create("chaport_later")
        await until(lambda: place.served("acme"))
        assert [each["event"] for each in one.daemon.events("cluster.lost", "cluster.back")] == [
            "cluster.lost",
            "cluster.back",
        ]
