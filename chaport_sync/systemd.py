"""What the daemon tells systemd: its state (sd_notify(3)), and the priority of each line of the log."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import TextIO

_PRIORITIES: Mapping[str, int] = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}


def leads_to_journal(out: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether this stream leads to systemd's journal, by `$JOURNAL_STREAM` (systemd.exec(5))."""
    told = environ.get("JOURNAL_STREAM")
    if not told:
        return False
    try:
        status = os.fstat(out.fileno())
    except (OSError, ValueError):
        return False
    return told == f"{status.st_dev}:{status.st_ino}"


def journal_prefix(level: str) -> str:
    """Return the prefix of a line of this level; the journal removes it (sd-daemon(3))."""
    return f"<{_PRIORITIES.get(level, 6)}>"


class Notifier:
    """The notification socket of the service manager, if there is one; `watchdog` is in seconds, 0 for none."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        microseconds = environ.get("WATCHDOG_USEC", "")
        mine = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.watchdog = int(microseconds) / 1e6 if mine and microseconds.isdigit() else 0.0
        self._unsent: dict[str, str] = {}

    def tell(self, *lines: str) -> None:
        """Send assignments such as `READY=1`; what cannot be sent goes with the next ones.

        It does not wait: a service manager that does not read for a while must not stop the daemon.
        """
        if not self._address:
            return
        self._unsent |= {line.partition("=")[0]: line for line in lines}
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.settimeout(0)
            channel.sendto("\n".join(self._unsent.values()).encode(), self._address)
            self._unsent.clear()
