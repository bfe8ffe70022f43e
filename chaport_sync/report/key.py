"""The key by which a report's names are hidden; it stays on this host."""

import os
import secrets
import stat
from pathlib import Path

NAME = "report.key"
_LENGTH = 32


def report_key(folder: Path) -> tuple[bytes, bool]:
    """Return the key in a folder, made on demand, and whether it is kept for the next report.

    A folder that is missing or cannot be written gives a key for one report: its names then differ from all others'.
    """
    path = folder / NAME
    try:
        if found := _read(path):
            return found, True
        key = secrets.token_bytes(_LENGTH)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(key)
    except OSError:
        return secrets.token_bytes(_LENGTH), False
    return key, True


def _read(path: Path) -> bytes:
    """Return the key in a file; an empty one if there is no file, or if others may read it."""
    try:
        with path.open("rb") as file:
            private = not os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO)
            key = file.read(_LENGTH + 1)
    except FileNotFoundError:
        return b""
    if private and len(key) == _LENGTH:
        return key
    raise OSError(f"{path} is no key")
