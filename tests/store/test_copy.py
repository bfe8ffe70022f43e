"""A dry run works on a copy, leaves nothing behind and changes nothing."""

from pathlib import Path

import pytest

from chaport_sync.core.model import OwnAgent
from chaport_sync.store import Store
from tests.store.stores import chat, line, opened, rows
from tests.world import World


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return each file of a folder with its content and its time."""
    return {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in folder.iterdir()}


def test_without_a_file(tmp_path: Path) -> None:
    """A dry run before the first start makes neither a file nor a directory."""
    copy = Store.copy_of(tmp_path / "state" / "state.db")
    copy.transcripts.record(chat(), [line()])
    copy.close()
    assert list(tmp_path.iterdir()) == []


def test_beside_a_file_that_nobody_uses(tmp_path: Path) -> None:
    """No lock, no journal, no new time on the file; what is recorded goes to the copy."""
    path = tmp_path / "state.db"
    with opened(path) as store:
        store.transcripts.record(chat(), [line()])
    before = everything(tmp_path)
    copy = Store.copy_of(path)
    assert len(copy.transcripts.open_lines(("v", "1"))) == 1
    copy.forget(1e12, 1e12)
    copy.close()
    assert everything(tmp_path) == before


def test_beside_the_daemon(tmp_path: Path) -> None:
    """The copy holds what is recorded already, also what is in the daemon's journal only."""
    path = tmp_path / "state.db"
    with opened(path) as daemon:
        daemon.transcripts.record(chat(), [line()])
        names = {each.name for each in tmp_path.iterdir()}
        content = path.read_bytes()
        copy = Store.copy_of(path)
        assert len(copy.transcripts.open_lines(("v", "1"))) == 1
        copy.marks.put(OwnAgent("value"))
        copy.close()
        assert {each.name for each in tmp_path.iterdir()} == names
        assert path.read_bytes() == content
        daemon.transcripts.record(chat("w"))
        assert daemon.marks.find(OwnAgent) is None
    assert rows(path, "SELECT count(*) FROM chats") == [(2,)]


def test_a_name_that_means_something_to_sqlite(tmp_path: Path) -> None:
    """Whatever the path holds, it is this file that is read."""
    path = tmp_path / "a b?mode=memory#%41.db"
    with opened(path) as store:
        store.marks.put(OwnAgent("value"))
    copy = Store.copy_of(path)
    assert copy.marks.get(OwnAgent).staff_id == "value"
    copy.close()


@pytest.mark.parametrize("started", [False, True])
async def test_a_dry_run_of_the_daemon(world: World, started: bool) -> None:  # noqa: FBT001 - a row of a table
    """It reads both accounts, writes to neither, leaves no trace, and wants nothing twice."""
    world.pair()
    chat_ = world.chaport.start_chat(world.chaport.add_visitor("Mary", "mary@mail.example"))
    if started:
        await world.start()
        await world.stop()
    before = {name for name in everything(world.folder) if name != "config.toml"}
    await world.start(dry_run=True)
    await world.run(30)
    world.chaport.visitor_says(chat_, "Hello")
    await world.run(300)
    await world.stop()
    assert world.writes("deskie") == world.writes("chaport") == []
    assert {name for name in everything(world.folder) if name != "config.toml"} == before
    assert len(world.events("status.changed")) == 1
    assert len(world.events("case.opened")) == 1
