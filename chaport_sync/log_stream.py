"""Writing log lines without waiting: a slow reader, or none at all, does not stop the daemon (P10)."""

import os
import socket
import stat
from collections.abc import Callable
from contextlib import ExitStack
from typing import TextIO

#: Sends some of the bytes and returns how many; raises `BlockingIOError` if there is no room for a single one.
Send = Callable[[bytes], int]


class LogStream:
    """Writes lines without waiting for a pipe, a socket or a terminal; a line without room is dropped and counted.

    Writing to a file may wait. If the stream fails (its disk is full, its reader has left), lines are lost silently.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._opened = ExitStack()
        self._send = _without_waiting(out, self._opened)
        self._rest = b""
        self._dropped = 0

    def write(self, line: str, tell: Callable[[int], str]) -> None:
        """Write a line, or drop it; `tell` gives the line about the dropped ones, which stands before the next line."""
        # Both lines or neither: the one about dropped lines is short, and alone it would find room again and again.
        if self._put(f"{tell(self._dropped)}\n{line}" if self._dropped else line):
            self._dropped = 0
        else:
            self._dropped += 1

    def close(self) -> None:
        """Close what was opened here; from now on writing may wait."""
        self._send = None
        self._opened.close()

    def _put(self, line: str) -> bool:
        try:
            if self._send is None:
                self._wait_for(line)
                return True
            # The rest of a line that was written in part comes first, so that lines stay whole.
            if self._rest:
                self._rest = self._rest[self._send(self._rest) :]
            if self._rest:
                return False
            text = self._encoded(line)
            self._rest = text[self._send(text) :]
        except BlockingIOError:
            return False
        except (OSError, ValueError):
            self._rest = b""
        return True

    def _wait_for(self, line: str) -> None:
        try:
            self._out.write(f"{line}\n")
        except UnicodeEncodeError:
            self._out.write(f"{line.encode('ascii', 'backslashreplace').decode()}\n")
        self._out.flush()

    def _encoded(self, line: str) -> bytes:
        try:
            return f"{line}\n".encode(self._out.encoding or "utf-8")
        except UnicodeEncodeError:
            return f"{line}\n".encode("ascii", "backslashreplace")


def _without_waiting(out: TextIO, opened: ExitStack) -> Send | None:
    """Return a function that sends without waiting, None if there is no need or no way; `opened` closes what it uses.

    The stream itself stays in its mode: other programs may share it and do not expect `BlockingIOError`.
    """
    try:
        descriptor = out.fileno()
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISSOCK(mode):
            channel = opened.enter_context(socket.socket(fileno=os.dup(descriptor)))
            return lambda text: channel.send(text, socket.MSG_DONTWAIT)
        if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
            flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
            own = os.open(f"/proc/self/fd/{descriptor}", flags)
            opened.callback(os.close, own)
            return lambda text: os.write(own, text)
    except (OSError, ValueError):
        pass
    return None
