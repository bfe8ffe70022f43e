"""A PostgreSQL of the tests' own, on loopback, as a user without rights; without it the tests are skipped."""

import os
import pwd
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from chaport_sync.cli.demo.database import NoDatabase, programs, without_rights
from tests.scraping import free_port

#: Keeps the folder as long as its input is open, then stops the server and removes the folder, whatever has happened.
_GUARD = 'cat >/dev/null; "$0/pg_ctl" -D "$1/db" -m immediate stop >/dev/null 2>&1; rm -rf "$1"'
_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
max_connections = 50
shared_buffers = 16MB
dynamic_shared_memory_type = mmap
"""


class Unavailable(Exception):
    """There can be no server here; says why."""


class Postgres:
    """A server in a folder of its own.

    Attributes:
        port: Its port on loopback.
        folder: What it may write; it belongs to the server's user.
    """

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self.folder = programs, folder
        self.port = free_port()
        self._databases = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers; raises `Unavailable` if it ends at once."""
        command = [str(self._programs / "postgres"), "-D", str(self.folder / "db"), "-p", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **without_rights()
            )
        self._process = process
        while process.poll() is None:
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.url()).close()
                return
            time.sleep(0.02)
        raise Unavailable(f"PostgreSQL does not start here: {(self.folder / 'log').read_text()[-300:]}")

    def kill(self) -> None:
        """Kill it and all its sessions without warning; returns when it is gone."""
        assert self._process is not None
        main = self._process.pid
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for pid in (main, *map(int, children)):
            os.kill(pid, signal.SIGKILL)
        self._process.wait()
        while any(Path(f"/proc/{pid}/exe").exists() for pid in children):  # the dead that nobody buries have none
            time.sleep(0.005)

    def reap(self) -> None:
        """Wait for its end."""
        if self._process is not None:
            self._process.wait()

    def initialise(self) -> None:
        """Make its files; raises `Unavailable` if it cannot."""
        command = [str(self._programs / "initdb"), "-D", str(self.folder / "db"), "-U", "postgres", "-A", "trust", "-N"]
        done: subprocess.CompletedProcess[bytes] = subprocess.run(  # noqa: S603
            [*command, "-E", "UTF8", "--locale=C"],
            cwd=self.folder,
            capture_output=True,
            check=False,
            **without_rights(),
        )
        if done.returncode:
            raise Unavailable(f"PostgreSQL's initdb fails here: {done.stderr.decode()[-300:]}")
        with (self.folder / "db/postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS)

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        """Return the URL of a database."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def fresh(self) -> str:
        """Make a database, and return its URL."""
        self._databases += 1
        return self.create(f"chaport_{self._databases}")

    def create(self, name: str) -> str:
        """Make a database of this name, and return its URL."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload, unused-ignore]
        return self.url(name)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Make a server and start it.

    Raises:
        Unavailable: It cannot be had here.
    """
    try:
        folder_of_programs = programs()
    except NoDatabase:
        raise Unavailable("PostgreSQL is not installed (Debian's package postgresql)") from None
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a folder of one's own is made in it
    folder = Path(tempfile.mkdtemp(prefix="chaport-sync-postgres-", dir=base))
    if not os.getuid():
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    server = Postgres(folder_of_programs, folder)
    guard = subprocess.Popen(  # noqa: S603
        ["/bin/sh", "-c", _GUARD, str(folder_of_programs), str(folder)],
        **without_rights(),
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        server.initialise()
        server.start()
        yield server
    finally:
        guard.communicate()
        server.reap()
