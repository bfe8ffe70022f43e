"""The whole of a state in a log: when it is put, of which version it is, and what becomes of damage (P7, K5)."""

import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from chaport_sync.core.model import OwnAgent
from chaport_sync.core.settings_in_force import Accounts
from chaport_sync.core.transcripts.watch import Swept
from chaport_sync.store import Store, StoreError, changelog, file
from chaport_sync.store.schema import MIGRATIONS
from tests.store.logs import MemoryLog, mark, marked
from tests.store.stores import chat, line, opened


def test_a_long_log_becomes_a_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    """P7: a start never has to play more than a bounded part; what is not appended yet is not in the snapshot."""
    monkeypatch.setattr(changelog, "FEW", 1000)
    log = MemoryLog()
    store = Store.on(log)
    assert not store.connection.has_long_log
    number = 0
    while not store.connection.has_long_log:
        number += 1
        store.transcripts.record(chat(str(number)), [line(text=f"{number} Hello")])
        store.connection.sync()
    store.marks.put(Swept(1.0))
    before = log.snapshot[1]
    store.connection.tidy()
    assert not store.connection.has_long_log
    assert log.snapshot[1] > before
    assert log.changes == {}
    with closing(Store.copy_from(log)) as copy:
        assert copy.counts.chats()["remembered"] == number
        assert copy.marks.find(Swept) is None
    store.connection.sync()
    with closing(Store.copy_from(log)) as copy:
        assert copy.marks.get(Swept) == Swept(1.0)
        assert copy.connection.damage() == ""


@pytest.mark.parametrize(
    ("snapshot", "changes", "due"),
    [(0, changelog.FEW, False), (0, changelog.FEW + 1, True), (10**6, 2 * 10**6, False), (10**6, 2 * 10**6 + 1, True)],
)
def test_when_a_snapshot_is_due(snapshot: int, changes: int, due: bool) -> None:  # noqa: FBT001 - a row of a table
    """P7: when the changes are more than a few, and more than twice the snapshot."""
    assert changelog.is_outgrown(snapshot, changes) is due


@contextmanager
def schema(version: int) -> Iterator[None]:
    """Be an older version of the program."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file, "MIGRATIONS", MIGRATIONS[:version])
        yield


def test_a_state_of_an_older_version() -> None:
    """K5: it is played as it was written, then brought up to date; the tables come as a snapshot, before any change."""
    log = MemoryLog()
    with schema(5):
        store = Store.on(log)
        store.marks.put(Accounts("a", "b"))
        store.connection.sync()
    store = Store.on(log)
    marked(store, "of the new version")
    store.connection.sync()
    assert store.marks.get(Accounts) == Accounts("a", "b")
    assert mark(log) == "of the new version"
    with schema(5), pytest.raises(StoreError, match=r"the state of acme .* newer version"):
        Store.on(log)
    assert mark(log) == "of the new version"


def test_a_crash_before_the_new_tables_are_kept() -> None:
    """K5: the next start does it again."""
    log = MemoryLog()
    with schema(5):
        store = Store.on(log)
        store.marks.put(Accounts("a", "b"))
        store.connection.sync()

    class Dies(MemoryLog):
        def put_snapshot(self, *_: object) -> None:
            raise StoreError("gone")

    dying = Dies()
    dying.changes, dying.snapshot = log.changes, log.snapshot
    with pytest.raises(StoreError, match="gone"):
        Store.on(dying)
    with closing(Store.on(log)) as store:
        assert store.marks.get(Accounts) == Accounts("a", "b")


def test_a_state_file_is_a_snapshot(tmp_path: Path) -> None:
    """K1: a state is moved from a file into a log, and back."""
    path, log = tmp_path / "state.db", MemoryLog()
    with opened(path) as store:
        store.transcripts.record(chat(), [line()])
        with closing(Store.copy_of(path)) as copy:
            log.put_snapshot(1, changelog.snapshot(copy.connection._sqlite))
    with closing(Store.on(log)) as store:
        assert store.transcripts.open_lines(("v", "1")) == [line()]
        marked(store, "x")
    with closing(Store.copy_from(log)) as copy:
        back = tmp_path / "back.db"
        back.write_bytes(zlib.decompress(changelog.snapshot(copy.connection._sqlite)))
    with opened(back) as store:
        assert store.marks.get(OwnAgent).staff_id == "x"


def _cut(log: MemoryLog) -> None:
    last = max(log.changes)
    log.changes[last] = log.changes[last][:-9]


def _missing(log: MemoryLog) -> None:
    del log.changes[max(log.changes) - 1]


def _foreign(log: MemoryLog) -> None:
    log.changes[max(log.changes)] = zlib.compress(b'["x"]')


def _no_snapshot(log: MemoryLog) -> None:
    log.snapshot = zlib.compress(b"no state"), log.snapshot[1]


@pytest.mark.parametrize("damage", [_cut, _missing, _foreign, _no_snapshot])
def test_a_damaged_log(damage: object) -> None:
    """P7: whatever is missing or wrong is told, with the account and what to do; no half of a state is used."""
    log = MemoryLog()
    store = Store.on(log)
    for number in range(3):
        marked(store, f"{number}")
        store.connection.sync()
    damage(log)  # type: ignore[operator]
    with pytest.raises(StoreError, match=r"the state of acme in the database is damaged: .*; restore a backup"):
        Store.on(log)
