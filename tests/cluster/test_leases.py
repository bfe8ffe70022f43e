"""K1, K5: who holds what is what the server's locks say, and the accounts are shared."""

import asyncio
import time

import psycopg
import pytest

from chaport_sync.cluster import statement as cluster_statement
from chaport_sync.cluster.errors import DatabaseError, Lost
from chaport_sync.cluster.leases import Leases
from chaport_sync.cluster.session import Session
from chaport_sync.core.shares import Why
from tests.cluster.sessions import session, settle, stall, workers

pytestmark = pytest.mark.processes

SIX = "abcdef"


def sizes(*all_of_them: Leases) -> list[int]:
    """Return how many accounts each holds."""
    return [len(each.held) for each in all_of_them]


def locks(url: str) -> int:
    """Return how many accounts are locked, as the server sees it."""
    query = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND database = %s::oid"
    with psycopg.connect(url) as connection:
        (database,) = connection.execute(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).fetchone() or (0,)
        return connection.execute(query, [database]).rowcount


async def test_one_worker_takes_all_and_knows_why(url: str) -> None:
    """K1: a worker alone takes all that it has files for, and holds it; nothing else is held."""
    async with workers(url, {"one": "abc"}) as [one]:
        taken = await settle(one)
        assert [(each.account, each.why, each.last) for each in taken] == [(each, Why.FREE, None) for each in "abc"]
        assert one.held == ["a", "b", "c"]
        assert locks(url) == 3


async def test_two_three_two(url: str) -> None:
    """K5: shares follow the workers that come and go; each account has one holder; nothing moves without need."""
    async with workers(url, {"one": SIX, "two": SIX}) as [one, two]:
        await settle(one, two)
        assert sizes(one, two) == [3, 3]
        before = [list(one.held), list(two.held)]
        async with workers(url, {"three": SIX}) as [three]:
            moved = await settle(one, two, three)
            assert sizes(one, two, three) == [2, 2, 2]
            assert {each.why for each in moved} == {Why.FREE}
            assert [one.held, two.held] == [before[0][:2], before[1][:2]]
        async with asyncio.timeout(5):
            while not (again := await settle(one, two)):  # the server notices the end of a session a moment later
                pass
        assert {(each.why, each.last) for each in again} == {(Why.LEFT, "three")}
        assert sizes(one, two) == [3, 3]
        assert sorted(one.held + two.held) == list(SIX)
        assert locks(url) == 6


async def test_two_that_take_at_once(url: str) -> None:
    """K1: two workers that see the same free accounts get none of them twice."""
    async with workers(url, {"one": SIX}) as [one]:
        await one.turn()
        for each in SIX[:3]:
            await one.give(each)
        async with workers(url, {"two": SIX}) as [two]:
            await settle(one, two)
            assert sorted(one.held + two.held) == list(SIX)


async def test_accounts_go_where_their_files_are(url: str) -> None:
    """K5: a worker takes what only it has a file for, beyond its share; the other one learns of it at once."""
    async with workers(url, {"one": SIX, "two": "ab"}) as [one, two]:
        await settle(one, two)
        assert sorted(two.held) == ["a", "b"]
        assert sorted(one.held) == ["c", "d", "e", "f"]
        one.files = frozenset("bcdef")
        two.files = frozenset("abc")
        await settle(one, two)
        assert sizes(one, two) == [3, 3]
        assert "a" in two.held


async def test_what_nobody_can_run_is_told(url: str) -> None:
    """K5: an account whose file is gone everywhere stays unheld and is named."""
    async with workers(url, {"one": "ab", "two": "b"}) as [one, two]:
        await settle(one, two)
        one.files = frozenset("b")
        await settle(one, two)
        assert one.nobody_can == two.nobody_can == {"a"}
        assert one.held + two.held == ["b"]


