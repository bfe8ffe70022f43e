"""The ledger's file: where it is made, what is said when that fails, and how it is closed (P7)."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from stat import S_IMODE

import pytest

from chaport_sync.core.ledger import Reply
from chaport_sync.core.model import Author, Kind, OwnAgent, Person
from chaport_sync.core.statuses.history import StatusChange
from chaport_sync.core.transcripts.chats import CaseState
from chaport_sync.store import Busy, Store, StoreError
from chaport_sync.store.schema import MIGRATIONS


def test_directories_are_made(tmp_path: Path) -> None:
    """P7: the state file's directories are made where they are missing; its own is its owner's only."""
    path = tmp_path / "var" / "lib" / "state.db"
    Store.open(path).close()
    assert path.is_file()
    assert S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "opening", [Store.open, Store.copy_of, Store.beside], ids=["the file", "a copy", "beside the daemon"]
)
def test_what_is_no_state_file(tmp_path: Path, opening: Callable[[Path], Store]) -> None:
    """P7: the message says which file cannot be used and what to do."""
    path = tmp_path / "state.db"
    path.write_text("this is no state file\n" * 100)
    with pytest.raises(StoreError) as raised:
        opening(path)
    assert str(raised.value) == (
        f"the file {path} is not a state file of chaport-sync, or is damaged; set [state] path to another one, or if it"
        " was one move it away"
    )


@pytest.mark.parametrize("opening", [Store.open, Store.beside], ids=["the file", "beside the daemon"])
def test_a_file_that_fails_later(tmp_path: Path, opening: Callable[[Path], Store]) -> None:
    """P7: what fails after the opening says which file it is as well."""
    Store.open(tmp_path / "state.db").close()
    store = opening(tmp_path / "state.db")
    store.close()
    with pytest.raises(StoreError, match=f"the state file {tmp_path / 'state.db'} cannot be used"):
        store.marks.get(OwnAgent)


def test_beside_the_daemon(tmp_path: Path) -> None:
    """P7: commands read and write the file that a daemon has locked, and take no lock: one more may come any time."""
    path = tmp_path / "state.db"
    daemon = Store.open(path)
    daemon.marks.put(OwnAgent("the daemon's"))
    command, another = Store.beside(path), Store.beside(path)
    assert [each.marks.get(OwnAgent).staff_id for each in (command, another)] == ["the daemon's"] * 2
    command.marks.put(OwnAgent("the command's"))
    assert [each.marks.get(OwnAgent).staff_id for each in (daemon, another)] == ["the command's"] * 2
    daemon.close()
    Store.open(path).close()
    command.close()
    another.close()


def test_beside_nobody(tmp_path: Path) -> None:
    """P7: a command that looks for a state file does not make one."""
    with pytest.raises(StoreError, match="unable to open database file"):
        Store.beside(tmp_path / "state.db")
    assert not list(tmp_path.iterdir())


def test_one_instance(tmp_path: Path) -> None:
    """P7: one instance per state file, until it is closed."""
    path = tmp_path / "state.db"
    store = Store.open(path)
    with pytest.raises(Busy):
        Store.open(path)
    store.close()
    Store.open(path).close()


def test_closed_twice(tmp_path: Path) -> None:
    """P7: the lock is given back once: the second time its number may be another file's already."""
    path = tmp_path / "state.db"
    store = Store.open(path)
    store.close()
    with path.open("rb") as other:
        store.close()
        assert other.read(6) == b"SQLite"


def test_a_failed_opening_gives_the_lock_back(tmp_path: Path) -> None:
    """P7: who could not open the file does not keep others from trying."""
    path = tmp_path / "state.db"
    path.write_text("this is no state file\n" * 100)
    with pytest.raises(StoreError):
        Store.open(path)
    path.unlink()
    Store.open(path).close()


def test_what_an_older_version_wrote(tmp_path: Path) -> None:
    """P7: openings were kept without their user, who is the case's own, and answers with a time too many."""
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path)) as older:
        for number, script in enumerate(MIGRATIONS[:4]):
            older.executescript(f"{script} PRAGMA user_version = {number + 1};")
        older.execute("INSERT INTO cases VALUES ('c1', 'u1', 1, 'open', '', 1, '', '[1.5, 2.5]')")
        reply = "'7', 0, 'v', 'c1', '41', 'op', 5.0, 'Hi', '', 1, 'new', 0, 0.0, '', 6.0, 0, ''"
        older.execute(f"INSERT INTO replies VALUES ({reply})")  # noqa: S608 - the test's own
        older.commit()
    store = Store.open(path)
    assert store.transcripts.case("c1") == CaseState(
        "c1", "u1", status_ours="open", visitor_wrote=True, openings=((1.5, "u1"), (2.5, "u1"))
    )
    assert store.replies.to("v") == [Reply("7", 0, "v", "c1", "41", "op", 5.0, "Hi", seq=1)]
    store.close()


