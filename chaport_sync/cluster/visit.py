"""A command's connection to the cluster: it looks on, and leaves a wish; it holds an account only to move it.

Workers do not count it as one of them.
"""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import psycopg

from chaport_sync.cluster.errors import Uncertain, place, reason
from chaport_sync.cluster.leases import LEAVING, LOCKS, WORKER
from chaport_sync.cluster.log import AccountLog
from chaport_sync.cluster.opening import opened
from chaport_sync.cluster.statement import Work
from chaport_sync.core.workers import MOVE, AccountThere, ClusterNow, WorkerThere

#: What a session of a command is called.
COMMAND = "chaport-sync command"
#: No statement of a command may take longer, and so long it may say nothing (seconds): a state is some megabytes.
PATIENCE = 30.0

_SESSIONS = """
    SELECT pid, application_name, coalesce(host(client_addr), 'this host'), extract(epoch FROM backend_start)::float8
    FROM pg_stat_activity WHERE datname = current_database() ORDER BY application_name, pid
"""
_ACCOUNTS = """
    SELECT name, key, hashtextextended(name, 1), coalesce(worker, ''), extract(epoch FROM since)::float8,
    coalesce(wish, '') FROM accounts ORDER BY name
"""
_HAS_STATE = """
    SELECT EXISTS (SELECT FROM snapshots WHERE account = %(account)s)
    OR EXISTS (SELECT FROM changes WHERE account = %(account)s)
"""


class Visit:
    """A short connection; each statement waits for the server, and any trouble is an error that says what to do.

    Attributes:
        place: Which database it is, in words.
        version: The server's version, such as "15.5".
        is_private: Whether nobody on the way can read what is said.
    """

    def __init__(self, url: str, *, make: bool = False) -> None:
        """Open it; an empty database gets our tables with `make`.

        Raises:
            DatabaseError: The database cannot be used.
        """
        self.place, self._url = place(url), url
        self._link = opened(url, make=make)
        info = self._link.connection.info
        self.version = f"{info.server_version // 10000}.{info.server_version % 10000}"
        self.is_private = self._link.connection.pgconn.ssl_in_use or _is_here(info.host)
        for name, value in (
            ("application_name", COMMAND),
            ("statement_timeout", f"{PATIENCE:.0f}s"),
            ("idle_session_timeout", f"{PATIENCE:.0f}s"),
        ):
            self.execute("SELECT set_config(%s, %s, false)", [name, value])

    def close(self) -> None:
        """Close it; the server frees what it holds."""
        self._link.close()

    def call(self, work: Work[Any], term: int | None = None) -> Any:  # noqa: ARG002 - it has one term only
        """Return what `work` returns for the connection.

        Raises:
            Uncertain: There is no answer.
        """
        try:
            with self._link.bounded(PATIENCE) as connection:
                return work(connection)
        except psycopg.Error as error:
            words = f"{self.place} does not answer as it should: {reason(error, self._url)}"
            raise Uncertain(f"{words}; check that it runs, then try again") from None

    def holding(self, term: int) -> bool:  # noqa: ARG002 - as above
        """Return whether anything may be sent for an account: never."""
        return False

    def execute(self, statement: str, values: Any = ()) -> list[Any]:
        """Return the rows of a statement; raises as `call`."""

        def work(connection: psycopg.Connection) -> list[Any]:
            cursor = connection.execute(statement, values)  # type: ignore[call-overload, unused-ignore]
            return cursor.fetchall() if cursor.description else []

        rows: list[Any] = self.call(work)
        return rows

    def log(self, account: str) -> AccountLog:
        """Return the log of an account; only whoever has taken it may write to it."""
        return AccountLog(self, account, 0)

    @cached_property
    def seen(self) -> ClusterNow:
        """Who was there and held what, when it was asked for first."""
        return self.look()

    def look(self) -> ClusterNow:
        """Return who is there and holds what."""
        sessions = {pid: (name, address, since) for pid, name, address, since in self.execute(_SESSIONS)}
        workers = {pid: _worker(*session) for pid, session in sessions.items() if _is_worker(session[0])}
        held, cannot = {}, set()
        for pid, mode, key in self.execute(LOCKS):
            if mode == "ExclusiveLock":
                held[key] = workers[pid].name if pid in workers else MOVE
            else:
                cannot.add((pid, key))
        accounts = [
            AccountThere(
                name,
                holder=held.get(key, ""),
                since=since if key in held else None,
                last=worker,
                able=frozenset(
                    each.name for pid, each in workers.items() if (pid, unable) not in cannot and not each.leaves
                ),
                wish=wish,
            )
            for name, key, unable, worker, since, wish in self.execute(_ACCOUNTS)
        ]
        return ClusterNow(list(workers.values()), accounts)

    @cached_property
    def address(self) -> str:
        """This host, as the server calls it."""
        ((address,),) = self.execute("SELECT coalesce(host(inet_client_addr()), 'this host')")
        return str(address)

    def has_state(self, account: str) -> bool:
        """Return whether the database has the state of an account."""
        ((found,),) = self.execute(_HAS_STATE, {"account": account})
        return bool(found)

    def now(self) -> float:
        """Return the server's present time (Unix seconds)."""
        ((now,),) = self.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        return float(now)

    def wish(self, account: str, wish: str) -> None:
        """Leave a wish to whoever holds an account now, or next."""
        self.execute("UPDATE accounts SET wish = %s WHERE name = %s", [wish, account])


@contextmanager
def visit(url: str, *, make: bool = False) -> Iterator[Visit]:
    """Open a visit for the block; within another visit to the same database, give that one.

    Raises:
        DatabaseError: The database cannot be used.
    """
    if _under_way and _under_way[-1][0] == url:
        yield _under_way[-1][1]
        return
    opened_now = Visit(url, make=make)
    _under_way.append((url, opened_now))
    try:
        yield opened_now
    finally:
        _under_way.pop()
        opened_now.close()


#: Commands have one thread.
_under_way: list[tuple[str, Visit]] = []


def _is_here(host: str) -> bool:
    """Return whether the server is on this host: by a socket in a folder, or on loopback."""
    if host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_worker(name: str) -> bool:
    return name.startswith((WORKER, LEAVING))


def _worker(session: str, address: str, since: float) -> WorkerThere:
    leaves = session.startswith(LEAVING)
    return WorkerThere(session.removeprefix(LEAVING if leaves else WORKER), address, since, leaves=leaves)
