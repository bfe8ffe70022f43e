"""The part of `check` about a cluster, of which all accounts have the same."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from chaport_sync.config import Settings
from chaport_sync.doctor import FAILED, Finding


def of_cluster(
    accounts: Mapping[str, Settings], files: Iterable[str], shared: Path, *, offline: bool, quiet: bool
) -> list[Finding]:
    """Return what is found out about the cluster of these accounts; nothing if there is none, or with `offline`.

    `files` are the names of all accounts that have a file here, `shared` is the configuration that they share. With
    `quiet` only failures are returned.
    """
    if offline or not next(iter(accounts.values())).cluster.url:
        return []
    from chaport_sync.doctor.cluster import examine_cluster

    found = examine_cluster(accounts, frozenset(files), shared)
    return [each for each in found if not quiet or each.result == FAILED]
