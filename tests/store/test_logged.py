"""A state on a log: what is committed counts once it is appended, and not before (P1, P8, F4)."""

import subprocess
import sys
import threading
from contextlib import closing

import pytest

from chaport_sync.core.model import OwnAgent
from chaport_sync.core.settings_in_force import Accounts
from chaport_sync.store import Foreign, Store, StoreError
from tests.store.logs import MemoryLog, Way, mark, marked
from tests.store.stores import chat, line


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
