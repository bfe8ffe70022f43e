"""`retry`: makes parked lines due again; the running daemon sends them, or the next start."""

import time
from pathlib import Path

from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import print_json, say
from chaport_sync.cli.state_file import locate, remembered, visiting
from chaport_sync.core.ledger import LineState
from chaport_sync.core.wording import number
from chaport_sync.core.workers import RETRY
from chaport_sync.store import Store, is_in_use


def run_retry(config: Path | None, *, as_json: bool) -> int:
    """Make parked lines due and print how many there are.

    Raises:
        UnreadableFileError: The configuration cannot be read.
        StoreError: There is no state, or it cannot be written.
    """
    with visiting(config) as there:
        if there is not None:
            return _wish(config, as_json=as_json)
    path = locate(config)
    store = Store.beside(path)
    try:
        count = store.retry()
    finally:
        store.close()
    running = is_in_use(path)
    one = "it" if count == 1 else "them"
    when = {
        True: f"the running daemon sends {one} with its next poll",
        False: f"no daemon runs: the next start sends {one}",
        None: f"the daemon sends {one} with its next poll, if it runs, which cannot be seen here",
    }[running]
    _tell(str(path), count, when, "", running=running, as_json=as_json)
    return Code.DONE


def _wish(config: Path | None, *, as_json: bool) -> int:
    """Tell whoever holds the account in the cluster to make its parked lines due, and print how many there are.

    What was parked a moment ago need not be in the database yet, so it is told in any case.
    """
    with visiting(config) as there, remembered(config, time.time()) as known:
        assert known.there is not None  # noqa: S101 - it is of a cluster
        count, holder = known.store.counts.lines().get(LineState.PARKED, 0), known.there.holder
        there.wish(known.there.name, RETRY)
        one = "it" if count == 1 else "them"
        when, recent = f"{holder} is told, and sends {one} with its next poll", f"; {holder} looks again"
        if not known.there.is_worked_on:
            when = f"no worker holds {known.there.name}: the next one that does is told, and sends {one}"
            recent = ""
        _tell(str(known.path), count, when, recent, running=known.running, as_json=as_json)
    return Code.DONE


def _tell(where: str, count: int, when: str, recent: str, *, running: bool | None, as_json: bool) -> None:
    if as_json:
        print_json({"state_file": where, "due": count, "running": running})
    elif not count:
        say(f"Nothing is parked in {where}{recent}.")
    else:
        say(f"{number(count, 'parked line is due again', 'parked lines are due again')}; {when}.")
