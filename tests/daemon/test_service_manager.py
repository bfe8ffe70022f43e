"""A service manager that does not read what it is told (P8)."""

import socket
from contextlib import suppress
from pathlib import Path

from chaport_sync.systemd import Notifier

#: More messages than a socket holds that nobody reads.
SURELY_FULL = 2000


def test_a_manager_that_does_not_read(tmp_path: Path) -> None:
    """P8: it does not stop the daemon, and hears what it needs once it reads again."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.settimeout(0)
        notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        for _ in range(SURELY_FULL):
            notifier.tell("STATUS=busy")
        notifier.tell("READY=1")
        with suppress(BlockingIOError):
            while True:
                assert channel.recv(65536) == b"STATUS=busy"
        notifier.tell("STATUS=well")
        assert channel.recv(65536).split(b"\n") == [b"STATUS=well", b"READY=1"]
