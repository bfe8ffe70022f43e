"""Say why a state file cannot be made at its path, in the same words before and after trying (P7)."""

import os
from pathlib import Path


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