def test_lines_that_were_kept_without_their_kind(tmp_path: Path) -> None:
    """P7: who wrote said also what kind of line it was: nobody was the daemon, and unknown what cannot be read."""
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path)) as older:
        for number, script in enumerate(MIGRATIONS[:8]):
            older.executescript(f"{script} PRAGMA user_version = {number + 1};")
        for seq, author in enumerate(("visitor", "unknown", "nobody")):
            older.execute(
                """INSERT INTO lines (visitor_id, chat_id, event_id, part, author, name, at, text, seq, state,
                   rejections, not_before, error) VALUES ('v', '7', ?, 0, ?, '', 5.0, 'Hi', ?, 'new', 0, 0.0, '')""",
                (f"e{seq}", author, seq),
            )
        older.commit()
    store = Store.open(path)
    found = [(line.author, line.kind) for line in store.transcripts.open_lines(("v", "7"))]
    assert found == [(Author.VISITOR, Kind.WORDS), (Author.UNKNOWN, Kind.OTHER), (Author.UNKNOWN, Kind.NOTICE)]
    store.close()


def test_what_was_kept_with_numbers_of_rules(tmp_path: Path) -> None:
    """P7: reasons were kept with their rule's number before them, and people by one word that they are called."""
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path)) as older:
        for number, script in enumerate(MIGRATIONS[:6]):
            older.executescript(f"{script} PRAGMA user_version = {number + 1};")
        older.execute("INSERT INTO agents_seen VALUES ('1', 'Ann', 'ann@acme.example', '1', 5.0, 'online', '')")
        older.execute(
            """INSERT INTO operators_seen VALUES ('5ea7', 'Seat', 'seat@acme.example', 'online', 5.0, '["1"]',
               'S4: waiting out the grace')"""
        )
        changes = [
            (10.0, "5ea7", "seat@acme.example", "", "online", '["ann@acme.example", "bob@acme.example"]', "S2: on", 0),
            (20.0, "9one", "gone@acme.example", "online", "away", '["Cay"]', "S7: by hand", 1),
            (30.0, "named", "Desk", "online", "offline", "[]", "no number", 0),
            (40.0, "1d", "1d", "online", "offline", "[]", "S4: over", 0),
        ]
        older.executemany("INSERT INTO status_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", changes)
        older.commit()
    store = Store.open(path)
    assert store.statuses.operators_seen()["5ea7"].rule == "S4"
    assert store.statuses.operators_seen()["5ea7"].reason == "waiting out the grace"
    ann, bob = Person("1", "Ann", "ann@acme.example"), Person("bob@acme.example", "", "bob@acme.example")
    assert store.statuses.changes() == [
        StatusChange(10.0, "5ea7", "Seat", "seat@acme.example", "", "online", (ann, bob), "S2", "on"),
        StatusChange(
            20.0,
            "9one",
            "",
            "gone@acme.example",
            "online",
            "away",
            (Person("Cay", "Cay"),),
            "S7",
            "by hand",
            by_hand=True,
        ),
        StatusChange(30.0, "named", "Desk", "", "online", "offline", (), "", "no number"),
        StatusChange(40.0, "1d", "", "", "online", "offline", (), "S4", "over"),
    ]
    store.close()


def test_what_became_of_a_chat_with_numbers_of_rules(tmp_path: Path) -> None:
    """P7: why a chat was silenced and a line parked was kept with a rule's number before it."""
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path)) as older:
        for number, script in enumerate(MIGRATIONS[:6]):
            older.executescript(f"{script} PRAGMA user_version = {number + 1};")
        put(older, "chats", visitor_id="v", chat_id="1", silenced="T4: the case was deleted")
        put(older, "lines", visitor_id="v", chat_id="1", author="bot", state="parked", error="T4: no case")
        older.commit()
    store = Store.open(path)
    chat = store.transcripts.chat(("v", "1"))
    assert chat is not None
    assert chat.silenced == "the case was deleted"
    assert [line.error for line in store.transcripts.open_lines(("v", "1"))] == ["no case"]
    store.close()


def put(connection: sqlite3.Connection, table: str, **values: str) -> None:
    """Put a row into a table; whatever is not named is empty."""
    columns = connection.execute(f"SELECT name, type FROM pragma_table_info('{table}') WHERE \"notnull\"").fetchall()  # noqa: S608
    row = {name: values.get(name, "" if kind == "TEXT" else 0) for name, kind in columns}
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", [*row.values()])  # noqa: S608
