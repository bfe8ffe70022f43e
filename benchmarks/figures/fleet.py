"""Many idle accounts in one process: processor time, memory, and how long its start and its end take."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.companies import People
from benchmarks.processes import PATIENCE, Daemon, running_by
from benchmarks.row import Goal, Row
from benchmarks.services import Accounts, Served, served
from benchmarks.worlds import MEMORY

#: The services of a thousand need more than the core that is left for them here.
NUMBERS, SECONDS = (1, 10, 100), 60.0
#: A tenth of what a thousand are to take, but for what does not grow with their number.
CPU, MEGABYTES, READY, STOP = 5.0, 120.0, 60.0, 10.0
MANY = 100
#: After the start chats are read more often for a while (seconds).
SETTLED = 60.0


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
    for number in (1, 2) if small else NUMBERS:
        with (
            tempfile.TemporaryDirectory(dir=MEMORY) as folder,
            served(Alike(1 if small else 20), addresses=number) as services,
        ):
            yield from measured(services, Path(folder), number, small=small)


def measured(services: Served, folder: Path, number: int, *, small: bool) -> Iterator[Row]:
    """Run a daemon with so many accounts for a while."""

    def goal(most: float) -> Goal | None:
        return Goal("ours", most) if number == MANY else None

    told = f"{number:,} {'account' if number == 1 else 'accounts'}"
    with running_by(configured(services, folder, number), forked=False) as daemon:
        ready = all_ready(daemon, number)
        time.sleep(0.0 if small else SETTLED)
        began, computed = time.monotonic(), daemon.cpu()
        time.sleep(0.2 if small else SECONDS)
        share = 100 * (daemon.cpu() - computed) / (time.monotonic() - began)
        yield Row(f"{told}, idle", share, "% of a core", goal=goal(CPU))
        yield Row(f"{told}, memory", daemon.megabytes(), "MB", goal=goal(MEGABYTES))
        yield Row(f"{told}, until each has read all", daemon.ready_after + ready, "s", goal=goal(READY))
        ends = time.monotonic()
    yield Row(f"{told}, end", time.monotonic() - ends, "s", goal=goal(STOP))


def configured(services: Served, folder: Path, number: int) -> Path:
    """Write a configuration of so many accounts, and return it."""
    directory = folder / "accounts.d"
    directory.mkdir()
    config = folder / "config.toml"
    config.write_text(
        f'[accounts]\ndirectory = "accounts.d"\n[state]\npath = "{folder}"\n'
        f'[chaport]\nurl = "{services.urls.chaport}"\n[cases]\nchannel = "cch12"\n',
        "utf-8",
    )
    for place, url in enumerate(services.addresses[:number]):
        file = directory / f"a{place}.toml"
        file.write_text(f'[deskie]\nurl = "{url}"\nemail = "{services.email}"\n', "utf-8")
        file.with_suffix(".deskie_api_key").write_text(services.api_key, "utf-8")
        file.with_suffix(".chaport_token").write_text(f"token-{place}", "utf-8")
    return config


def all_ready(daemon: Daemon, number: int) -> float:
    """Wait until each account has read its services, and return the seconds that this took."""
    began = time.monotonic()
    while daemon.log.read_text("utf-8").count('"account.ready"') < number:
        assert time.monotonic() < began + 5 * PATIENCE, "not all accounts became ready"
        time.sleep(0.2)
    return time.monotonic() - began
