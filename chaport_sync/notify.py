"""Telling systemd how we are (sd_notify(3)): READY, STATUS, WATCHDOG, STOPPING. Silent where nobody listens."""

import os
import socket
from collections.abc import Mapping


class Notifier:
    """The notification socket of the service manager, if there is one."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        microseconds = environ.get("WATCHDOG_USEC", "")
        mine = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.watchdog = int(microseconds) / 1e6 if mine and microseconds.isdigit() else 0.0

    def tell(self, *lines: str) -> None:
        """Send assignments such as `READY=1`; a manager that does not listen is no reason to fail."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
                channel.sendto("\n".join(lines).encode(), self._address)
        except OSError:
            return
