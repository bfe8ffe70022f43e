"""`workers`: who holds which account of a cluster since when, and what nobody holds."""

import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import STYLES, print_json, print_table, say
from chaport_sync.cli.state_file import visiting
from chaport_sync.core.workers import ClusterNow
from chaport_sync.paths import UnreadableFileError, find_config
from chaport_sync.times import iso, moment, span, zone


def run_workers(config: Path | None, *, as_json: bool) -> int:
    """Print how the cluster is, its workers and its accounts; return 1 unless all accounts are held.

    Raises:
        UnreadableFileError: The configuration cannot be read, or is of a single machine.
        StoreError: The database cannot be used.
    """
    now = time.time()
    with visiting(config) as there:
        if there is None:
            words = "[cluster] database: is not set, so this machine works alone; `chaport-sync status` tells about it"
            raise UnreadableFileError(find_config(config, os.environ), words)
        cluster: ClusterNow = there.look()
        place: str = there.place
    if as_json:
        print_json(_as_json(cluster, place))
    else:
        say(cluster.answer, f"bold {STYLES['failed' if cluster.trouble else 'ok']}")
        say(f"They share {place}.")
        _print(cluster, now)
    return Code.FAILED if cluster.trouble else Code.DONE


def _print(cluster: ClusterNow, now: float) -> None:
    held = Counter(each.holder for each in cluster.accounts)
    rows = [
        (each.name, each.address, _since(each.since, now), f"{held[each.name]}{', gives back' if each.leaves else ''}")
        for each in cluster.workers
    ]
    if rows:
        print_table(("Worker", "Address", f"There since ({zone(now)})", "Holds"), rows)
    accounts = [*cluster.free, *(each for each in cluster.accounts if each.holder)]
    if accounts:
        print_table(
            ("Account", "Held by", f"Held since ({zone(now)})", "Why not"),
            [
                (each.name, each.holder or "nobody", _since(each.since, now), cluster.why_free(each))
                for each in accounts
            ],
        )


def _since(at: float | None, now: float) -> str:
    return "" if at is None else f"{moment(at, now)}, {span(max(0.0, now - at))} ago"


def _as_json(cluster: ClusterNow, place: str) -> dict[str, Any]:
    held = Counter(each.holder for each in cluster.accounts)
    return {
        "answer": cluster.answer,
        "database": place,
        "workers": [
            {
                "worker": each.name,
                "address": each.address,
                "since": iso(each.since),
                "gives_back": each.leaves,
                "holds": held[each.name],
            }
            for each in cluster.workers
        ],
        "accounts": [
            {
                "account": each.name,
                "worker": each.holder,
                "since": iso(each.since),
                "last_worker": each.last,
                "can_be_run_by": sorted(each.able),
                "why_not": cluster.why_free(each),
            }
            for each in cluster.accounts
        ],
    }