async def test_an_older_worker_leaves_a_migrated_account(url: str) -> None:
    """K5: what a newer version has held is not taken by an older one, even when nobody else is there."""
    async with workers(url, {"old": SIX}, schema=1) as [old]:
        await settle(old)
        async with workers(url, {"new": SIX}, schema=2) as [new]:
            await settle(old, new)
            migrated = frozenset(new.held)
            assert len(migrated) == 3
        await settle(old)
        assert old.nobody_can == migrated
        assert len(old.held) == 3


async def test_a_worker_that_leaves(url: str) -> None:
    """K5: it gives back one by one, and the others count it no more; it takes nothing again."""
    async with workers(url, {"one": SIX, "two": SIX}) as [one, two]:
        await settle(one, two)
        await one.leave()
        while one.held:
            await one.give(one.held[-1])
            await two.turn()
        assert two.held[3:] == list(reversed([each for each in SIX if each not in two.held[:3]]))
        assert sizes(one, two) == [0, 6]


async def test_a_lost_session_holds_nothing_and_takes_its_own_back(url: str) -> None:
    """K1: after a lost session a worker takes what it held last, at once, and leaves the others' alone for 5 s."""
    async with session(url) as (mine, told):
        one = Leases(mine, "one", 1, frozenset(SIX))
        [before, *_] = await settle(one)
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("UPDATE accounts SET worker = 'another' WHERE name IN ('a', 'b')")
        mine.lose("the test says so")
        assert not mine.holding(before.term)
        with pytest.raises(Lost):
            await one.turn()
        await told.back.wait()
        assert one.held == []
        await stall(mine, 0)
        assert not mine.holding(before.term)  # it has a session again, and not yet the accounts
        taken = await settle(one)
        assert {(each.account, each.why) for each in taken} == {(each, Why.OWN) for each in "cdef"}
        assert all(mine.holding(each.term) for each in taken)
        assert one.held == list("cdef")


@pytest.fixture
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever asks wait for a moment only."""
    monkeypatch.setattr(cluster_statement, "ANSWER", 0.2)


@pytest.mark.usefixtures("little_patience")
async def test_what_could_not_be_given_back_is_held(url: str) -> None:
    """K1: when the session has too much to do to give an account back, the worker has it still, and tries again."""
    async with session(url) as (mine, _):
        one = Leases(mine, "one", 1, "a")
        await settle(one)
        busy = [asyncio.create_task(stall(mine, 0.15)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(DatabaseError, match="was not executed"):
            await one.give("a")
        await asyncio.wait(busy)
        assert (one.held, locks(url)) == (["a"], 1)
        await one.give("a")
        assert (one.held, locks(url)) == ([], 0)


async def test_giving_back_what_was_lost_meanwhile(url: str) -> None:
    """K1: an account that is settled while the session is lost needs no giving back; that is no defect."""
    async with session(url) as (mine, told):
        one = Leases(mine, "one", 1, "a")
        await settle(one)
        mine.lose("the test says so")
        await told.back.wait()
        one.files = frozenset()
        await one.turn()
        with pytest.raises(Lost):
            await one.give("a")


async def test_a_loop_that_stood_still_knows_that_it_missed_something(url: str) -> None:
    """K4: what is held is not taken for lost because the session was opened again before the answer was looked at."""
    async with session(url) as (mine, _):
        one = Leases(mine, "one", 1, "a")
        await settle(one)
        turn = asyncio.create_task(one.turn())
        await asyncio.sleep(0)
        time.sleep(0.2)  # noqa: ASYNC251 - the loop stands still
        mine.lose("the test says so")
        while mine.term == 1:
            time.sleep(0.01)  # noqa: ASYNC251 - as above
        with pytest.raises(Lost):
            await turn


async def test_commands_are_no_workers(url: str) -> None:
    """K5: a session that only looks has no share."""
    looking = Session(url)
    await looking.open()
    async with workers(url, {"one": SIX}) as [one]:
        await settle(one)
        assert sizes(one) == [6]
    await looking.close()
