"""K1 to K5: two daemons as processes on a real PostgreSQL, each with the accounts that it holds."""

import asyncio
import signal
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.machines import machines
from tests.cluster.postgres import Postgres
from tests.processes.daemon_process import until

pytestmark = pytest.mark.processes


def moment_of(event: dict[str, Any]) -> float:
    """Return when something was logged (Unix seconds)."""
    return datetime.fromisoformat(event["timestamp"]).timestamp()


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
        killed = time.time()
        place.visit("acme", "Zoe", "Hi acme, again")
        await until(lambda: place.served("acme", 3))
        (_, taken) = two.daemon.events("account.taken")
        assert moment_of(taken) - killed < 2
        assert (taken["account"], taken["reason"], taken["last"]) == ("acme", "its worker is gone", "one")
        assert [sorted(place.lines(name)) for name in ("acme", "beta")] == [
            ["Hi acme", "Hi acme, again", "Hi acme, too"],
            ["Hi beta", "Hi beta, too"],
        ]
        two.daemon.send(signal.SIGTERM)
        assert await two.daemon.ended() == 0


async def test_one_that_was_stopped_does_nothing_more(tmp_path: Path, url: str) -> None:
    """K2, K3: what a worker holds is taken over while it sleeps; when it wakes it sends nothing, and begins anew."""
    async with machines(tmp_path, url) as place:
        await place.account("acme")
        one, two = place.machine("one"), place.machine("two")
        await one.start()
        await until(lambda: place.served("acme"))
        await two.start()
        one.daemon.send(signal.SIGSTOP)
        stopped = time.time()
        place.visit("acme", "Paul", "Hi acme, too")
        await until(lambda: place.served("acme", 2), 12)
        (taken,) = two.daemon.events("account.taken")
        assert moment_of(taken) - stopped < 8
        one.daemon.send(signal.SIGCONT)
        await until(lambda: one.daemon.events("account.released"))
        place.visit("acme", "Zoe", "Hi acme, again")
        await until(lambda: place.served("acme", 3))
        assert two.daemon.events("cluster.lost") == []
        assert one.daemon.events("account.failed") == two.daemon.events("account.failed") == []


async def test_the_database_is_away(tmp_path: Path, server: Postgres) -> None:
    """K4: statuses stay and chats wait; all goes on by itself, on the same machines, and nothing is doubled."""
    async with machines(tmp_path, server.fresh()) as place:
        for name in ("acme", "beta"):
            await place.account(name)
        one, two = place.machine("one"), place.machine("two")
        await one.start()
        await until(lambda: all(map(place.served, place.sandboxes)))
        await two.start()
        await until(lambda: two.daemon.events("account.ready"))
        server.kill()
        await until(lambda: all(each.daemon.events("cluster.lost") for each in (one, two)))
        for name in place.sandboxes:
            place.visit(name, "Paul", f"Hi {name}, too")
        await asyncio.sleep(3)
        assert all(map(place.served, place.sandboxes))
        server.start()
        await until(lambda: all(place.served(name, 2) for name in place.sandboxes))
        for each, account in ((one, "acme"), (two, "beta")):
            (back,) = each.daemon.events("cluster.back")
            since = each.daemon.events()[each.daemon.events().index(back) :]
            taken = [(event["account"], event["reason"]) for event in since if event["event"] == "account.taken"]
            assert taken == [(account, "this worker held it last")]
            assert not {"account.started", "account.released"} & {event["event"] for event in since}


async def test_retry_from_another_machine(tmp_path: Path, url: str) -> None:
    """P3: what is parked is sent again by the worker that holds the account, within its next seconds."""
    async with machines(tmp_path, url) as place:
        sandbox = await place.account("acme")
        sandbox.faults.add("error", side="deskie", method="POST", path="cases.json", times=None, status=400)
        one, two = place.machine("one"), place.machine("two")
        await one.start()
        await until(lambda: one.daemon.events("delivery.parked"))
        sandbox.faults.clear()
        command = await two.start("retry", "--account", "acme")
        assert await command.ended() == 0
        assert "one looks again" in " ".join(command.output.split())  # what was parked is not in the database yet
        await until(lambda: one.daemon.events("delivery.sent"))
