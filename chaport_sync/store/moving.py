"""Bringing a state file into a log, and the state that a log keeps into a file (P7)."""

import os
from contextlib import closing
from pathlib import Path

from chaport_sync.store import changelog, file
from chaport_sync.store.changelog import Log
from chaport_sync.store.errors import StoreError, readable_errors
from chaport_sync.store.lock import Lock

#: What a state file is called that was moved.
MOVED = ".moved"


def as_snapshot(path: Path) -> bytes:
    """Return a state file as the body of a snapshot; raises `StoreError`."""
    with closing(file.copy_in_memory(path)) as copy:
        return changelog.snapshot(copy)


def set_aside(lock: Lock) -> Path:
    """Rename a state file whose lock is held, so that nothing uses it any more; return its new path."""
    path = lock.path
    moved = path.with_name(path.name + MOVED)
    with readable_errors(path):
        path.rename(moved)
        # Whoever runs this may be another user than the daemon, which could not open it then.
        path.with_name(path.name + ".lock").unlink(missing_ok=True)
    return moved


def as_file(log: Log, path: Path) -> None:
    """Write the state that a log keeps into a new state file; when it returns, the file is on the disk.

    A file that has just this state was written by an earlier move, which was interrupted.

    Raises:
        StoreError: The log cannot be read, the file cannot be written, or there is another one already.
    """
    with closing(changelog.loaded(log)[0]) as connection:
        file.migrate(connection)
        content = connection.serialize()
    with readable_errors(path):
        if not path.is_file() or path.read_bytes() != content:
            _write(path, content)


def _write(path: Path, content: bytes) -> None:
    """Write a new file under another name, give it its name then, and bring both to the disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner, beside = path.parent.stat(), path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    try:
        with open(beside, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as new:
            new.write(content)
            new.flush()
            if not os.geteuid():
                os.fchown(new.fileno(), owner.st_uid, owner.st_gid)  # the daemon's user
            os.fsync(new.fileno())
        os.link(beside, path)  # unlike a renaming it replaces nothing
    except FileExistsError:
        raise StoreError(f"there is a state file {path} already; move it away, it is not replaced") from None
    finally:
        beside.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
