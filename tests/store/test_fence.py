"""Of two writers of one log the later one is heard, and nobody takes the own words for the other's (K2)."""

from contextlib import closing

import pytest

from chaport_sync.core.model import OwnAgent
from chaport_sync.store import Fenced, Store, StoreError, changelog
from tests.store.logs import MemoryLog, Way, mark, marked
from tests.store.stores import chat


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
