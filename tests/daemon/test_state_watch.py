"""What is noticed of the state file while the daemon runs, and what outlives a run (P5, P7)."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from chaport_sync.core.model import OwnAgent
from chaport_sync.core.settings_in_force import RulesInForce
from chaport_sync.state_watch import StateWatch
from chaport_sync.store import Busy, Lock, Store, file, is_in_use
from tests.store.logs import MemoryLog
from tests.world import World, only


def remove(path: Path) -> None:
    """Remove a file."""
    path.unlink()


def replace(path: Path) -> None:
    """Put another file in its place."""
    path.rename(path.with_name("kept"))
    path.write_bytes(b"")


@pytest.mark.parametrize("name", ["state.db", "state.db.lock"])
@pytest.mark.parametrize("act", [remove, replace])
async def test_a_file_that_is_lost_is_said_once(world: World, name: str, act: Callable[[Path], None]) -> None:
    """P7: with its name, and in the line that the service manager shows."""
    watch = StateWatch(await world.start())
    await watch.look()
    assert world.events("state.lost") == []
    act(world.folder / name)
    await watch.look()
    await watch.look()
    assert only(world.events("state.lost"))["files"] == [str(world.folder / name)]
    assert f"{world.folder / name} was removed or replaced" in watch.trouble


@pytest.mark.parametrize("act", [remove, replace])
def test_no_second_daemon_starts_where_the_lock_was_removed(tmp_path: Path, act: Callable[[Path], None]) -> None:
    """P7: the state file itself is locked too, and it can be seen to be in use."""
    path = tmp_path / "state.db"
    first = Store.open(path)
    act(tmp_path / "state.db.lock")
    assert is_in_use(path)
    with pytest.raises(Busy):
        Store.open(path)
    first.close()
    Store.open(path).close()


def test_a_lock_is_handed_over(tmp_path: Path) -> None:
    """P7: whoever waits for a state file does not get it while one store follows another under one lock."""
    path = tmp_path / "state.db"
    lock = Lock(path)
    for _ in range(2):
        Store.open(path, lock).close()
        with pytest.raises(Busy):
            Store.open(path)
    lock.release()
    Store.open(path).close()


@pytest.mark.parametrize(("on_a_log", "every"), [(False, 300), (True, 60)])
async def test_what_no_request_relies_on_is_kept_now_and_then(world: World, on_a_log: bool, every: float) -> None:  # noqa: FBT001
    """F4: on a file every five minutes, on a log, which loses it with the daemon, each minute."""
    world.changes = MemoryLog() if on_a_log else None
    app = await world.start()
    synced: list[float] = []
    sync = app.store.connection.sync

    def noted() -> None:
        synced.append(world.time.elapsed)
        sync()

    app.store.connection.sync = noted  # type: ignore[method-assign]
    watching = asyncio.create_task(StateWatch(app).watch())
    await asyncio.sleep(2 * every + 5)
    watching.cancel()
    assert len(synced) == 3
    if world.changes is not None:
        assert Store.copy_from(world.changes).marks.find(RulesInForce) is not None


async def test_what_was_spent_outlives_a_restart(world: World) -> None:
    """P5: the account counts requests over restarts too; six starts in a minute spend no more than the budget."""
    world.pair()

    async def ask_all_the_time() -> None:
        while True:
            await world.statuses()

    for _ in range(6):
        await world.start("deskie.requests_per_minute = 20", "transcripts.enabled = false")
        running = asyncio.create_task(ask_all_the_time())
        await asyncio.sleep(8)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert 5 < len(world.sandbox.requests_of("deskie")) <= 20


async def test_a_server_that_wants_to_be_left_alone_is_left_alone_after_a_restart(world: World) -> None:
    """P4: what it said holds for the account, whatever is read again meanwhile."""
    world.pair()
    world.sandbox.faults.add("too_many", side="deskie", times=1, retry_after=120)
    await world.start("transcripts.enabled = false")
    await world.run(20)
    world.sandbox.forget_requests()
    await world.start()
    await world.run(60)
    assert world.sandbox.requests_of("deskie") == []
    await world.run(120)
    assert world.sandbox.requests_of("deskie") != []


@pytest.mark.parametrize("spent", ['{"at": 1, "deskie": {}}', '{"at": "x"}', "[]", "{", '{"at": 1, "deskie": 5}'])
async def test_what_was_spent_cannot_be_read(world: World, spent: str) -> None:
    """P3: a damaged record of it keeps no daemon from starting."""
    app = await world.start()
    app.store.connection._sqlite.execute("INSERT INTO meta VALUES ('Spent', ?)", (spent,))
    await world.app.clients.aclose()
    app.store.close()
    await world.start()
    await world.statuses()


async def test_a_long_log_is_brought_into_the_file_beside_the_loop(world: World) -> None:
    """P10: no transaction has to do it within the loop, and it is done once for each time the log has grown."""
    app = await world.start()
    log = world.folder / "state.db-wal"
    for number in range(30):
        app.store.marks.put(OwnAgent("x" * 100_000), of=str(number))
    assert log.stat().st_size > file.LARGE_LOG
    await StateWatch(app).look()
    assert log.stat().st_size == 0
    assert app.store.marks.get(OwnAgent, "7").staff_id == "x" * 100_000


async def test_nothing_waits_for_the_disk_while_nothing_happens(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """P7: what no request relies on is brought to the disk now and then, with many accounts as well."""
    world.pair()
    app = await world.start("status.lease = 86400")
    await world.run(60)
    sync, synced = app.store.connection.sync, 0

    def note() -> None:
        nonlocal synced
        synced += 1
        sync()

    monkeypatch.setattr(app.store.connection, "sync", note)
    watching = asyncio.create_task(StateWatch(app).watch())
    await world.run(3600)
    watching.cancel()
    assert 10 <= synced <= 13
