"""Traps that a daemon process sets for itself before it begins: at one moment of one write it dies, or is stopped.

By default it dies by SIGKILL; `by` may be SIGSTOP instead.
"""

import json
import os
import re
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chaport_sync.api.request_queue import Share
from chaport_sync.api.transport import Transport
from chaport_sync.store.connection import Connection
from chaport_sync.store.logged import LoggedConnection

_struck: list[signal.Signals] = []


def before_it_is_recorded(announced: str) -> None:
    """Die at the end of the transaction that would record the write: nothing of it reaches the state file.

    Args:
        announced: Asks the state file for the write; see `crash_matrix.Row`.
    """
    original = Connection.writing

    @contextmanager
    def writing(state_file: Connection) -> Iterator[sqlite3.Connection]:
        with original(state_file) as connection:
            yield connection
            if connection.execute(announced).fetchone():
                _strike(signal.SIGKILL)

    Connection.writing = writing  # type: ignore[method-assign, assignment]


def before_it_is_appended(announced: str, by: signal.Signals = signal.SIGKILL) -> None:
    """Die when the transaction that records the write is committed, and is about to be appended to the log."""
    _around_the_appending(announced, by, before=True)


def once_it_is_appended(announced: str, by: signal.Signals = signal.SIGKILL) -> None:
    """Die when the log has taken the transaction that records the write."""
    _around_the_appending(announced, by, before=False)


def before_it_is_sent(request: str) -> None:
    """Die when the write is handed over to be sent."""
    _around_the_sending(request, signal.SIGKILL, before=True)


def before_the_answer_is_recorded(request: str, by: signal.Signals = signal.SIGKILL) -> None:
    """Die when the answer to the write was read."""
    _around_the_sending(request, by, before=False)


def as_line(method: str, path: str, body: Any) -> str:
    """Return a request as the one line by which writes are recognised."""
    return f"{method} {path} {json.dumps(body)}"


def _around_the_appending(announced: str, by: signal.Signals, *, before: bool) -> None:
    original = LoggedConnection.sync

    def sync(state: LoggedConnection) -> None:
        struck = bool(state.all(announced))
        if struck and before:
            _strike(by)
        original(state)
        if struck:
            _strike(by)

    LoggedConnection.sync = sync  # type: ignore[method-assign, assignment]


def _around_the_sending(request: str, by: signal.Signals, *, before: bool) -> None:
    original = Transport.write

    async def write(transport: Transport, method: str, path: str, share: Share, body: Any, **more: Any) -> Any:
        struck = re.search(request, as_line(method, path, body)) is not None
        if struck and before:
            _strike(by)
        answer = await original(transport, method, path, share, body, **more)
        if struck:
            _strike(by)
        return answer

    Transport.write = write  # type: ignore[method-assign, assignment]


def _strike(by: signal.Signals) -> None:
    # Whoever was stopped goes on later, perhaps to the same moment.
    if not _struck:
        _struck.append(by)
        os.kill(os.getpid(), by)
