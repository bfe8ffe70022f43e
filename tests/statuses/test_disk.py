"""A disk that refuses, is locked or takes its time: who is online stays online, and only changes wait (S5, P1, P10)."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from chaport_sync.app import App
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.store import Store, StoreError
from chaport_sync.store.file import LONGEST_WAIT
from tests.daemon.running import running
from tests.world import World

LEASE = 600


@contextmanager
def refusing(store: Store) -> Iterator[None]:
    """Let the disk take nothing."""
    store.connection._sqlite.execute("PRAGMA query_only = ON")
    yield
    store.connection._sqlite.execute("PRAGMA query_only = OFF")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let another program hold the state file's lock, as an administrator at `sqlite3` does."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def refused_for(world: World, seconds: float) -> None:
    """Let the status flow poll, whatever the disk says."""
    end = world.time.elapsed + seconds
    while world.time.elapsed < end:
        with suppress(StoreError):
            await world.statuses()
        world.wait(15)


async def test_a_disk_that_refuses_takes_nobody_offline(world: World) -> None:
    """S5: the renewal of a lease that is recorded needs no record before it is sent, however long the disk refuses."""
    _, operator = world.pair()
    app = await world.start()
    await world.statuses()
    with refusing(app.store):
        for _ in range(6):
            await refused_for(world, LEASE / 2)
            assert world.chaport.status_of(operator) == "online"
    # Renewed once in each half of a lease, and not by each poll.
    assert 6 <= len(world.writes("chaport")) <= 20


async def test_a_disk_that_refuses_while_the_agents_cannot_be_read(world: World) -> None:
    """S8: what is held is renewed from memory for `status.hold`."""
    _, operator = world.pair()
    app = await world.start()
    await world.statuses()
    world.sandbox.faults.add("error", side="deskie", times=None)
    with refusing(app.store):
        await refused_for(world, 1500)
    assert world.chaport.status_of(operator) == "online"


async def test_changes_wait_for_the_disk(world: World) -> None:
    """P1: what is not recorded is not sent; when there is room again it is, and the history knows it."""
    agent, operator = world.pair()
    _, other = world.pair("Bob", status=2)
    app = await world.start("status.offline_grace = 0")
    await world.statuses()
    world.wait(15)
    await world.statuses()
    with refusing(app.store):
        world.deskie.set_status(agent, 2)
        world.deskie.set_status(world.deskie.staff[-1], 1)
        await refused_for(world, 60)
        assert [world.chaport.status_of(each) for each in (operator, other)] == ["online", "offline"]
    await world.statuses()
    assert [world.chaport.status_of(each) for each in (operator, other)] == ["offline", "online"]
    assert len(app.store.statuses.changes()) == len(world.events("status.changed"))


async def test_a_change_by_hand_waits_for_the_disk(world: World) -> None:
    """S7: what somebody changed in Chaport while the disk refused is in the history when there is room again."""
    _, operator = world.pair()
    app = await world.start()
    await world.statuses()
    world.wait(15)
    world.chaport.operator_sets(operator, "offline")
    with refusing(app.store):
        await refused_for(world, 30)
    await world.statuses()
    changes = app.store.statuses.changes()
    assert [(each.before, each.after) for each in changes if each.by_hand] == [("online", "offline")]


async def test_what_the_disk_refused_is_known_after_it_took_it(world: World) -> None:
    """S5: a lease renewed from memory is recorded with room again, so that the next start knows it."""
    _, operator = world.pair()
    app = await world.start()
    await world.statuses()
    with refusing(app.store):
        await refused_for(world, 2 * LEASE)
    await world.statuses()
    assert app.store.statuses.operators()[str(operator.id)].has_lease(world.now())


async def test_a_status_file_that_another_program_locks(world: World) -> None:
    """P10: nobody waits long for another program's lock; who is online stays so, and all goes on when it is free."""
    agent, operator = world.pair()
    app = await world.start("status.offline_grace = 0")
    await world.statuses()
    (waits,) = app.store.connection._sqlite.execute("PRAGMA busy_timeout").fetchone()
    assert waits <= 1000 * LONGEST_WAIT <= 200
    world.wait(LEASE * 0.7)
    with locked(world.folder / "state.db"), pytest.raises(StoreError, match="locked"):
        await world.statuses()
    world.wait(LEASE * 0.7)
    assert world.chaport.status_of(operator) == "online"
    world.deskie.set_status(agent, 2)
    await world.run(60)
    assert world.chaport.status_of(operator) == "offline"


async def test_a_slow_disk_holds_up_whoever_relies_on_it_and_nobody_else(world: World) -> None:
    """P10: while a delivery waits for the disk, who is online is renewed, though the disk takes an hour."""
    _, operator = world.pair()
    visitor = world.chaport.add_visitor("Mary", "mary@mail.example")
    await world.start()
    await world.statuses()
    await world.transcripts()
    world.clock.disk_takes = 3600
    world.chaport.visitor_says(world.chaport.start_chat(visitor), "Hello")
    delivering = asyncio.create_task(world.transcripts())
    for _ in range(100):
        await asyncio.sleep(15)
        await world.statuses()
        assert world.chaport.status_of(operator) == "online"
    assert world.writes("deskie") == []
    await asyncio.sleep(3600)
    await delivering
    assert world.thread()[0] == ("customer", "Hello")


async def test_a_change_waits_until_its_record_is_on_the_disk(world: World) -> None:
    """P1, P7: what a power cut could take back is not sent."""
    _, operator = world.pair()
    await world.start()
    world.clock.disk_takes = 5
    writing = asyncio.create_task(world.statuses())
    await asyncio.sleep(4.9)
    assert world.writes("chaport") == []
    await writing
    assert world.chaport.status_of(operator) == "online"


async def test_a_disk_that_fails_to_keep_what_it_took(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """P1: nothing is sent that a power cut could take back.

    The system tells of a loss only once; so what it lost is brought to the disk in another way.
    """
    _, operator = world.pair()

    def fail(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    await world.start()
    with monkeypatch.context() as patch:
        patch.setattr("chaport_sync.store.file.os.fsync", fail)
        with pytest.raises(StoreError, match="Input/output error"):
            await world.statuses()
    assert world.writes("chaport") == []
    with monkeypatch.context() as patch:
        patch.setattr("chaport_sync.store.file.os.fsync", lambda _: None)
        world.wait(15)
        await world.statuses()
    assert (world.folder / "state.db").stat().st_size > 4096
    assert world.chaport.status_of(operator) == "online"


async def test_a_disk_that_refuses_is_told_once(world: World) -> None:
    """P4: a flow that has nothing to record but that it is well does not recover between two tries to do so."""
    world.pair()
    apps: list[App] = []

    def monitor(app: App) -> Monitor:
        apps.append(app)
        return Monitor(app.store, app.clock)

    async with running(world, "transcripts.poll = 1", "status.poll = 1", monitor=monitor):
        await asyncio.sleep(60)
        with refusing(apps[0].store):
            await asyncio.sleep(120)
        assert sorted(each["flow"] for each in world.events("poll.failed")) == ["statuses", "transcripts"]
        assert world.events("poll.recovered") == []
        await asyncio.sleep(30)
        assert len(world.events("poll.recovered")) == len(world.events("poll.failed")) == 2
