"""Where log lines go: nobody who reads them too slowly, or not at all, stops what they tell about (P10)."""

import os
import socket
import stat
from collections.abc import Callable
from typing import TextIO

#: Sends some of these bytes and says how many; raises `BlockingIOError` where there is no room for any.
Send = Callable[[bytes], int]


class LogStream:
    """Writes lines without waiting for a pipe, a socket or a terminal; what finds no room is dropped and counted.

    A file is waited for. A stream that fails, because its disk is full or its reader has left, takes everything.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._send, self._close = _without_waiting(out)
        self._rest = b""
        self._dropped = 0

    def write(self, line: str, tell: Callable[[int], str]) -> None:
        """Write a line, or drop it; before the next one that finds room stands what `tell` says of so many dropped."""
        # Both or neither: what is said of dropped lines is short, and would find room again and again.
        if self._put(f"{tell(self._dropped)}\n{line}" if self._dropped else line):
            self._dropped = 0
        else:
            self._dropped += 1

    def close(self) -> None:
        """Give back what was opened; from now on lines are waited for."""
        self._send = None
        self._close()
        self._close = _nothing

    def _put(self, line: str) -> bool:
        try:
            if self._send is None:
                self._wait_for(line)
                return True
            # The rest of a long line that found room in part comes first: lines stay whole.
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


def _nothing() -> None:
    pass


def _without_waiting(out: TextIO) -> tuple[Send | None, Callable[[], None]]:
    """Return what sends without waiting, and what closes it; None where that cannot be had or is not needed.

    The stream itself is left as it is: other programs may share it, and would meet errors that they do not expect.
    """
    try:
        descriptor = out.fileno()
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISSOCK(mode):
            channel = socket.socket(fileno=os.dup(descriptor))
            return lambda text: channel.send(text, socket.MSG_DONTWAIT), channel.close
        if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
            flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
            own = os.open(f"/proc/self/fd/{descriptor}", flags)
            return lambda text: os.write(own, text), lambda: os.close(own)
    except (OSError, ValueError):
        pass
    return None, _nothing
