"""Examines a cluster: its database, its workers, and whether this host can be one of them."""

import os
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from chaport_sync.cluster.errors import DatabaseError, Empty
from chaport_sync.cluster.visit import Visit, visit
from chaport_sync.cluster_database import FILE_NAME
from chaport_sync.config import Settings
from chaport_sync.config.cluster import Cluster
from chaport_sync.core.wording import listed, number
from chaport_sync.core.workers import NAMED, ClusterNow
from chaport_sync.doctor import FAILED, NOTE, OK, WARNING, Finding
from chaport_sync.doctor.local import is_for_everybody
from chaport_sync.paths import read_file
from chaport_sync.state_beside import copy_beside
from chaport_sync.state_file import state_path
from chaport_sync.store import StoreError

#: Each change of a state waits for the database; so long it may take (seconds).
NEAR = 0.02
#: By how much two clocks may differ (seconds); `status` compares times of one host with those of another.
CLOCKS = 2.0


def examine_cluster(accounts: Mapping[str, Settings], files: Collection[str], shared: Path) -> Iterator[Finding]:
    """Examine the cluster of these accounts.

    Args:
        accounts: Those that are to be examined, one at least.
        files: The names of all that have a file here, a wrong one too.
        shared: The shared configuration file.
    """
    settings = next(iter(accounts.values()))
    cluster = settings.cluster
    yield from _readable_url(cluster, shared, settings.file)
    try:
        with visit(cluster.url) as there:
            yield from _database(there)
            seen = there.look()
            yield from _workers(seen, cluster.name, there.address)
            yield from _files(seen, files)
            yield from _states(there, accounts)
    except Empty as error:
        yield Finding(NOTE, "database", f"{str(error).partition(':')[0]}; the first worker makes its tables in it")
        yield from _left_behind(accounts)
    except DatabaseError as error:
        yield Finding(FAILED, "database", str(error))


def _readable_url(cluster: Cluster, shared: Path, own: Path | None) -> Iterator[Finding]:
    if own is None or not cluster.has_password:
        return
    file = own.with_name(FILE_NAME)
    places = [file] if file.exists() or "database" not in read_file(shared).get("cluster", {}) else [shared]
    for place in filter(is_for_everybody, places):
        words = f"everybody on this machine can read {place}, which holds the database's password"
        yield Finding(
            WARNING, "secrets", f"{words}; put its URL into {file}, mode 600 or as the accounts' keys have it"
        )


def _database(there: Visit) -> Iterator[Finding]:
    before, started = time.time(), time.monotonic()
    now = there.now()
    took = time.monotonic() - started
    words = f"{there.place} is PostgreSQL {there.version}, and answers within {max(1.0, took * 1000):.0f} ms"
    if took > NEAR:
        yield Finding(WARNING, "database", f"{words}; each change waits for it, so put it nearer")
    else:
        yield Finding(OK, "database", words)
    if not there.is_private:
        words = "the way to the database is not encrypted, and customers' words take it; add sslmode=verify-full"
        yield Finding(WARNING, "encryption", f"{words} to [cluster] database")
    ahead = before + took / 2 - now
    if abs(ahead) > max(CLOCKS, took):
        words = f"this host's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the database's"
        yield Finding(WARNING, "clocks", f"{words}; let all hosts take their time from the same place (chrony, NTP)")


def _workers(seen: ClusterNow, name: str, address: str) -> Iterator[Finding]:
    others = sorted({each.address for each in seen.workers if each.name == name} - {address})
    if others:
        words = f"a worker called {name} runs at {listed(others, NAMED)}, and this host ({address}) has that name too"
        yield Finding(FAILED, "worker's name", f"{words}; give each its own [cluster] worker")
    else:
        yield Finding(OK, "worker's name", f"{name}, which no other host has")
    yield Finding(WARNING if seen.workers and seen.trouble else NOTE if seen.trouble else OK, "workers", seen.answer)


def _files(seen: ClusterNow, files: Collection[str]) -> Iterator[Finding]:
    missing = [each.name for each in seen.accounts if each.name not in files]
    if missing:
        are = number(len(missing), "account of the cluster has", "accounts of the cluster have")
        words = f"{are} no file here, so this host cannot take over: {listed(missing, NAMED)}"
        yield Finding(WARNING, "accounts' files", f"{words}; copy the files and keys from another host")


def _states(there: Visit, accounts: Mapping[str, Settings]) -> Iterator[Finding]:
    """Examine each account's state in the database, and the state files that are still here."""
    new = {name: settings for name, settings in accounts.items() if not there.has_state(name)}
    good = 0
    for name in accounts.keys() - new.keys():
        try:
            copy_beside(accounts[name]).close()
            good += 1
        except StoreError as error:
            yield Finding(FAILED, "states", f"{name}: {error}")
    if good:
        yield Finding(OK, "states", f"{number(good, 'state is', 'states are')} in the database and can be used")
    yield from _left_behind(new)
    if begun := sorted(name for name, settings in new.items() if not _has_file(settings)):
        words = f"a worker begins from that moment with what is not in the database yet: {listed(begun, NAMED)}"
        yield Finding(NOTE, "states", words)
    for name in sorted(accounts.keys() - new.keys()):
        if _has_file(accounts[name]):
            words = f"{state_path(accounts[name], os.environ)} is used no more, the state is in the database"
            yield Finding(NOTE, "states", f"{name}: {words}; move the file away")


def _left_behind(accounts: Mapping[str, Settings]) -> Iterator[Finding]:
    """Return which accounts would begin anew although there is a state file of each."""
    for name in sorted(name for name, settings in accounts.items() if _has_file(settings)):
        words = f"{state_path(accounts[name], os.environ)} is not in the cluster, so what it knows would be left behind"
        yield Finding(
            WARNING, "states", f"{name}: {words}; `chaport-sync move {name} --into-cluster` before a worker runs"
        )


def _has_file(settings: Settings) -> bool:
    return os.path.exists(state_path(settings, os.environ))  # noqa: PTH110 - what may not be looked into is no error
