"""The state file: whose it is, how safe, and from which version (P7)."""

import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from chaport_sync.core.model import OwnAgent
from chaport_sync.core.settings_in_force import Accounts
from chaport_sync.core.transcripts.chats import CaseState
from chaport_sync.state_file import open_store
from chaport_sync.store import Foreign, Store, StoreError, file
from chaport_sync.store.schema import MIGRATIONS
from tests.store.stores import chat, line, opened, rows
from tests.world import World

NEWER = len(MIGRATIONS) + 1


def mode(path: Path) -> int:
    """Return a file's permissions."""
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_writes_into_what_leads_there(tmp_path: Path) -> None:
    """P7: whoever could write into a directory above could put another file in the state file's place."""
    before = os.umask(0)
    try:
        Store.open(tmp_path / "a" / "b" / "state" / "state.db").close()
    finally:
        os.umask(before)
    assert [mode(tmp_path / place) for place in ("a", "a/b", "a/b/state")] == [0o755, 0o755, 0o700]


@pytest.mark.parametrize("mask", [0o022, 0o000])
def test_only_its_owner_can_read_it(tmp_path: Path, mask: int) -> None:
    """P7: 0600 for the file, its journals and its lock, 0700 for a directory that we make, whatever the mask says."""
    before = os.umask(mask)
    try:
        with opened(tmp_path / "state" / "state.db") as store:
            store.marks.put(OwnAgent("value"))
            found = {each.name: mode(each) for each in (tmp_path / "state").iterdir()}
    finally:
        os.umask(before)
    assert mode(tmp_path / "state") == 0o700
    assert set(found) == {"state.db", "state.db-wal", "state.db-shm", "state.db.lock"}
    assert set(found.values()) == {0o600}


def test_a_file_that_others_could_read(tmp_path: Path) -> None:
    """P7: a file restored with the wrong permissions gets the right ones."""
    path = tmp_path / "state.db"
    Store.open(path).close()
    path.chmod(0o644)
    Store.open(path).close()
    assert mode(path) == 0o600


def test_a_directory_that_was_there(tmp_path: Path) -> None:
    """P7: a directory that somebody else made (systemd) is left as it is."""
    tmp_path.chmod(0o750)
    Store.open(tmp_path / "state.db").close()
    assert mode(tmp_path) == 0o750


def test_power_loss(tmp_path: Path) -> None:
    """P7, P10: a power cut takes back the last transactions at most, none in part, and none of them waits for the disk.

    What waits, `sync` and `checkpoint`, runs beside the loop; no transaction may begin to do a part of it.
    """
    with opened(tmp_path / "state.db") as store:
        told = {
            name: store.connection._sqlite.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "wal_autocheckpoint", "foreign_keys")
        }
        assert told == {"journal_mode": "wal", "synchronous": 0, "wal_autocheckpoint": 0, "foreign_keys": 1}


def test_an_end_brings_everything_to_the_disk(tmp_path: Path) -> None:
    """P7: the last one to close a file does what no transaction did, and leaves one file with everything in it."""
    path = tmp_path / "state.db"
    store = Store.open(path)
    store.marks.put(OwnAgent("x" * 10_000))
    closing = threading.Thread(target=store.close)
    closing.start()
    closing.join()
    assert [each.name for each in tmp_path.iterdir() if "-" in each.name] == []
    with opened(path) as again:
        assert again.marks.get(OwnAgent).staff_id == "x" * 10_000


def test_it_is_opened_again(tmp_path: Path) -> None:
    """P7: what was recorded is there after a restart, and nothing but the file is needed."""
    path = tmp_path / "state.db"
    with opened(path) as store:
        store.transcripts.record(chat(), [line()])
    assert not (tmp_path / "state.db-wal").exists()
    with opened(path) as store:
        assert store.transcripts.chat(("v", "1")) == chat()
        assert [each.event_id for each in store.transcripts.open_lines(("v", "1"))] == ["e1"]


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    """P7: a file of a newer version is not touched, so that one can go back to that version."""
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE chats (something_new TEXT)")
        connection.execute(f"PRAGMA user_version = {NEWER}")
    connection.close()
    path.chmod(0o640)
    content = path.read_bytes()
    for opening in (Store.open, Store.copy_of):
        with pytest.raises(StoreError, match=r"state\.db was written by a newer version of chaport-sync; install"):
            opening(path)
    assert path.read_bytes() == content
    assert mode(path) == 0o640
    assert {each.name for each in tmp_path.iterdir()} <= {"state.db", "state.db.lock"}


