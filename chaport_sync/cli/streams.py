"""Standard streams as they come: closed, full, or of an encoding that lacks letters; no exit code depends on it."""

import io
import os
import sys
from typing import TextIO

#: Descriptors up to this one are the standard streams.
_LAST = 2


def prepare() -> None:
    """Have streams that are there and can take any text; what their encoding lacks becomes a question mark."""
    # Whoever closes a stream must not find the state file in its place.
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


def give_up(stream: TextIO) -> None:
    """Let what is left to be written to a stream that fails go nowhere, or the interpreter's end would fail as well."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
