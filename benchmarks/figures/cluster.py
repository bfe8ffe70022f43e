"""A cluster: what an account writes into the database, how fast a session writes, how many accounts a worker runs."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg

from benchmarks.figures.fleet import AT_ONCE, EVEN, SETTLED, Alike, all_read, allow_descriptors, configured
from benchmarks.processes import running_by
from benchmarks.replaying import Replayed, replayed
from benchmarks.row import Goal, Row
from benchmarks.worlds import MEMORY, in_a_world, poll
from chaport_sync.cluster.log import AccountLog
from chaport_sync.cluster.session import Session
from chaport_sync.core.model import DAY
from chaport_sync.sandbox.company import make_company
from chaport_sync.state_watch import StateWatch
from tests.cluster.postgres import Unavailable, postgres
from tests.store.logs import MemoryLog
from tests.world import World

HOUR = 3600.0
#: The goals of an idle account in an hour, from which the size of a database follows.
CHANGES, KILOBYTES = 252.0, 60.0
#: A worker should use no more than this of a core, and run so many accounts with it.
SHARE, ACCOUNTS = 60.0, 833.0
#: The size of a usual change (bytes), how many are written, and how many a second ten thousand accounts need.
SIZE, WRITES, WRITTEN = 500, 3000, 700.0
#: How many accounts a worker runs while its processor time is measured, and for so long (seconds).
NUMBER, SECONDS = 100, 60.0


class Weighed(MemoryLog):
    """A log that knows how much was written to it, snapshots too."""

    number = size = 0

    def append(self, seq: int, body: bytes) -> None:
        """Add a change."""
        self.number, self.size = self.number + 1, self.size + len(body)
        super().append(seq, body)

    def put_snapshot(self, seq: int, body: bytes) -> None:
        """Put a snapshot."""
        self.size += len(body)
        super().put_snapshot(seq, body)


def rows(*, small: bool) -> Iterator[Row]:
    """Measure an account in virtual time, then a session and a worker on a real server, if there can be one."""
    hours = 0.1 if small else 1.0
    for told, chats, goals in (
        ("an idle account", 0, (Goal("ours", CHANGES), Goal("ours", KILOBYTES))),
        ("an account with a new chat a minute", 60, (None, None)),
    ):
        number, size = in_a_world(partial(an_hour, chats=chats, hours=hours))
        yield Row(f"{told}: changes an hour", number / hours, "changes", goal=None if small else goals[0])
        yield Row(f"{told}: written an hour", size / hours / 1000, "kB", goal=None if small else goals[1])
    try:
        with postgres() as server:
            yield from on_a_server(server.fresh(), server.fresh(), small=small)
    except Unavailable as reason:
        print(f"Nothing is measured on a server: {reason}.")  # noqa: T201 - a report


async def an_hour(world: World, *, chats: int, hours: float) -> tuple[int, int]:
    """Return how many changes an account with ten agents writes in so many hours, and how many bytes."""
    log = world.changes = Weighed()
    make_company(world.sandbox, agents=9, visitors=60)
    world.wait(3 * DAY)
    app = await world.start()
    tasks = [asyncio.create_task(each) for each in (*map(poll, app.flows), StateWatch(app).watch())]
    await asyncio.sleep(HOUR / 3)
    before = log.number, log.size
    for _ in range(max(1, round(60 * hours))):
        if chats:
            chat = world.sandbox.chaport.start_chat(world.sandbox.chaport.add_visitor("Mary"))
            world.sandbox.chaport.visitor_says(chat, "Where is my order? It was to come on Monday.")
        await asyncio.sleep(60)
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return log.number - before[0], log.size - before[1]


def on_a_server(first: str, second: str, *, small: bool) -> Iterator[Row]:
    """Measure a session, and a worker beside a daemon with the same accounts on state files."""
    writes = 10 if small else WRITES
    bare = 1 / bare_insert(first, writes)
    yield Row(
        f"changes of {SIZE} bytes a second, one session",
        1 / asyncio.run(one_append(second, writes)),
        "changes/s",
        bare,
        "psycopg's plain INSERT",
        None if small else Goal("ours", WRITTEN, at_least=True),
    )
    number = 2 if small else NUMBER
    allow_descriptors()
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        place = Path(folder)
        with replayed(Alike(1 if small else 20), number, place) as services:
            config = configured(services, place)
            alone = idle(services, config, number, small=small)
            config.write_text(f'{config.read_text()}[cluster]\ndatabase = "{second}"\nworker = "one"\n')
            share = idle(services, config, number, small=small)
    yield Row(f"{number} accounts on a worker, idle", share, "% of a core", alone, "on state files")
    if not small:  # in a moment no processor time may be taken at all
        goal = Goal("ours", ACCOUNTS, at_least=True)
        yield Row(f"accounts a worker, at {SHARE:.0f} % of a core", SHARE * number / share, "accounts", goal=goal)


def bare_insert(url: str, number: int) -> float:
    """Return the seconds of an insertion by the same library."""
    body = b"x" * SIZE
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE changes (account text, seq bigint, body bytea, PRIMARY KEY (account, seq))")
        began = time.perf_counter()
        for seq in range(number):
            connection.execute("INSERT INTO changes VALUES ('acme', %s, %b)", [seq, body])
        return (time.perf_counter() - began) / number


async def one_append(url: str, number: int) -> float:
    """Return the seconds of a change that a worker appends."""
    session = Session(url)
    await session.open()
    try:
        log = AccountLog(session, "acme", session.term)

        def write() -> float:
            began = time.perf_counter()
            for seq in range(1, number + 1):
                log.append(seq, b"x" * SIZE)
            return (time.perf_counter() - began) / number

        return await asyncio.to_thread(write)
    finally:
        await session.close()


def idle(services: Replayed, config: Path, number: int, *, small: bool) -> float:
    """Return how much of a core a daemon takes that has read all of its accounts."""
    environ = {"SSL_CERT_FILE": str(services.certificates)}
    with running_by(config, forked=False, before=AT_ONCE if small else EVEN, environ=environ) as daemon:
        all_read(daemon, number)
        time.sleep(0.0 if small else SETTLED)
        return daemon.share(0.2 if small else SECONDS)
