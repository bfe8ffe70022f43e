"""K2: a session is in order or closed, and its clock says whether it certainly holds."""

import asyncio
import os
import signal
import time
from pathlib import Path

import psycopg
import pytest

from chaport_sync.cluster import session as cluster_session
from chaport_sync.cluster.boottime import boottime
from chaport_sync.cluster.errors import DatabaseError, Lost, Uncertain
from chaport_sync.cluster.opening import ANSWER, IDLE
from chaport_sync.cluster.session import HEARTBEAT, HOLDS, Session
from tests.cluster.postgres import Postgres
from tests.cluster.sessions import session, stall
from tests.processes.daemon_process import until

pytestmark = pytest.mark.processes


class Hands:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        """Return what it shows."""
        return self.at


@pytest.fixture
def no_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a session say nothing by itself: by a clock that a test sets its heartbeat is due at any moment."""
    monkeypatch.setattr(cluster_session, "HEARTBEAT", 60.0)


def ask_setting(name: str) -> str:
    """Return the statement that shows a setting."""
    return f"SELECT current_setting('{name}')"


async def test_the_server_ends_a_silent_session(url: str) -> None:
    """K3: the session is told to end after 6 silent seconds, statements after 3; its name says what it is."""
    async with session(url) as (opened, _):
        for name, value in [
            ("idle_session_timeout", "6s"),
            ("statement_timeout", "3s"),
            ("application_name", "chaport-sync"),
        ]:
            (found,) = await opened.ask(lambda each, name=name: each.execute(ask_setting(name)).fetchone())  # type: ignore[misc]
            assert found == value


async def test_it_speaks_without_being_asked(url: str) -> None:
    """K2: a loop that is busy for longer than the session may be silent does not lose it."""
    async with session(url) as (opened, told):
        time.sleep(HOLDS + 1.5)  # noqa: ASYNC251 - the loop is busy
        assert opened.holding(opened.term)
        await stall(opened, 0)
        assert not told.lost


@pytest.mark.usefixtures("no_heartbeat")
async def test_holding_counts_from_the_sending(url: str) -> None:
    """K2: an answer that lay about while the process was stopped does not prove that the session still holds."""
    hands = Hands()
    async with session(url, hands) as (opened, _):
        await stall(opened, 0)
        assert opened.holding(opened.term)
        asked = asyncio.create_task(stall(opened, 0.2))
        await asyncio.sleep(0.1)
        hands.at += HOLDS
        assert not opened.holding(opened.term)
        await asked
        assert not opened.holding(opened.term)
        await stall(opened, 0)
        assert opened.holding(opened.term)
        assert not opened.holding(opened.term - 1)
        hands.at += HOLDS - 0.01
        assert opened.holding(opened.term)
        hands.at += 0.01
        assert not opened.holding(opened.term)


def test_the_fence_is_earlier_than_the_servers() -> None:
    """K2: a session that is not heard of counts as lost before the server may end it; a late heartbeat is in time."""
    assert HEARTBEAT + ANSWER <= HOLDS <= IDLE - 1


def test_the_clock_goes_on_in_sleep() -> None:
    """K2: the clock is the one that counts a suspension too."""
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    assert abs(boottime() - uptime) < 1


async def test_a_late_answer_closes_it(url: str) -> None:
    """K2: what was not answered in time is uncertain; the session is closed, and so is what waited behind it.

    When the server goes on, its side ends too, so that nothing that it had locked stays locked.
    """
    async with session(url) as (opened, told):
        term, pid = opened.term, opened.pid
        await stall(opened, 0)
        os.kill(pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            late = asyncio.create_task(stall(opened, 0))
            await asyncio.sleep(1)
            assert opened.holding(term)
            behind = asyncio.create_task(stall(opened, 0))
            with pytest.raises(Uncertain, match="did not answer within 3 s; whether the statement was executed is not"):
                await late
            assert time.monotonic() - began < 3.5
            assert not opened.holding(term)
            with pytest.raises(Lost):
                await behind
            await asyncio.wait_for(told.back.wait(), 3)
        finally:
            os.kill(pid, signal.SIGCONT)
        with psycopg.connect(url, autocommit=True) as other:
            await until(lambda: not other.execute(f"SELECT FROM pg_stat_activity WHERE pid = {pid}").rowcount, 1)
        await stall(opened, 0)
        assert opened.holding(opened.term)
        with pytest.raises(Lost, match="in which the account was taken"):
            await opened.ask(lambda _: None, term)


async def test_a_heartbeat_without_an_answer_closes_it(url: str) -> None:
    """K2: when nobody asks anything, a server that hangs is noticed all the same."""
    async with session(url) as (opened, told):
        await stall(opened, 0)
        pid = opened.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            await until(lambda: told.lost, 5.5)
        finally:
            os.kill(pid, signal.SIGCONT)


async def test_an_error_of_a_statement_closes_it(url: str) -> None:
    """K2: a statement that fails may have taken a lock, so the session ends, and frees it."""
    async with session(url) as (opened, told):
        term = opened.term
        with pytest.raises(Uncertain, match="division by zero"):
            await opened.ask(lambda each: each.execute("SELECT pg_advisory_lock(7), 1 / 0"))
        assert not opened.holding(term)
        await asyncio.wait_for(told.back.wait(), 3)
        assert opened.term == term + 1


@pytest.mark.usefixtures("no_heartbeat")
async def test_what_was_not_sent_proves_nothing(url: str) -> None:
    """K2: work that ends before it has asked the server does not prolong the session, and does not end it either."""
    hands = Hands()
    async with session(url, hands) as (opened, told):
        await stall(opened, 0)
        hands.at += HOLDS - 0.01
        with pytest.raises(AttributeError):
            await opened.ask(lambda _: hands.missing)  # type: ignore[attr-defined]
        hands.at += 0.01
        assert not opened.holding(opened.term)
        await stall(opened, 0)
        assert opened.holding(opened.term)
        assert not told.lost


async def test_an_end_by_the_server_is_noticed_at_once(url: str) -> None:
    """K3: a session that the server ends is known to be lost before the next heartbeat."""
    async with session(url) as (opened, told):
        await stall(opened, 0)
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [opened.pid])
        await until(lambda: told.lost, 0.5, every=0.01)
        assert "terminat" in str(told.lost[0])


async def test_the_server_dies_and_comes_back(server: Postgres, url: str) -> None:
    """K4: a session comes back by itself; why it is away is told once, not at each attempt."""
    async with session(url) as (opened, told):
        server.kill()
        try:
            await until(lambda: len(told.lost) >= 2, 3)
            with pytest.raises(Lost, match="cannot be reached"):
                await stall(opened, 0)
            assert not opened.holding(opened.term)
        finally:
            server.start()
        await asyncio.wait_for(told.back.wait(), 8)
        await stall(opened, 0)
        assert len(told.lost) <= 3, told.lost  # lost; refused; perhaps: it is starting up


async def test_close_frees_at_once(url: str) -> None:
    """K5: a worker that ends keeps nothing."""
    opened = Session(url)
    await opened.open()
    await opened.ask(lambda each: each.execute("SELECT pg_advisory_lock(7)"))
    await opened.close()
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SET statement_timeout = '1s'")
        other.execute("SELECT pg_advisory_lock(7)")
    assert not opened.holding(opened.term)
    with pytest.raises(Lost):
        await stall(opened, 0)


async def test_much_to_do_is_no_trouble(url: str) -> None:
    """K2: what waits behind others for too long is taken back, and the session goes on: the server answers."""
    async with session(url) as (opened, told):
        first, second, third = (asyncio.create_task(stall(opened, seconds)) for seconds in (2, 2, 0))
        with pytest.raises(DatabaseError, match="too much to do; the statement was not executed"):
            await third
        await asyncio.gather(first, second)
        await stall(opened, 0)
        assert (opened.term, told.lost) == (1, [])
