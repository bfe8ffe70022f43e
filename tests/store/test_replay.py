"""What is played is what was recorded, because statements depend on rows and values alone (F4, K1)."""

import ast
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import chaport_sync.store
from chaport_sync.core.ledger import Line, Reply
from chaport_sync.core.statuses.history import AgentSeen, OperatorSeen, StatusChange
from chaport_sync.core.statuses.lease import OperatorState
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.store import Store, changelog
from chaport_sync.store.changelog import Recorder
from tests.store.logs import MemoryLog
from tests.store.stores import KEPT, records, texts, times

MODULES = sorted(Path(chaport_sync.store.__file__).parent.glob("*.py"))

ids = st.sampled_from(["1", "2", "3"])
chats = records(ChatState, visitor_id=ids, chat_id=ids, case_id=st.sampled_from(["", "1", "2"]))
cases = records(CaseState, id=ids)
places = st.integers(0, 10**6)
lines = st.lists(records(Line, event_id=ids, part=st.integers(0, 1), seq=places), max_size=3)
replies = st.lists(records(Reply, message_id=ids, part=st.integers(0, 1), visitor_id=ids, seq=st.just(0)), max_size=2)
marks = st.sampled_from(KEPT).flatmap(records)

#: Every method of the store that records, with its arguments.
ACTS: dict[str, st.SearchStrategy[Any]] = {
    "record": st.tuples(chats, lines, cases | st.none(), st.lists(marks, max_size=2)),
    "record_reading": st.tuples(chats, lines, replies),
    "tell_agents": st.tuples(chats, records(Line, event_id=ids, seq=places), replies),
    "mark_answers": st.tuples(texts, times),
    "forget": st.tuples(times, times),
    "redate": st.tuples(times).map(lambda each: (*each, dict.fromkeys(("unclear", "parked", "search", "read"), 60.0))),
    "begin_by": st.tuples(times),
    "retry": st.tuples(),
    "statuses.record_operators": st.tuples(
        st.lists(records(OperatorState, operator_id=ids), max_size=2),
        st.lists(ids, max_size=1),
        st.lists(records(StatusChange, operator_id=ids), max_size=3),
        st.lists(records(OperatorSeen, operator_id=ids), max_size=2),
    ),
    "statuses.record_seen": st.tuples(
        st.lists(records(AgentSeen, agent_id=ids), max_size=2),
        st.lists(records(OperatorSeen, operator_id=ids), max_size=2),
        st.lists(ids, max_size=1),
        st.lists(ids, max_size=1),
    ),
    "statuses.forget_changes": st.tuples(times),
    "transcripts.record": st.tuples(chats, lines, cases | st.none()),
    "transcripts.record_reading": st.tuples(chats, lines),
    "transcripts.put_off_reading": st.tuples(ids, times),
    "transcripts.watch_only": st.tuples(ids, ids),
    "transcripts.retry_parked": st.tuples(),
    "replies.record": st.tuples(replies),
    "marks.put": st.tuples(marks),
}
one_act = st.sampled_from(sorted(ACTS)).flatmap(lambda name: st.tuples(st.just(name), ACTS[name]))
#: What happens between two of them.
between = st.sampled_from(["nothing", "nothing", "sync", "tidy", "start"])


def _do(store: Store, name: str, arguments: tuple[Any, ...]) -> None:
    part, _, method = name.rpartition(".")
    *plain, last = arguments or (None,)
    named = last if isinstance(last, dict) else {}
    act: Callable[..., object] = getattr(getattr(store, part) if part else store, method)
    act(*(plain if named else arguments), **named)


def _content(connection: sqlite3.Connection) -> list[str]:
    """Return everything in a state, and the order in which changes of statuses stand."""
    connection.row_factory = None
    order = connection.execute("SELECT rowid, operator_id, at FROM status_changes").fetchall()
    return [*connection.iterdump(), repr(order), str(connection.execute("PRAGMA user_version").fetchone())]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(one_act, between), max_size=15))
