"""A PostgreSQL of the demo's own, in a folder of its own; only who may enter that folder can reach it."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

#: Where Debian has the server's programs; they are not on the PATH.
PLACES = "usr/lib/postgresql/*/bin/initdb"
#: No port, nothing forced to the disk: the data are deleted after a minute.
_SETTINGS = "-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c shared_buffers=16MB"


class NoDatabase(Exception):
    """There can be no server here; says what to do."""


@contextmanager
def database() -> Iterator[str]:
    """Run a server while the block runs, and yield the URL of an empty database; nothing of it is left afterwards.

    Raises:
        NoDatabase: It is not installed, or does not start.
    """
    server = programs()
    with tempfile.TemporaryDirectory(prefix="chaport-sync-demo-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        nobody = without_rights()
        if nobody:
            os.chown(folder, nobody["user"], nobody["group"])
        files = ["-D", str(folder / "db")]
        settings = _SETTINGS.format(folder=folder)
        start = ["start", "--wait", "--silent", "--log", str(folder / "log"), "--options", settings]
        new = ["-U", "chaport", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"]
        try:
            _run([server / "initdb", *files, *new], folder)
            _run([server / "pg_ctl", *files, *start], folder)
            yield f"postgresql://chaport@/postgres?host={quote(place, safe='')}"
        finally:
            stop: list[str | Path] = [server / "pg_ctl", *files, "stop", "--wait", "--silent", "--mode", "immediate"]
            subprocess.run(stop, cwd=folder, capture_output=True, check=False, **nobody)  # noqa: S603


def programs() -> Path:
    """Return the folder of the server's programs, the newest if there are several; raises `NoDatabase`."""
    found = sorted(Path("/").glob(PLACES), key=lambda each: [int(part) for part in re.findall(r"\d+", each.parts[-3])])
    program = found[-1] if found else Path(shutil.which("initdb") or "/")
    if not program.is_file():
        raise NoDatabase("the demo of a cluster starts a PostgreSQL of its own; install Debian's package postgresql")
    return program.parent


def _run(command: list[str | Path], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **without_rights())  # noqa: S603
    if done.returncode:
        log = folder / "log"
        words = (log.read_text("utf-8") if log.exists() else done.stderr).strip().splitlines() or [str(done.returncode)]
        grave = [each for each in words if "FATAL" in each or "error:" in each] or words[-1:]
        raise NoDatabase(f"PostgreSQL does not start here: {grave[0]}")


def without_rights() -> dict[str, Any]:
    """Return what lets a process run without rights: the server refuses to run as root."""
    if os.getuid():
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
