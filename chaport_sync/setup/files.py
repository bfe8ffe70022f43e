"""Writes files so that none is ever seen half written: each is made beside its place, then renamed."""

import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class NewFile:
    """A file to be written. With `group` it is given to that group's number; `mode` is for a file that is new."""

    path: Path
    content: str
    mode: int
    group: int | None = None
    keeps_mode: bool = False


def write_together(files: Sequence[NewFile], now: datetime) -> list[Path]:
    """Write these files, all or none, and keep a dated copy of each that is replaced; return the copies.

    Args:
        files: In the order in which they take their places.
        now: The local time, for the names of the copies.

    Raises:
        OSError: A file cannot be written; then none was.
    """
    renames: list[tuple[Path, Path]] = []
    copies: list[Path] = []
    try:
        for file in files:
            # A link stays a link.
            path = file.path.resolve()
            path.parent.mkdir(parents=True, exist_ok=True)
            mode, owner, group = file.mode, -1, -1 if file.group is None else file.group
            if path.exists():
                found = path.stat()
                owner, group = found.st_uid, found.st_gid if file.group is None else file.group
                copy = copy_of(path, now)
                renames.append((beside(copy, path.read_bytes(), found.st_mode & 0o777, owner, group), copy))
                copies.append(copy)
                mode = found.st_mode & 0o777 if file.keeps_mode else mode
            renames.append((beside(path, file.content.encode(), mode, owner, group), path))
    except BaseException:
        for temporary, _ in renames:
            temporary.unlink(missing_ok=True)
        raise
    for temporary, path in renames:
        temporary.replace(path)
    return copies


def copy_of(path: Path, now: datetime) -> Path:
    """Return the name of a file's copy: with the date, and with the time if a copy of that date is there."""
    copy = path.with_name(f"{path.name}.{now:%Y-%m-%d}")
    return path.with_name(f"{path.name}.{now:%Y-%m-%dT%H%M%S}") if copy.exists() else copy


def beside(path: Path, content: bytes, mode: int, owner: int = -1, group: int = -1) -> Path:
    """Write a temporary file beside `path` and return it; nobody else can read it before it has its mode.

    Raises:
        OSError: It cannot be written; then there is none.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            made = os.fstat(file.fileno())
            if owner not in (-1, made.st_uid) or group not in (-1, made.st_gid):
                os.fchown(file.fileno(), owner, group)
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    return temporary
