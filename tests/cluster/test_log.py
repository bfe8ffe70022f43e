"""K2: the log's key is the fence."""

import asyncio

import psycopg
import pytest

from chaport_sync.cluster.errors import DatabaseError, Lost, Uncertain
from chaport_sync.cluster.log import AccountLog
from chaport_sync.store.errors import Fenced
from tests.cluster.sessions import session

pytestmark = pytest.mark.processes


async def test_what_is_written_is_loaded(url: str) -> None:
    """K2: a new account has nothing; what was appended comes back in order, of one account only."""
    async with session(url) as (opened, _):
        log = AccountLog(opened, "acme", opened.term)
        assert log.load() == (None, 0, [])
        for seq, body in enumerate([b"one", b"\0\xff", b""], 1):
            log.append(seq, body)
        AccountLog(opened, "beta", opened.term).append(1, b"other")
        assert log.load() == (None, 0, [b"one", b"\0\xff", b""])


async def test_of_two_writers_one_is_refused(url: str) -> None:
    """K2: the second of two that know the same state is refused, and told so, whichever of them writes."""
    async with session(url) as (first, _), session(url) as (second, _):
        one, other = AccountLog(first, "acme", first.term), AccountLog(second, "acme", second.term)
        one.append(1, b"first")
        with pytest.raises(Fenced, match=r"acme: change 1 .* another worker"):
            other.append(1, b"second")
        other.append(2, b"follows")
        with pytest.raises(Fenced):
            one.append(2, b"late")
        assert one.load() == (None, 0, [b"first", b"follows"])


async def test_a_hundred_races_have_one_winner_each(url: str) -> None:
    """K2: two that write at the same moment: one is refused each time."""
    async with session(url) as (first, _), session(url) as (second, _):
        logs = AccountLog(first, "acme", first.term), AccountLog(second, "acme", second.term)
        for seq in range(1, 101):
            done = await asyncio.gather(
                *(asyncio.to_thread(log.append, seq, b"%d" % number) for number, log in enumerate(logs)),
                return_exceptions=True,
            )
            assert sorted(type(each).__name__ for each in done) == ["Fenced", "NoneType"]


async def test_our_own_that_arrived_is_no_other_writer(url: str) -> None:
    """K2: an append whose answer was lost may be repeated: it counts once, and is not taken for another's."""
    async with session(url) as (opened, told):
        log = AccountLog(opened, "acme", opened.term)
        log.append(1, b"mine")
        assert log.holding()
        opened.lose("the test says so")
        assert not log.holding()
        await told.back.wait()
        AccountLog(opened, "beta", opened.term).load()
        assert not log.holding()
        log.term = opened.term
        assert log.holding()
        log.append(1, b"mine")
        assert log.load() == (None, 0, [b"mine"])


async def test_a_number_has_to_follow_another(url: str) -> None:
    """K2: neither a gap nor a number that a snapshot has freed can be written."""
    async with session(url) as (opened, _):
        log = AccountLog(opened, "acme", opened.term)
        with pytest.raises(Fenced):
            log.append(2, b"gap")
        for seq in (1, 2, 3):
            log.append(seq, b"%d" % seq)
        log.put_snapshot(3, b"state")
        for seq in (1, 2, 3):
            with pytest.raises(Fenced):
                log.append(seq, b"woken")
        log.append(4, b"goes on")
        assert log.load() == (b"state", 3, [b"goes on"])


async def test_snapshots(url: str) -> None:
    """K2: a snapshot replaces the changes up to it and the one before it; an older one that comes late does nothing."""
    async with session(url) as (opened, _):
        log = AccountLog(opened, "acme", opened.term)
        for seq in (1, 2, 3):
            log.append(seq, b"%d" % seq)
        log.put_snapshot(2, b"two")
        assert log.load() == (b"two", 2, [b"3"])
        with psycopg.connect(url, autocommit=True) as connection:
            assert connection.execute("SELECT seq FROM changes").fetchall() == [(3,)]
        log.put_snapshot(1, b"one")
        assert log.load() == (b"two", 2, [b"3"])


async def test_a_state_from_elsewhere_may_be_put_first(url: str) -> None:
    """K1: an account that moves into the cluster begins with a snapshot, before its first change."""
    async with session(url) as (opened, _):
        log = AccountLog(opened, "acme", opened.term)
        log.put_snapshot(0, b"moved here")
        log.append(1, b"first")
        assert log.load() == (b"moved here", 0, [b"first"])


async def test_a_gap_is_told(url: str) -> None:
    """P7: a state with a change missing is not used; the message says which account and what to do."""
    async with session(url) as (opened, _):
        log = AccountLog(opened, "acme", opened.term)
        for seq in (1, 2, 3):
            log.append(seq, b"")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DELETE FROM changes WHERE seq = 2")
        with pytest.raises(DatabaseError, match=r"acme: change 2 .* missing .* restore a backup"):
            log.load()


async def test_an_uncertain_append_closes_the_session(url: str) -> None:
    """K2: no answer within 3 s: the error says that it may have been written, and the lease is gone at once.

    Nothing of it is under way any more when the lock is free.
    """
    async with session(url) as (opened, told):
        log = AccountLog(opened, "acme", opened.term)
        term = opened.term
        async with await psycopg.AsyncConnection.connect(url) as other:
            await other.execute("LOCK TABLE changes")
            with pytest.raises(Uncertain, match=r"chaport_.* is not known"):
                await asyncio.to_thread(log.append, 1, b"late")
            assert not opened.holding(term)
            with pytest.raises(Lost):
                log.append(1, b"late")
            await asyncio.wait_for(told.back.wait(), 5)
            with pytest.raises(Lost, match="in which the account was taken is gone"):
                log.append(1, b"late")
        # The server ends the statement by its own time-out at the latest.
        assert AccountLog(opened, "acme", opened.term).load() == (None, 0, [])
        assert len(told.lost) == 1