def test_what_is_played_is_what_was_recorded(acts: list[tuple[tuple[str, Any], str]]) -> None:
    """F4: whatever is recorded, and wherever a snapshot or a start comes between, the copy equals the original."""
    log = MemoryLog()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(changelog, "is_outgrown", lambda *_: True)
        store = Store.on(log)
        for (name, arguments), then in acts:
            _do(store, name, arguments)
            if then == "start":
                store.close()
                store = Store.on(log)
            elif then != "nothing":
                getattr(store.connection, then)()
        store.connection.sync()
        with closing(Store.copy_from(log)) as copy:
            assert _content(copy.connection._sqlite) == _content(store.connection._sqlite)
        store.close()


def test_every_method_that_records_is_played() -> None:
    """F4: the property above knows each method that opens a transaction."""
    own = {"bind", "tell_agents", "mark_answers", "begin_by"}  # through others
    found = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and re.search(r"\.writing\(\)", ast.unparse(node)):
                found.add(node.name)
    found -= {"writing"}
    assert found | own - {"bind"} <= {name.rpartition(".")[2] for name in ACTS} | {"record_lines"}


#: What gives another result another time, or on another connection.
FICKLE = re.compile(
    r"random(blob)?\s*\(|current_(time|date|timestamp)|'now'|\b(date|time|datetime|julianday|unixepoch|strftime)\s*\("
    r"|last_insert_rowid|\b(total_)?changes\s*\(\)|sqlite_version|sqlite_source_id",
    re.IGNORECASE,
)
#: Rows that a statement chooses or makes in an order that nobody decides.
UNORDERED = re.compile(
    r"^\s*(INSERT|REPLACE)\b(?!.*\bORDER BY\b).*\bSELECT\b|^\s*(UPDATE|DELETE)\b.*\bLIMIT\b", re.IGNORECASE | re.DOTALL
)


def _texts(path: Path) -> list[str]:
    """Return the texts of a module that are not docstrings, those with parts of their own as one."""
    tree = ast.parse(path.read_text("utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inside = {id(part) for node in joined for part in node.values}
    whole = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told | inside
    ]
    return whole + ["".join(str(getattr(part, "value", "?")) for part in node.values) for node in joined]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_statement_depends_on_more_than_rows_and_values(path: Path) -> None:
    """F4: no chance, no clock, nothing of the connection, and no rows in an order that nobody decides.

    Migrations are not played, and may choose rows in any order; the triggers in them are played.
    """
    found = [text for text in _texts(path) if FICKLE.search(text)]
    if path.stem != "schema":
        found += [text for text in _texts(path) if UNORDERED.search(text)]
    assert found == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats()
        | st.text(st.characters(exclude_categories=["Cs"]))
        | st.binary()
    )
)
def test_each_value_is_played_as_sqlite_took_it(values: list[Any]) -> None:
    """F4: of each type that SQLite knows, to the last bit; what is no number is nothing."""
    original, copy = (sqlite3.connect(":memory:", isolation_level=None) for _ in range(2))
    for each in (original, copy):
        each.execute("CREATE TABLE kept (value)")
    recorder = Recorder(original)
    recorder.executemany("INSERT INTO kept VALUES (?)", ((each,) for each in values))
    recorder.execute("SELECT * FROM kept WHERE value = ?", ("read",))
    recorder.execute("DELETE FROM kept WHERE value = 'not there'")
    recorder.execute("UPDATE kept SET value = ? WHERE rowid = 1", (b"\x00\xff",))
    body = changelog.encode(1, "w", [recorder.noted()] if values else [])
    assert b"read" not in body
    changelog.play(MemoryLog(), copy, 0, [body])
    query = "SELECT typeof(value), hex(CAST(value AS BLOB)), quote(value) FROM kept ORDER BY rowid"
    assert copy.execute(query).fetchall() == original.execute(query).fetchall()
    for each in (original, copy):
        each.close()


def test_only_what_changes_a_row_is_kept() -> None:
    """F4: readings, and writings that find nothing, are not in the log; those by triggers and references are."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE kept (value)")
        recorder = Recorder(connection)
        recorder.execute("SELECT 1")
        recorder.executemany("DELETE FROM kept WHERE value = ?", [(1,), (2,)])
        recorder.executemany("INSERT INTO kept VALUES (?)", [])
        assert recorder.noted() == ""
        recorder.execute("INSERT INTO kept VALUES (?)", (1,))
        assert recorder.noted() == '["INSERT INTO kept VALUES (?)",[[1]]]'
