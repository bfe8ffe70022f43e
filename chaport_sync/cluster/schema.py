"""The cluster's tables, and their version.

The row of `chaport_sync` says that a database is ours, and which version its tables have. An account's `key` is what
its advisory lock is taken on. `worker` is who held it last, None after it was given back. `schema` is the version of
the state in its log. `wish` is for commands that want something of whoever holds the account.
"""

from psycopg import Connection, errors

from chaport_sync.cluster.errors import Empty, Unusable, place

VERSION = 1
#: The oldest server that is tried out, as the protocol gives it.
OLDEST_SERVER = 150000
#: What two workers that make the tables at once take turns by.
_TURN = 0x63686170_73796E63

_TABLES = f"""
CREATE TABLE accounts (
    name text PRIMARY KEY,
    key bigint NOT NULL UNIQUE GENERATED ALWAYS AS (hashtextextended(name, 0)) STORED,
    worker text,
    since timestamptz,
    schema integer NOT NULL DEFAULT 0,
    wish text
);
CREATE TABLE changes (
    account text NOT NULL,
    seq bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (account, seq)
);
CREATE TABLE snapshots (
    account text PRIMARY KEY,
    seq bigint NOT NULL,
    body bytea NOT NULL
);
CREATE TABLE chaport_sync (version integer NOT NULL);
INSERT INTO chaport_sync VALUES ({VERSION});
"""  # noqa: S608 - a number of our own


def prepare(connection: Connection, url: str, *, make: bool = True) -> None:
    """Make the tables if the database is empty; without `make` that is an error.

    Raises:
        Unusable: It is another program's, of a newer version of ours, read-only, too old, or nothing may be made in it.
        psycopg.Error: It does not answer.
    """
    where = place(url)
    if connection.info.server_version < OLDEST_SERVER:
        raise Unusable(f"{where} is older than PostgreSQL {OLDEST_SERVER // 10000}; upgrade it")
    (read_only,) = connection.execute("SELECT current_setting('transaction_read_only')::bool").fetchone() or ()
    if read_only:
        words = "is read-only, as a standby is; name the server that can be written"
        raise Unusable(f"{where} {words}, or all of them with target_session_attrs=read-write")
    try:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
            if not _is_ours(connection, where):
                if not make:
                    raise Empty(f"{where} is empty: no worker has been started with it; check its name in the URL")
                connection.execute(_TABLES)
    except errors.InsufficientPrivilege as error:
        words = f"may not be used by {connection.info.user}: {error.diag.message_primary}"
        raise Unusable(f"{where} {words}; make that user the owner of the database") from error


def _is_ours(connection: Connection, where: str) -> bool:
    """Return whether our tables are there; raises `Unusable` if others are, or ours of another version."""
    query = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')"
    tables = {name for (name,) in connection.execute(query)}
    if not tables:
        return False
    if "chaport_sync" not in tables:
        words = f"belongs to another program: it has the table {min(tables)}"
        raise Unusable(f"{where} {words}; make a database of its own for chaport-sync")
    (version,) = connection.execute("SELECT max(version) FROM chaport_sync").fetchone() or (None,)
    if version != VERSION:
        raise Unusable(f"{where} was set up by a newer version of chaport-sync; install that one on this host")
    return True
