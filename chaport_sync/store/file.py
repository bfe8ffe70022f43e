"""The state file itself: opened, migrated, brought to the disk, and every error of it made readable (P7)."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from chaport_sync.store.errors import StoreError
from chaport_sync.store.place import cannot_be_made

#: One script per version; a new version is a new entry, and an old entry is never changed.
MIGRATIONS = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE operators (
        operator_id TEXT PRIMARY KEY, verdict TEXT, unavailable_since REAL,
        written TEXT NOT NULL, written_at REAL NOT NULL, lease_until REAL NOT NULL,
        attempted TEXT NOT NULL, attempted_at REAL NOT NULL, attempted_until REAL NOT NULL,
        stray TEXT NOT NULL, stray_until REAL NOT NULL,
        yielded_to TEXT, overrides TEXT NOT NULL, mismatches INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE chats (
        visitor_id TEXT NOT NULL, chat_id TEXT NOT NULL, since REAL NOT NULL,
        visitor_name TEXT NOT NULL, visitor_email TEXT NOT NULL, visitor_phone TEXT NOT NULL,
        page TEXT NOT NULL, bot_name TEXT NOT NULL, closed INTEGER NOT NULL, last_event_at REAL NOT NULL,
        next_read_at REAL, attention_at REAL,
        visitor_wrote INTEGER NOT NULL, bot_spoke INTEGER NOT NULL, human INTEGER NOT NULL, asked_at REAL,
        handed_over INTEGER NOT NULL, note_until INTEGER NOT NULL, case_id TEXT NOT NULL, introduced INTEGER NOT NULL,
        silenced TEXT NOT NULL, opened_unanswered INTEGER NOT NULL, status_due TEXT NOT NULL,
        waiting_since REAL, search_after REAL NOT NULL, searches INTEGER NOT NULL,
        PRIMARY KEY (visitor_id, chat_id)
    ) STRICT;
    CREATE INDEX chats_to_read ON chats (next_read_at) WHERE next_read_at IS NOT NULL;
    CREATE INDEX chats_to_tend ON chats (attention_at) WHERE attention_at IS NOT NULL;
    CREATE TABLE cases (
        id TEXT PRIMARY KEY, user_id TEXT NOT NULL, own INTEGER NOT NULL, status_ours TEXT NOT NULL,
        status_sent TEXT NOT NULL, visitor_wrote INTEGER NOT NULL, left_alone TEXT NOT NULL, anchor TEXT NOT NULL
    ) STRICT;
    CREATE TABLE lines (
        visitor_id TEXT NOT NULL, chat_id TEXT NOT NULL, event_id TEXT NOT NULL, part INTEGER NOT NULL,
        author TEXT NOT NULL, name TEXT NOT NULL, at REAL NOT NULL, text TEXT NOT NULL, seq INTEGER NOT NULL,
        state TEXT NOT NULL, rejections INTEGER NOT NULL, not_before REAL NOT NULL, error TEXT NOT NULL,
        PRIMARY KEY (visitor_id, chat_id, event_id, part),
        FOREIGN KEY (visitor_id, chat_id) REFERENCES chats ON DELETE CASCADE
    ) STRICT;
    CREATE INDEX lines_open ON lines (visitor_id, chat_id, seq) WHERE state <> 'done';
    """,
    """
    ALTER TABLE cases DROP COLUMN anchor;
    ALTER TABLE cases ADD COLUMN openings TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE lines ADD COLUMN message_id TEXT NOT NULL DEFAULT '';
    ALTER TABLE lines ADD COLUMN message_rows INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX lines_of_messages ON lines (message_id) WHERE message_id <> '';
    """,
    """
    CREATE TABLE agents_seen (
        agent_id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, status TEXT NOT NULL, since REAL NOT NULL,
        asks TEXT NOT NULL, why TEXT NOT NULL
    ) STRICT;
    CREATE TABLE operators_seen (
        operator_id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, status TEXT NOT NULL,
        since REAL NOT NULL, agents TEXT NOT NULL, reason TEXT NOT NULL
    ) STRICT;
    CREATE TABLE status_changes (
        at REAL NOT NULL, operator_id TEXT NOT NULL, operator TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
        agents TEXT NOT NULL, reason TEXT NOT NULL, by_hand INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX changes_by_time ON status_changes (at);
    """,
    """
    CREATE TABLE replies (
        message_id TEXT NOT NULL, part INTEGER NOT NULL, visitor_id TEXT NOT NULL, case_id TEXT NOT NULL,
        staff_id TEXT NOT NULL, operator_id TEXT NOT NULL, at REAL NOT NULL, text TEXT NOT NULL, digest TEXT NOT NULL,
        seq INTEGER NOT NULL, state TEXT NOT NULL, rejections INTEGER NOT NULL, not_before REAL NOT NULL,
        error TEXT NOT NULL, sent_at REAL NOT NULL, looks INTEGER NOT NULL, event_id TEXT NOT NULL,
        PRIMARY KEY (message_id, part)
    ) STRICT;
    CREATE INDEX replies_by_visitor ON replies (visitor_id, seq);
    CREATE INDEX replies_by_case ON replies (case_id);
    CREATE INDEX replies_open ON replies (seq) WHERE state IN ('new', 'sending');
    """,
    """
    ALTER TABLE replies DROP COLUMN sent_at;
    UPDATE cases
    SET openings = (SELECT json_group_array(json_array(value, cases.user_id)) FROM json_each(cases.openings));
    """,
    """
    ALTER TABLE chats ADD COLUMN user_id TEXT NOT NULL DEFAULT '';
    UPDATE chats SET user_id = coalesce((SELECT user_id FROM cases WHERE id = case_id AND own), '');
    """,
    """
    ALTER TABLE operators_seen ADD COLUMN rule TEXT NOT NULL DEFAULT '';
    ALTER TABLE status_changes ADD COLUMN rule TEXT NOT NULL DEFAULT '';
    UPDATE operators_seen SET rule = substr(reason, 1, 2), reason = substr(reason, 5) WHERE reason GLOB 'S[0-9]: *';
    UPDATE status_changes SET rule = substr(reason, 1, 2), reason = substr(reason, 5) WHERE reason GLOB 'S[0-9]: *';
    UPDATE chats SET silenced = substr(silenced, 5) WHERE silenced GLOB 'T[0-9]: *';
    UPDATE lines SET error = substr(error, 5) WHERE error GLOB 'T[0-9]: *';
    ALTER TABLE status_changes ADD COLUMN operator_name TEXT NOT NULL DEFAULT '';
    ALTER TABLE status_changes ADD COLUMN operator_email TEXT NOT NULL DEFAULT '';
    UPDATE status_changes SET
        operator_name = coalesce((SELECT name FROM operators_seen AS known
            WHERE known.operator_id = status_changes.operator_id),
            iif(operator LIKE '%@%' OR operator = operator_id, '', operator)),
        operator_email = iif(operator LIKE '%@%', operator, ''),
        agents = (SELECT json_group_array(json_array(
                coalesce(known.agent_id, value), coalesce(known.name, iif(value LIKE '%@%', '', value)),
                iif(value LIKE '%@%', value, coalesce(known.email, ''))))
            FROM json_each(status_changes.agents) LEFT JOIN agents_seen AS known
            ON known.agent_id = (SELECT agent_id FROM agents_seen WHERE value IN (email, name, agent_id) LIMIT 1));
    ALTER TABLE status_changes DROP COLUMN operator;
    """,
    """
    ALTER TABLE cases ADD COLUMN left_by TEXT NOT NULL DEFAULT '';
    UPDATE meta SET key = 'flow.' || substr(key, 6) WHERE key LIKE 'half.%';
    ALTER TABLE chats RENAME COLUMN attention_at TO due_at;
    """,
)


