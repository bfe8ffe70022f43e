"""No cycle and no start looks at all that is remembered: its work does not grow with the years (P7, T7)."""

import re
import sqlite3
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from chaport_sync.core.ledger import LineState, Reply, done, sending
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.store import Store, file
from chaport_sync.store.schema import MIGRATIONS
from tests.replies.answering import answering
from tests.store.stores import chat, line, opened
from tests.world import World

#: What is remembered of each chat, and so grows with the days that are kept.
GROWING = ("chats", "lines", "cases", "replies")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the statements that stores execute from now on, their opening included."""
    found: set[str] = set()
    connect = file.connect

    def traced(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.set_trace_callback(found.add)
        return connection

    monkeypatch.setattr(file, "connect", traced)
    return found


def _whole_tables(connection: sqlite3.Connection, statements: set[str]) -> list[str]:
    """Return the statements that look at a whole table, with how SQLite executes them."""
    partial = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%INDEX%WHERE%'")}
    found = []
    for statement in statements:
        first_row = " WHERE " not in statement and statement.endswith(" LIMIT 1")
        if first_row or not statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
            continue
        for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall():
            read = re.match(rf"(?:SCAN|SEARCH) ({'|'.join(GROWING)})\b(?: USING (?:COVERING )?INDEX (\w+))?", step)
            # Of the whole order of answers only the end is looked at.
            if read and "(" not in step and read[2] not in {"replies_in_order", *partial}:
                found.append(f"{step}: {' '.join(statement.split())}")
    return found


async def test_no_cycle_and_no_start_looks_at_whole_tables(world: World, asked: set[str]) -> None:
    """P7, T7: whatever happens in a chat, its rows are found by an index, and so are those that are due."""
    talk = await answering(world, "status.enabled = true")
    for number in range(2):
        talk.story.visitor_says("Hi")
        world.sandbox.faults.add("reset_after", side="deskie", method="POST")
        await world.run(60)
        talk.answer(f"Hello {number}")
        world.sandbox.faults.add("reset_after", side="chaport", method="POST")
        await world.run(120)
        monitor = Monitor(world.app.store, world.app.clock, metrics=Metrics())
        for flow in world.app.flows:
            monitor.cycled(flow.name, await flow.cycle(), 0.1)
        world.clock.error -= 1000
        await world.run(30)
        await world.start()
    assert talk.heard() == ["Hello 0", "Hello 1"]
    assert len(asked) > 100
    assert _whole_tables(world.app.store.connection._sqlite, asked) == []


def test_no_number_is_counted_row_by_row(tmp_path: Path, asked: set[str]) -> None:
    """P7: `status` and the metrics tell how many rows there are without looking at them."""
    with opened(tmp_path / "state.db") as store:
        store.record_reading(chat(), [line()])
        asked.clear()
        assert (store.counts.lines(), store.counts.replies()) == ({"new": 1}, {})
        assert store.counts.chats() == {"remembered": 1, "watched": 0}
        store.transcripts.parked(), store.transcripts.retry_parked()
        assert _whole_tables(store.connection._sqlite, asked) == []


def test_the_numbers_are_right(tmp_path: Path) -> None:
    """P7: whatever is recorded, changed, forgotten or fails, the numbers that are kept are those of the rows."""
    with opened(tmp_path / "state.db") as store:

        def check() -> None:
            for table, told in (("lines", store.counts.lines()), ("replies", store.counts.replies())):
                counted = store.connection.all(f"SELECT state, count(*) FROM {table} GROUP BY state")  # noqa: S608
                assert told == {row[0]: row[1] for row in counted}
            (chats,) = store.connection.all("SELECT count(*) AS number FROM chats")
            assert store.counts.chats()["remembered"] == chats["number"]

        lines = [line(event_id) for event_id in "abc"]
        answers = [Reply("m1", part, "w", "c1", "7", "op1", 5.0, "Hello") for part in range(3)]
        for visitor_id, last_event_at in (("v", 1.0), ("w", 9.0), ("x", 9.0)):
            kept = chat(visitor_id, last_event_at=last_event_at)
            store.record_reading(kept, lines, answers if visitor_id == "w" else ())
            check()
        for _ in range(2):
            store.transcripts.record(kept, sending(lines[:2], 5.0))
            store.transcripts.record(kept, done(lines[:1]))
            store.replies.record(sending(store.replies.to("w")[:2], 5.0))
            store.replies.record([replace(store.replies.to("w")[0], state=LineState.DONE)])
            check()
        with suppress(ZeroDivisionError), store.connection.writing():
            store.transcripts.record(kept, done(lines))
            raise ZeroDivisionError
        check()
        store.forget(5.0, 10.0)
        assert store.counts.chats()["remembered"] == 2
        check()
        store.forget(50.0, 60.0)
        assert (store.counts.lines(), store.counts.replies()) == ({}, {})
        check()


def test_an_older_file_is_counted_once(tmp_path: Path) -> None:
    """P7: what is in a file of an older version counts too."""
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as older:
        before = next(place for place, script in enumerate(MIGRATIONS) if "TABLE counts" in script)
        for number, script in enumerate(MIGRATIONS[:before]):
            older.executescript(f"{script} PRAGMA user_version = {number + 1};")
        older.execute("PRAGMA foreign_keys = OFF")
        chats, lines = "visitor_id, chat_id, since", "visitor_id, chat_id, event_id, part, state"
        _add(older, "chats", chats, ("v", "1", 0.0))
        for event_id, state in (("a", "done"), ("b", "done"), ("c", "new")):
            _add(older, "lines", lines, ("v", "1", event_id, 0, state))
        _add(older, "replies", "message_id, part, state", ("m1", 0, "parked"))
    older.close()
    store = Store.open(path)
    assert store.counts.chats() == {"remembered": 1, "watched": 0}
    assert (store.counts.lines(), store.counts.replies()) == ({"new": 1, "done": 2}, {"parked": 1})
    store.close()


def _add(connection: sqlite3.Connection, table: str, names: str, values: tuple[object, ...]) -> None:
    """Add a row; its other columns have some value or other."""
    given = dict(zip(names.split(", "), values, strict=True))
    for _, name, kind, needed, default, _ in connection.execute(f"PRAGMA table_info({table})"):
        if needed and default is None and name not in given:
            given[name] = "" if kind == "TEXT" else 0
    query = f"INSERT INTO {table} ({', '.join(given)}) VALUES ({', '.join('?' * len(given))})"  # noqa: S608
    connection.execute(query, tuple(given.values()))
