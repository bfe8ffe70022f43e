"""Why a state file cannot be used; each message says which one, why and what to do (P7)."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StoreError(Exception):
    """The state file cannot be used; the message says which one, why and what to do."""


class Busy(StoreError):
    """Another instance uses this state file."""


class Foreign(StoreError):
    """The state file belongs to other accounts than the configuration names."""


class Fenced(StoreError):
    """Another worker writes the state of this account; whoever is told so must not use it any more (K2)."""


@contextmanager
def readable_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's and the system's errors into a `StoreError` that says what to do."""
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
            words = f"the file {path} is not a state file of chaport-sync, or is damaged"
            raise StoreError(f"{words}; set [state] path to another one, or if it was one move it away") from error
        if isinstance(error, OSError) and (words := cannot_be_made(path)):
            raise StoreError(f"the state file {words}") from error
        raise StoreError(
            f"the state file {path} cannot be used: {error}; check its disk and its permissions,"
            " or if it is damaged move it away"
        ) from error


def cannot_be_made(path: Path) -> str:
    """Say why a state file that is not there cannot be made with its directories, and what to do; empty if it can."""
    why = "" if os.path.isfile(path) else _why_not(path)  # noqa: PTH113 - what may not be looked into is no error
    return why and f"{path} cannot be made: {why}; set [state] path to a place that can be written"


def _why_not(path: Path) -> str:
    """Return why nothing can be made at a path, found at its nearest directory that exists; empty if it can."""
    if os.path.exists(path):  # noqa: PTH110 - as above
        return "something that is no file is there"
    there = next(parent for parent in path.absolute().parents if os.path.lexists(parent))
    if not there.is_dir():
        return f"{there} is not a directory"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"{there} may not be written by whoever runs this"
    trial = there / f".chaport-sync-{os.getpid()}"
    try:
        # Root has every permission, but cannot write in some places.
        trial.mkdir()
        trial.rmdir()
    except OSError as error:
        return f"{there} cannot hold it: {error.strerror}"
    return ""