#: Whoever finds the file locked by another program gives up after so many seconds, and the next cycle tries again:
#: the loop stands still meanwhile.
LONGEST_WAIT = 0.2
#: The log is brought into the file beside the loop; only if it grew by so many pages meanwhile (of 4 KiB), within it.
CHECKPOINT_PAGES = 4000
#: A log of this size is brought into the file (bytes).
LARGE_LOG = 1 << 20


class StillInUse(OSError):
    """Somebody reads what would have to be overwritten."""


@contextmanager
def readable_errors(path: Path | None) -> Iterator[None]:
    """Turn SQLite's and the system's errors into one that an administrator can act on."""
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
        if path is not None and getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
            words = f"the file {path} is not a state file of chaport-sync, or is damaged"
            raise StoreError(f"{words}; set [state] path to another one, or if it was one move it away") from error
        if path is not None and isinstance(error, OSError) and (words := cannot_be_made(path)):
            raise StoreError(f"the state file {words}") from error
        where = path or "in memory"
        raise StoreError(
            f"the state file {where} cannot be used: {error}; check its disk and its permissions,"
            " or if it is damaged move it away"
        ) from error


def connect_beside(path: Path) -> sqlite3.Connection:
    """Open a state file beside the daemon that uses it; it is neither made nor migrated.

    Raises:
        StoreError: It is not ours, or of another version.
    """
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=10)
    try:
        check(connection, path, older=False)
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """Open, fill or migrate a state file that is locked: its owner's only, safe against power loss.

    Raises:
        StoreError: It is not ours, or was written by a newer version; then it is left untouched.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        check(connection, path)
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection)
        # What a commit puts into the log is synced beside the loop, before anybody relies on it.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        # A log that was brought into the file is cut off, so that its size tells how much is in it.
        connection.execute("PRAGMA journal_size_limit = 0")
        connection.execute(f"PRAGMA busy_timeout = {LONGEST_WAIT * 1000:.0f}")
    except BaseException:
        connection.close()
        raise
    return connection


def sync(path: Path) -> None:
    """Wait until the log of a state file is on the disk, and with it every transaction that was committed.

    It may be called in any thread: closing this file gives no lock of SQLite back, as closing the other two would.
    """
    descriptor = os.open(_log_of(path), os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def checkpoint(path: Path) -> None:
    """Bring the log into the file itself, and both to the disk, while others read and write; in any thread.

    Raises:
        StillInUse: Not all of it could be brought there now.
    """
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        _, pages, brought = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    if brought < pages:
        raise StillInUse("it is in use, and what the disk refused before is not on it yet")


def log_size(path: Path) -> int:
    """Give the size of the log in bytes, 0 if there is none."""
    try:
        return _log_of(path).stat().st_size
    except OSError:
        return 0


def _log_of(path: Path) -> Path:
    real = path.resolve()
    return real.with_name(real.name + "-wal")


def copy_in_memory(path: Path) -> sqlite3.Connection:
    """Give a copy of a state file, or an empty one: a dry run leaves nothing behind.

    Raises:
        StoreError: As `connect`.
    """
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        if path.is_file():
            # A reader would leave a journal behind where there is none; and where there is none, nobody writes.
            in_use = path.with_name(path.name + "-wal").exists()
            query = "mode=ro" if in_use else "mode=ro&immutable=1"
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{query}", uri=True)) as source:
                source.backup(copy)
        check(copy, path)
        migrate(copy)
    except BaseException:
        copy.close()
        raise
    return copy


def check(connection: sqlite3.Connection, path: Path, *, older: bool = True) -> None:
    """Refuse, without touching it, what this version cannot bring up to date, and unless `older` what it had to."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise StoreError(f"the state file {path} was written by a newer version of chaport-sync; install that one")
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and not version:
        raise StoreError(f"the file {path} is not a state file of chaport-sync; set [state] path to another one")
    if version < len(MIGRATIONS) and not older:
        raise StoreError(f"the state file {path} is of an older version; start the daemon once, which updates it")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema to this version, each step all or nothing."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number in range(version, len(MIGRATIONS)):
        connection.executescript(f"BEGIN IMMEDIATE; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;")
    connection.execute("PRAGMA foreign_keys = ON")
