"""Makes standard streams usable: closed, full, or with few letters, they must not change the exit code."""

import io
import os
import sys
from typing import TextIO

#: The last descriptor of a standard stream.
_LAST = 2


def prepare_streams() -> None:
    """Open missing streams; a letter that a stream's encoding lacks becomes a question mark."""
    # If a stream was closed, its descriptor must not become the state file's.
    while (unused := os.open(os.devnull, os.O_RDWR)) <= _LAST:
        pass
    os.close(unused)
    sys.stdin = sys.stdin or open(0, closefd=False, encoding="utf-8")  # noqa: SIM115 - a descriptor has no path
    sys.stdout = sys.stdout or open(1, "w", closefd=False, encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False, encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def can_show_any(stream: TextIO) -> bool:
    """Return whether a stream's encoding has every letter."""
    return (stream.encoding or "utf-8").lower().startswith("utf")


def discard_rest(stream: TextIO) -> None:
    """Discard the unwritten rest of a stream that fails; otherwise Python would fail again at its exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