def test_an_older_file_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P7: each version adds its own step; what was recorded stays."""
    path = tmp_path / "state.db"
    with opened(path) as store:
        store.transcripts.record(chat(), [line()])
    monkeypatch.setattr(file, "MIGRATIONS", (*MIGRATIONS, "CREATE TABLE extra (a TEXT) STRICT;"))
    with opened(path) as store:
        assert store.transcripts.chat(("v", "1")) == chat()
    assert rows(path, "PRAGMA user_version") == [(NEWER,)]
    assert rows(path, "SELECT count(*) FROM extra") == [(0,)]


def test_version_1(tmp_path: Path) -> None:
    """P7: what the first version knew is kept; which message shows a line it did not know."""
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
        connection.execute("INSERT INTO cases VALUES ('7', '9', 1, 'open', '', 1, '', 'opening')")
        connection.execute(
            """INSERT INTO chats (visitor_id, chat_id, since, visitor_name, visitor_email, visitor_phone, page,
               bot_name, closed, last_event_at, visitor_wrote, bot_spoke, human, handed_over, note_until, case_id,
               introduced, silenced, opened_unanswered, status_due, search_after, searches)
               VALUES ('v', '1', 0, '', '', '', '', '', 0, 0, 0, 0, 0, 0, 0, '7', 0, '', 0, '', 0, 0)"""
        )
        connection.execute(
            "INSERT INTO lines VALUES ('v', '1', 'e1', 0, 'visitor', 'Mary', 5, 'Hello', 0, 'new', 0, 0, '')"
        )
    connection.close()
    with opened(path) as store:
        assert store.transcripts.case("7") == CaseState("7", "9", status_ours="open", visitor_wrote=True)
        assert store.transcripts.chat(("v", "1")) == chat(case_id="7", user_id="9")
        assert store.transcripts.open_lines(("v", "1")) == [line()]


def test_a_dry_run_reads_an_older_file_and_leaves_it_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P7: a copy is brought up to date, the file is not."""
    path = tmp_path / "state.db"
    Store.open(path).close()
    content = path.read_bytes()
    monkeypatch.setattr(file, "MIGRATIONS", (*MIGRATIONS, "CREATE TABLE extra (a TEXT) STRICT;"))
    copy = Store.copy_of(path)
    assert copy.connection.all("SELECT * FROM extra") == []
    copy.close()
    assert path.read_bytes() == content


def test_a_step_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P7: a migration is all or nothing: a crash or an error in its middle leaves the older version."""
    path = tmp_path / "state.db"
    Store.open(path).close()
    broken = "CREATE TABLE extra (a TEXT) STRICT; INSERT INTO nowhere VALUES (1);"
    monkeypatch.setattr(file, "MIGRATIONS", (*MIGRATIONS, broken))
    with pytest.raises(StoreError, match="nowhere"):
        Store.open(path)
    assert rows(path, "PRAGMA user_version") == [(NEWER - 1,)]
    assert rows(path, "SELECT name FROM sqlite_master WHERE name = 'extra'") == []
    monkeypatch.undo()
    Store.open(path).close()


def test_somebody_elses_database(tmp_path: Path) -> None:
    """P7: a path that points to another program's file is a mistake to be told, not a file to be filled."""
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (number INTEGER)")
    connection.close()
    content = path.read_bytes()
    for opening in (Store.open, Store.copy_of):
        with pytest.raises(StoreError, match="not a state file of chaport-sync"):
            opening(path)
    assert path.read_bytes() == content


def test_it_is_bound_to_its_accounts(tmp_path: Path) -> None:
    """P7: a file of other accounts is refused, and the message names both and what to do."""
    path = tmp_path / "state.db"
    with opened(path) as store:
        store.bind(Accounts("acme.deskie.io", "app.chaport.com"))
        store.bind(Accounts(chaport="app.chaport.com", deskie="acme.deskie.io"))
    with opened(path) as store, pytest.raises(Foreign) as raised:
        store.bind(Accounts("other.deskie.io", "app.chaport.com"))
    for part in (str(path), "acme.deskie.io", "other.deskie.io", "[state] path"):
        assert part in str(raised.value)


@pytest.mark.parametrize("dry_run", [False, True])
async def test_every_command_checks_the_accounts(world: World, dry_run: bool) -> None:  # noqa: FBT001
    """P7: another host in the configuration is refused, for a dry run as well; the lock is given back."""
    await world.start()
    await world.stop()
    with pytest.raises(Foreign):
        open_store(world.settings('chaport.url = "https://app.chaport.ru"'), dry_run=dry_run, environ={})
    settings = world.settings('chaport.url = "https://app.chaport.com"', 'deskie.email = "another@acme.example"')
    open_store(settings, dry_run=dry_run, environ={}).close()
