"""K1 to K5: two daemons as processes on a real PostgreSQL, each with the accounts that it holds."""

import signal
from pathlib import Path

import pytest

from tests.cluster.machines import machines
from tests.processes.daemon_process import until

pytestmark = pytest.mark.processes


async def test_accounts_are_shared_and_taken_over(tmp_path: Path, url: str) -> None:
    """K1, K3, K5: each account runs on one machine; the other goes on with all when that one is killed."""
    async with machines(tmp_path, url) as place:
        for name in ("acme", "beta"):
            await place.account(name)
        one, two = place.machine("one"), place.machine("two")
        await one.start()
        await until(lambda: all(place.served(name) for name in place.sandboxes))
        await two.start()
        await until(lambda: two.taken() == ["beta"])
        assert [(each["account"], each["reason"]) for each in one.daemon.events("account.released")] == [
            ("beta", "another worker has fewer accounts")
        ]
        for name in place.sandboxes:
            place.visit(name, "Paul", f"Hi {name}, too")
        await until(lambda: all(place.served(name, 2) for name in place.sandboxes))
        one.daemon.kill()
        place.visit("acme", "Zoe", "Hi acme, again")
        await until(lambda: place.served("acme", 3))
        (_, taken) = two.daemon.events("account.taken")
        assert (taken["account"], taken["reason"], taken["last"]) == ("acme", "its worker is gone", "one")
        assert [sorted(place.lines(name)) for name in ("acme", "beta")] == [
            ["Hi acme", "Hi acme, again", "Hi acme, too"],
            ["Hi beta", "Hi beta, too"],
        ]
        two.daemon.send(signal.SIGTERM)
        assert await two.daemon.ended() == 0
