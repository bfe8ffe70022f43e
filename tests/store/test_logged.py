"""A state on a log: what is committed counts once it is appended, and one writer at a time is heard (P1, F4, K2)."""

import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from chaport_sync.core.model import OwnAgent
from chaport_sync.core.settings_in_force import Accounts
from chaport_sync.core.transcripts.watch import Swept
from chaport_sync.store import Fenced, Foreign, Store, StoreError, changelog, file
from chaport_sync.store.schema import MIGRATIONS
from tests.store.logs import MemoryLog, Way
from tests.store.stores import chat, line, opened


def marked(store: Store, staff_id: str) -> None:
    """Record something small."""
    store.marks.put(OwnAgent(staff_id))


def mark(log: MemoryLog) -> str:
    """Return what a start would find."""
    with closing(Store.copy_from(log)) as store:
        return store.marks.get(OwnAgent).staff_id


@contextmanager
def schema(version: int) -> Iterator[None]:
    """Be an older version of the program."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file, "MIGRATIONS", MIGRATIONS[:version])
        yield


def test_what_was_appended_is_there_after_a_crash() -> None:
    """F4: a start finds all that was synchronised, and nothing of what was committed after it."""
    log = MemoryLog()
    store = Store.on(log)
    marked(store, "first")
    store.transcripts.record(chat(), [line()])
    store.connection.sync()
    marked(store, "second")
    after = Store.on(log)
    assert after.marks.get(OwnAgent).staff_id == "first"
    assert after.transcripts.open_lines(("v", "1")) == [line()]


def test_one_sync_is_one_change() -> None:
    """F4: soft records go with the next hard one; without anything new nothing is appended."""
    way = Way(MemoryLog())
    store = Store.on(way)
    before = len(way.appends)
    for number in range(5):
        marked(store, str(number))
    store.connection.sync()
    store.connection.sync()
    store.marks.get(OwnAgent)
    store.forget(0.0, 0.0)
    store.forget(0.0, 0.0)
    assert len(way.appends) == before + 1


def test_a_clean_end_loses_nothing() -> None:
    """P8: what waits is appended at the end; if the database is away, the end comes all the same."""
    log = MemoryLog()
    way = Way(log)
    store = Store.on(way)
    marked(store, "kept")
    store.close()
    assert mark(log) == "kept"
    store = Store.on(way)
    marked(store, "lost")
    way.refuses = True
    store.close()
    assert mark(log) == "kept"


def test_a_transaction_that_fails_is_not_in_the_log() -> None:
    """P1: nothing of a transaction that was rolled back is played, and all of the one that follows it."""
    log = MemoryLog()
    store = Store.on(log)

    def half() -> None:
        with store.connection.writing():
            marked(store, "half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    broken = line("e2")
    object.__setattr__(broken, "at", float("nan"))
    with pytest.raises(StoreError, match="the state of acme in the database"):
        store.record_reading(chat(), [line("e1"), broken])
    store.connection.sync()
    assert mark(log) == ""
    store.transcripts.record(chat(), [line("e1")])
    store.connection.sync()
    assert Store.copy_from(log).transcripts.known_events(("v", "1")) == {"e1"}


def test_what_the_log_refuses_goes_with_the_next_change() -> None:
    """F4: like a full disk: an error for whoever relies on it; what was committed stays, and is appended later."""
    log = MemoryLog()
    way = Way(log)
    store = Store.on(way)
    marked(store, "first")
    way.refuses = True
    with pytest.raises(StoreError, match="cannot be reached"):
        store.connection.sync()
    store.transcripts.record(chat())
    with pytest.raises(StoreError, match="cannot be reached"):
        store.connection.sync()
    assert store.marks.get(OwnAgent).staff_id == "first"
    assert mark(log) == ""
    way.refuses = False
    store.connection.sync()
    with closing(Store.copy_from(log)) as copy:
        assert copy.marks.get(OwnAgent).staff_id == "first"
        assert copy.transcripts.chat(("v", "1")) == chat()


def test_a_change_of_which_nobody_knows_whether_it_arrived() -> None:
    """K2: it is appended again under its number; if it was there, it is recognised and is there once."""
    log = MemoryLog()
    way = Way(log)
    store = Store.on(way)
    store.counts.chats()
    store.transcripts.record(chat("v1"))
    way.loses_answers = True
    with pytest.raises(StoreError, match="did not answer"):
        store.connection.sync()
    store.transcripts.record(chat("v2"))
    way.loses_answers = False
    store.connection.sync()
    unsure = way.appends[-2:]
    assert way.appends[-3:] == [unsure[0], unsure[0], unsure[0] + 1]
    with closing(Store.copy_from(log)) as copy:
        assert copy.counts.chats()["remembered"] == 2


def test_of_two_writers_one_is_refused() -> None:
    """K2: whoever starts later writes; the other is refused at its next append, and does nothing more."""
    log = MemoryLog()
    old = Store.on(log)
    marked(old, "old")
    old.connection.sync()
    new = Store.on(log)
    marked(old, "too late")
    with pytest.raises(Fenced):
        old.connection.sync()
    assert old.connection.fenced  # type: ignore[attr-defined]
    for use in (
        lambda: old.marks.get(OwnAgent),
        lambda: marked(old, "again"),
        old.connection.sync,
        old.connection.damage,
        old.counts.lines,
    ):
        with pytest.raises(Fenced):
            use()
    old.close()
    marked(new, "new")
    new.connection.sync()
    assert mark(log) == "new"


def test_equal_words_of_two_writers_are_told_apart() -> None:
    """K2: who appends the same as another, under the same number, is refused like everybody else."""
    log = MemoryLog()
    first, way = Store.on(log), Way(log)
    body, seq, changes = log.load()
    second = Store.on(way)
    log.snapshot, log.changes = (body, seq), dict(enumerate(changes, seq + 1))
    for store in (first, second):
        marked(store, "the same")
    second.connection._seq = first.connection._seq  # type: ignore[attr-defined]
    second.connection.sync()
    with pytest.raises(Fenced):
        first.connection.sync()


def test_a_writer_is_refused_after_the_changes_were_covered_by_a_snapshot() -> None:
    """K2: the numbers of changes that are gone stay taken."""
    log = MemoryLog()
    old = Store.on(log)
    marked(old, "old")
    new = Store.on(log)
    for number in range(30):
        marked(new, f"{number}" * 100)
        new.connection.sync()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(changelog, "FEW", 0)
        patch.setattr(changelog, "FACTOR", 0)
        new.connection.tidy()
    assert log.changes == {}
    with pytest.raises(Fenced):
        old.connection.sync()


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


def test_a_snapshot_beside_a_change_that_may_have_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    """K2: it does not cover that change, which its own writer could not recognise any more."""
    log = MemoryLog()
    way = Way(log)
    store = Store.on(way)
    marked(store, "unsure")
    way.loses_answers = True
    with pytest.raises(StoreError):
        store.connection.sync()
    way.loses_answers = False
    monkeypatch.setattr(changelog, "is_outgrown", lambda *_: True)
    store.connection.tidy()
    store.connection.sync()
    assert mark(log) == "unsure"


@pytest.mark.parametrize(
    ("snapshot", "changes", "due"),
    [(0, changelog.FEW, False), (0, changelog.FEW + 1, True), (10**6, 2 * 10**6, False), (10**6, 2 * 10**6 + 1, True)],
)
def test_when_a_snapshot_is_due(snapshot: int, changes: int, due: bool) -> None:  # noqa: FBT001 - a row of a table
    """P7: when the changes are more than a few, and more than twice the snapshot."""
    assert changelog.is_outgrown(snapshot, changes) is due


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


def test_another_account() -> None:
    """P7: a state belongs to its accounts; the message says what to do where there is no file."""
    with closing(Store.on(MemoryLog())) as store:
        store.bind(Accounts("a", "b"))
        with pytest.raises(
            Foreign, match=r"the state of acme in the database belongs .* give the account another name"
        ):
            store.bind(Accounts("a", "c"))


def test_many_threads_wait_for_one_append() -> None:
    """P10: while an append is under way others record, and what they record is appended after it, once."""
    log = MemoryLog()
    entered, go_on = threading.Event(), threading.Event()

    class Slow(Way):
        def append(self, seq: int, body: bytes) -> None:
            entered.set()
            go_on.wait(10)
            super().append(seq, body)

    go_on.set()
    way = Slow(log)
    store = Store.on(way)
    for each in (entered, go_on):
        each.clear()
    store.transcripts.record(chat("0"))
    threads = [threading.Thread(target=store.connection.sync)]
    threads[0].start()
    entered.wait(10)
    for number in range(1, 6):
        store.transcripts.record(chat(f"{number}"))
        threads.append(threading.Thread(target=store.connection.sync))
        threads[-1].start()
    go_on.set()
    for thread in threads:
        thread.join()
    assert len(way.appends) == 3
    with closing(Store.copy_from(log)) as copy:
        assert copy.counts.chats()["remembered"] == 6


def test_a_daemon_on_a_file_knows_no_log() -> None:
    """P7: nothing of it is imported."""
    code = "import sys, chaport_sync.cli.run, chaport_sync.daemon, chaport_sync.app; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout  # noqa: S603
    imported = set(found.split())
    assert "chaport_sync.store.store" in imported
    assert not {"chaport_sync.store.changelog", "chaport_sync.store.logged"} & imported
