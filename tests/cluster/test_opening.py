"""K1: a database that cannot be worked with is refused, in a sentence for an administrator and without the password."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import psycopg
import pytest

from chaport_sync.cli.demo.database import without_rights
from chaport_sync.cluster.errors import DatabaseError, Unreachable, Unusable, place, reason
from chaport_sync.cluster.opening import opened
from chaport_sync.cluster.session import Session
from tests.cluster.postgres import Postgres
from tests.cluster.sessions import session, stall
from tests.scraping import free_port

pytestmark = pytest.mark.processes


def refused(url: str, kind: type[DatabaseError] = Unusable) -> str:
    """Return why a database is refused."""
    with pytest.raises(kind) as why:
        opened(url).close()
    assert "\n" not in str(why.value)
    return str(why.value)


def execute(url: str, *statements: str) -> None:
    """Run statements in a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        for each in statements:
            connection.execute(each)  # type: ignore[call-overload, unused-ignore]


async def test_the_first_workers_make_the_tables(url: str) -> None:
    """K1: eight workers that come at once to an empty database all succeed, and later ones too."""
    sessions = [Session(url) for _ in range(8)]
    await asyncio.gather(*(each.open() for each in sessions))
    for each in sessions:
        await each.close()
    async with session(url) as (later, _):
        found = await later.ask(lambda each: each.execute("SELECT version FROM chaport_sync").fetchall())
        assert found == [(1,)]


def test_another_programs(url: str) -> None:
    """K1: a database with tables of another program is left untouched."""
    execute(url, "CREATE TABLE invoices (id int)")
    name = url.rpartition("/")[2]
    assert refused(url) == (
        f"the database {name} on 127.0.0.1 belongs to another program: it has the table invoices;"
        " make a database of its own for chaport-sync"
    )
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (1,)


def test_a_newer_version(url: str) -> None:
    """K1: the tables of a newer version are left to newer programs."""
    opened(url).close()
    execute(url, "UPDATE chaport_sync SET version = 2")
    assert "was set up by a newer version of chaport-sync; install that one" in refused(url)


def test_read_only(url: str) -> None:
    """K1: a database that cannot be written, as a standby's, is refused."""
    execute(url, f"ALTER DATABASE {url.rpartition('/')[2]} SET default_transaction_read_only = on")
    assert "is read-only, as a standby is; name the server that can be written" in refused(url)


def test_no_rights(url: str, server: Postgres) -> None:
    """K1: a user that may not make tables learns whose the database should be."""
    user = f"guest_{url.rpartition('_')[2]}"
    execute(url, f"CREATE ROLE {user} LOGIN")
    words = refused(server.url(url.rpartition("/")[2], user))
    assert f"may not be used by {user}: permission denied for schema public; make that user the owner" in words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda url: url.replace("postgres@", "nobody:hunter2@"), 'refuses the login: .*role "nobody" does not exist'),
        (lambda url: url + "x", 'refuses the login: .*database "chaport_.*x" does not exist'),
        (lambda url: url.replace("postgres@", "postgres:hunter%2@"), "the database cannot be used: its URL cannot be"),
        (lambda url: url + "?hunter2=1", "the database cannot be used: its URL cannot be read"),
    ],
)
def test_the_login(url: str, change: object, words: str) -> None:
    """K1: a wrong user, name or URL is said, without the password."""
    with pytest.raises(Unusable, match=words) as why:
        opened(change(url)).close()  # type: ignore[operator]
    assert "hunter" not in str(why.value)


def test_a_password_that_is_quoted() -> None:
    """K1: whatever a server says, the password is not repeated."""
    url = "postgresql://chaport:hunter%32@db1/chaport"
    assert reason(RuntimeError("no pg_hba.conf entry\nfor hunter2"), url) == "no pg_hba.conf entry for …"
    assert place(url) == "the database chaport on db1"


async def test_a_first_attempt_that_fails_is_told(url: str) -> None:
    """K1: a worker that is started on a bad database is told so, nothing goes on behind it, and it may try again."""
    before = threading.active_count()
    with pytest.raises(Unusable):
        await (later := Session(url + "x")).open()
    async with asyncio.timeout(1):
        while threading.active_count() > before:  # noqa: ASYNC110 - a thread ends
            await asyncio.sleep(0.01)
    execute(url, f"CREATE DATABASE {url.rpartition('/')[2]}x")
    await later.open()
    await stall(later, 0)
    await later.close()


def test_nobody_listens() -> None:
    """K1: a server that is away is another thing than a wrong database."""
    words = refused(f"postgresql://chaport:hunter2@127.0.0.1:{free_port()}/chaport", Unreachable)
    assert "the database chaport on 127.0.0.1 cannot be reached:" in words
    assert "check that it runs" in words
    assert "hunter2" not in words


def test_a_server_that_says_nothing() -> None:
    """K1: an attempt is given up after 3 s when something accepts the connection and is silent."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        began = time.monotonic()
        refused(f"postgresql://chaport@127.0.0.1:{silent.getsockname()[1]}/chaport?sslmode=disable", Unreachable)
        assert time.monotonic() - began < 4


@contextmanager
def pooler(server: Postgres, mode: str, size: int = 5) -> Iterator[int]:
    """Run PgBouncer before a server, and return its port."""
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    if not os.access(program, os.X_OK):
        pytest.skip("PgBouncer is not installed (Debian's package pgbouncer)")
    port = free_port()
    settings = server.folder / f"pgbouncer-{port}.ini"
    settings.write_text(
        f"[databases]\n* = host=127.0.0.1 port={server.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = any\nauth_file =\npool_mode = {mode}\n"
        f"default_pool_size = {size}\nserver_round_robin = {int(size > 1)}\n"
    )
    settings.write_text(settings.read_text().replace("* = host", "* = user=postgres host"))
    process = subprocess.Popen([program, "-q", str(settings)], stderr=subprocess.DEVNULL, **without_rights())  # noqa: S603
    try:
        for _ in range(200):
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.02)
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_pooler_of_transactions_is_refused(server: Postgres, url: str, size: int) -> None:
    """K1: behind a pooler that lends sessions for a transaction no lock would hold; it is recognised while idle."""
    with pooler(server, "transaction", size) as port:
        through = url.replace(str(server.port), str(port))
        with ExitStack() as busy:  # it keeps as many sessions as were busy at once
            for _ in range(size):
                connection = busy.enter_context(psycopg.connect(through))
                connection.execute("SELECT 1")
        assert "through a pooler that gives each statement another session; connect to the server" in refused(through)


async def test_a_pooler_of_sessions_is_all_right(server: Postgres, url: str) -> None:
    """K1: a pooler that gives a session to one client at a time serves, and the process is the server's own."""
    with pooler(server, "session") as port:
        async with session(url.replace(str(server.port), str(port))) as (opened_one, _):
            await stall(opened_one, 0)
            found = await opened_one.ask(lambda each: each.execute("SELECT pg_backend_pid()").fetchone())
            assert found == (opened_one.pid,)
