"""Many idle accounts in one process, over TLS: processor time, memory, how late polls are, its start and its end."""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import quantiles

from benchmarks.companies import People
from benchmarks.processes import PATIENCE, Daemon, running_by
from benchmarks.replaying import Replayed, Trouble, replayed
from benchmarks.row import Goal, Row
from benchmarks.services import Accounts
from benchmarks.worlds import MEMORY

NUMBERS, SECONDS = (1, 10, 100, 1000), 60.0
#: The goals, which so many accounts have to meet.
MANY = 1000
CPU, MEGABYTES, LATE, READY, STOP = 50.0, 700.0, 1.0, 60.0, 10.0
#: After the start chats are read more often for a while (seconds).
SETTLED = 60.0
#: The default poll of the statuses (seconds).
POLL = 15.0
#: What connections and state files of a thousand accounts need.
DESCRIPTORS = 16384
#: The daemon's polls do not vary, so that it can be seen which come late.
EVEN = "import chaport_sync.schedule; chaport_sync.schedule.JITTER = 0.0"
#: First polls come at once; else the smallest size takes a minute.
AT_ONCE = f"{EVEN}; import chaport_sync.fleet; chaport_sync.fleet.SPREAD_OVER = 0.0"
#: Each account brings its state to the disk at each look, for which the first one's takes so long (seconds).
SLOW_DISK = """
import time
from chaport_sync.store.connection import Connection
Connection.sync_every = 0.0
sync = Connection.sync
def slow(connection):
    if connection.path.stem == "a0":
        time.sleep({seconds})
    sync(connection)
Connection.sync = slow
"""
#: Starts the daemon, which executes the code `before` first.
Start = Callable[..., AbstractContextManager[Daemon]]


@dataclass(frozen=True)
class Alike:
    """Both services as each account sees them: ten agents who are offline, and visitors who wrote days ago."""

    visitors: int = 20

    def __call__(self, accounts: Accounts) -> None:
        """Fill them, and take each account's token."""
        People(10, online=False, visitors=self.visitors)(accounts)
        accounts.sandbox.chaport.refusal = lambda _: None  # type: ignore[assignment, method-assign]


def rows(*, small: bool) -> Iterator[Row]:
    """Measure so many accounts, all with the same services behind them, and each with a state file of its own."""
    allow_descriptors()
    for number in (2,) if small else NUMBERS:
        with (
            tempfile.TemporaryDirectory(dir=MEMORY) as folder,
            replayed(Alike(1 if small else 20), number, Path(folder)) as services,
        ):
            start = partial(
                running_by,
                configured(services, Path(folder)),
                forked=False,
                environ={"SSL_CERT_FILE": str(services.certificates)},
            )
            yield from idle(services, start, number, small=small)
            if number == MANY or small:
                yield from in_trouble(services, start, number, small=small)


def idle(services: Replayed, start: Start, number: int, *, small: bool) -> Iterator[Row]:
    """Run a daemon with so many accounts, which reads all that there is; then run it again for a while."""
    told = f"{number:,} {'account' if number == 1 else 'accounts'}"
    seconds = 0.2 if small else SECONDS
    even = AT_ONCE if small else EVEN
    with start(before=even) as daemon:
        yield Row(f"{told}, first start: all is read", all_read(daemon, number), "s")
    with start(before=even) as daemon:
        yield Row(f"{told}, start: READY", daemon.ready_after, "s", goal=_goal(READY, number))
        yield Row(f"{told}, start: all is read", all_read(daemon, number), "s", goal=_goal(READY, number))
        time.sleep(0.0 if small else SETTLED)
        services.polls()
        yield Row(f"{told}, idle", daemon.share(seconds), "% of a core", goal=_goal(CPU, number))
        yield Row(f"{told}, memory", daemon.megabytes(), "MB", goal=_goal(MEGABYTES, number))
        late = lateness(services.polls())
        yield Row(f"{told}, 95 % of the polls are late by at most", late[95], "s")
        yield Row(f"{told}, 99 % of the polls are late by at most", late[99], "s", goal=_goal(LATE, number))
        ends = time.monotonic()
    yield Row(f"{told}, end", time.monotonic() - ends, "s", goal=_goal(STOP, number))


def in_trouble(services: Replayed, start: Start, number: int, *, small: bool) -> Iterator[Row]:
    """Tell how late the other accounts' polls are while the first one is in trouble."""

    def others(daemon: Daemon) -> float:
        all_read(daemon, number)
        time.sleep(0.0 if small else SETTLED)
        services.polls()
        time.sleep(0.2 if small else SECONDS)
        return lateness({place: at for place, at in services.polls().items() if place})[99]

    told = f"{number:,} accounts, 99 % of the polls, one account's"
    troubles: Mapping[Trouble, str] = {"hangs": "help desk hangs", "large": "answers have 16 MB"}
    with start(before=AT_ONCE if small else EVEN) as daemon:
        for trouble, words in troubles.items():
            services.trouble(trouble)
            yield Row(f"{told} {words}", others(daemon), "s", goal=_goal(LATE, number))
        services.trouble(None)
    slow = SLOW_DISK.format(seconds=0.1 if small else 5.0)
    with start(before=(AT_ONCE if small else EVEN) + slow) as daemon:
        yield Row(f"{told} disk takes 5 s", others(daemon), "s", goal=_goal(LATE, number))


def lateness(polls: Mapping[int, Sequence[float]]) -> Mapping[int, float]:
    """Return by how many seconds 95 % and 99 % of the polls are late at most, from when each account's came."""
    late = [max(0.0, after - before - POLL) for at in polls.values() for before, after in pairwise(at)]
    parts = quantiles([*late, 0.0, 0.0], n=100)
    return {part: parts[part - 1] for part in (95, 99)}


def configured(services: Replayed, folder: Path) -> Path:
    """Write a configuration of all accounts that are served, and return it."""
    directory = folder / "accounts.d"
    directory.mkdir()
    config = folder / "config.toml"
    config.write_text(
        f'[accounts]\ndirectory = "accounts.d"\n[state]\npath = "{folder}"\n'
        f'[chaport]\nurl = "{services.chaport}"\n[cases]\nchannel = "cch12"\n',
        "utf-8",
    )
    for place, url in enumerate(services.deskie):
        file = directory / f"a{place}.toml"
        file.write_text(f'[deskie]\nurl = "{url}"\nemail = "{services.email}"\n', "utf-8")
        file.with_suffix(".deskie_api_key").write_text(services.api_key, "utf-8")
        file.with_suffix(".chaport_token").write_text(f"token-{place}", "utf-8")
    return config


def all_read(daemon: Daemon, number: int) -> float:
    """Wait until each account has read its services, and return the seconds since the daemon began."""
    began = time.monotonic()
    while daemon.log.read_text("utf-8").count('"account.ready"') < number:
        assert time.monotonic() < began + 5 * PATIENCE, "not all accounts became ready"
        time.sleep(0.2)
    return daemon.ready_after + time.monotonic() - began


def _goal(most: float, number: int) -> Goal | None:
    return Goal("ours", most) if number == MANY else None


def allow_descriptors() -> None:
    """Allow this process and its children as many open files as a thousand accounts need, as the unit does."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(DESCRIPTORS, most), most))
