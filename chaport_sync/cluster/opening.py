"""Opening a session: how long everything may take, and what cannot be worked with."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

from chaport_sync.cluster import schema
from chaport_sync.cluster.errors import Unreachable, Unusable, place, reason

#: The server ends a session that says nothing for so long, and frees what it holds (seconds).
IDLE = 6.0
#: No statement may take longer, by the server's clock and by ours (seconds).
ANSWER = 3.0

_SETTINGS = {
    "idle_session_timeout": f"{IDLE:.0f}s",
    "statement_timeout": f"{ANSWER:.0f}s",
    "application_name": "chaport-sync",
}
# Without it a commit that was answered may be lost in a crash of the server, and with it the record of a request.
_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
_NETWORK: dict[str, Any] = {
    "connect_timeout": round(ANSWER),
    "keepalives": 1,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": round(ANSWER * 1000),
}


class Link:
    """A connection, and a way to end whatever waits for it.

    Attributes:
        connection: It commits each statement by itself.
        pid: The server's process.
    """

    pid = 0

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True, **_NETWORK)
        # A socket of its own: closing the connection cannot make `cut` hit somebody else's descriptor.
        self._socket = socket.socket(fileno=os.dup(self.connection.fileno()))

    def cut(self) -> None:
        """End a statement that is under way, and the connection with it; any thread may call it."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection, in the thread that uses it."""
        self.cut()
        self.connection.close()
        self._socket.close()

    @contextmanager
    def bounded(self, seconds: float = ANSWER) -> Iterator[psycopg.Connection]:
        """Cut the connection if the block takes longer."""
        timer = threading.Timer(seconds, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield self.connection
        finally:
            timer.cancel()


def opened(url: str, *, make: bool = True) -> Link:
    """Open a session that is fit to hold locks, in a database that has our tables; an empty one gets them with `make`.

    Raises:
        Unusable: An administrator has to change something.
        Unreachable: The database does not answer.
    """
    try:
        link = Link(url)
    except psycopg.ProgrammingError as error:
        raise Unusable(f"{place(url)} cannot be used: {reason(error, url)}") from None
    except psycopg.OperationalError as error:
        raise _refusal(error, url) from None
    try:
        with link.bounded() as connection:
            _begin(connection, url, make=make)
            link.pid = _process(connection)
    except psycopg.Error as error:
        link.close()
        raise Unreachable(f"{place(url)} does not answer as it should: {reason(error, url)}") from None
    except BaseException:
        link.close()
        raise
    return link


def _refusal(error: psycopg.OperationalError, url: str) -> Unusable | Unreachable:
    """Return why no connection was made.

    The library gives a refused login no code, only the server's words. A server that does not speak English counts as
    unreachable then, and its words say the rest.
    """
    words = reason(error, url)
    if any(each in words for each in ("authentication failed", "does not exist", "pg_hba.conf", "no password")):
        return Unusable(
            f"{place(url)} refuses the login: {words}; check the user, the password and the name in the URL"
        )
    return Unreachable(f"{place(url)} cannot be reached: {words}; check that it runs, and its address in the URL")


def _begin(connection: psycopg.Connection, url: str, *, make: bool) -> None:
    for name, value in _SETTINGS.items():
        connection.execute("SELECT set_config(%s, %s, false)", [name, value])
    if _is_shared(connection, url):
        words = "is reached through a pooler that gives each statement another session"
        raise Unusable(f"{place(url)} {words}; connect to the server itself, or switch the pooler to session pooling")
    connection.execute(_DURABLE)
    schema.prepare(connection, url, make=make)


def _is_shared(connection: psycopg.Connection, url: str) -> bool:
    """Return whether statements run in sessions of the server that others use too.

    The server itself tells its process when the connection is made, a pooler makes a number up. One that shares gives
    two idle connections the same process, or one connection several.
    """
    if _process(connection) == connection.info.backend_pid:
        return False
    with psycopg.connect(url, autocommit=True, **_NETWORK) as other:
        mine, others = _process(connection), _process(other)
        again = {_process(connection), _process(connection)}
    (kept,) = connection.execute("SELECT current_setting('idle_session_timeout')").fetchone() or ("",)
    return again != {mine} or others == mine or kept != _SETTINGS["idle_session_timeout"]


def _process(connection: psycopg.Connection) -> int:
    (pid,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
    return int(pid)
