"""Several accounts in one configuration: a command is for one of them, or says a line of each."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import print_json, print_table, say
from chaport_sync.cli.people import UnknownError
from chaport_sync.cli.state_file import Remembered, remembered
from chaport_sync.cli.times import iso, moment, span, zone
from chaport_sync.core.model import ONLINE
from chaport_sync.core.settings_in_force import Rejection
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import number
from chaport_sync.paths import (
    ACCOUNT_VARIABLE,
    UnreadableFileError,
    accounts_directory,
    find_config,
    is_left_out,
    names_in,
    read_file,
)
from chaport_sync.store import StoreError

#: The length of a reason in a table of many accounts (characters).
WHY = 120


@contextmanager
def chosen(name: str) -> Iterator[None]:
    """Let commands be for this account while the block runs, as $CHAPORT_SYNC_ACCOUNT does."""
    before = os.environ.get(ACCOUNT_VARIABLE)
    os.environ[ACCOUNT_VARIABLE] = name
    try:
        yield
    finally:
        del os.environ[ACCOUNT_VARIABLE]
        if before is not None:
            os.environ[ACCOUNT_VARIABLE] = before


def all_accounts(config: Path | None) -> Sequence[str]:
    """Return the names of the accounts if a configuration has several and none is chosen, else nothing.

    Raises:
        UnreadableFileError: The configuration cannot be read.
    """
    path = find_config(config, os.environ)
    if os.environ.get(ACCOUNT_VARIABLE) or is_left_out(path, os.environ):
        return ()
    directory = accounts_directory(read_file(path), path)
    return () if directory is None else names_in(directory)


def of_each(config: Path | None, run: Callable[[], int], *, as_json: bool) -> int:
    """Run a command, or if there are several accounts and none is chosen, once for each, with its name above it.

    An account in which nobody has the name that was asked for is left out. Returns the highest exit code.

    Raises:
        UnknownError, StoreError: As `run`; of several accounts only if it is so for all.
    """
    names = all_accounts(config)
    if not names:
        return run()
    printed: dict[str, str] = {}
    codes, last = [], None
    for name in names:
        out = StringIO()
        try:
            with chosen(name), redirect_stdout(out):
                codes.append(run())
        except (UnknownError, StoreError) as error:
            last = error
            continue
        printed[name] = out.getvalue()
    if last is not None and not printed:
        raise last
    if as_json:
        print_json({"accounts": {name: json.loads(text) for name, text in printed.items()}})
        return max(codes)
    for name, text in printed.items():
        say(f"{name}:", "bold")
        sys.stdout.write(f"{text}\n")
    return max(codes)


def run_status_of_all(config: Path | None, names: Sequence[str], *, as_json: bool) -> int:
    """Print a line of each account, the worst first; return 1 unless all are well."""
    now = time.time()
    rows = sorted((_row(config, name, now) for name in names), key=lambda row: row["state"] == "ok")
    bad = sum(row["state"] != "ok" for row in rows)
    if as_json:
        print_json({"accounts": rows})
        return Code.FAILED if bad else Code.DONE
    print_table(
        ("State", "Account", "Online", f"Last good poll ({zone(now)})", "Wait", "Parked", "Why"),
        [
            (
                row["state"],
                row["account"],
                f"{row['online']} of {row['operators']}",
                _when(row["good_seconds_ago"], now),
                str(row["waiting"]),
                str(row["parked"]),
                one_line(row["why"], WHY),
            )
            for row in rows
        ],
        empty="There is no account.",
    )
    well = "All accounts are well." if not bad else f"{number(bad, 'account is', 'accounts are')} not well."
    say(f"{well} `chaport-sync status --account NAME` tells more of one.")
    return Code.FAILED if bad else Code.DONE


def _row(config: Path | None, name: str, now: float) -> dict[str, Any]:
    nothing = {"online": 0, "operators": 0, "waiting": 0, "parked": 0, "good_at": None, "good_seconds_ago": None}
    row = {"account": name, "state": "failed", **nothing}
    try:
        with chosen(name), remembered(config, now) as known:
            return row | _summary(known)
    except (StoreError, UnreadableFileError) as error:
        return row | {"why": str(error)}


def _summary(known: Remembered) -> dict[str, Any]:
    operators, states = known.store.statuses.operators_seen(), known.store.statuses.operators()
    statuses = [
        known.as_known(each, states[each.operator_id]).status if each.operator_id in states else each.status
        for each in operators.values()
    ]
    beats = {flow: known.beat(flow) for flow in known.rules.flows}
    why = known.trouble(lambda at: moment(at, known.now))
    why = why or next((f"{flow}: {beat.error}" for flow, beat in beats.items() if beat.failing_since is not None), "")
    stale = [flow for flow in beats if known.is_stale(flow)]
    why = why or (f"{', '.join(stale)}: no poll has ended for long" if stale else "")
    if rejected := known.store.marks.get(Rejection).problems:
        why = why or f"the newest configuration was rejected: {rejected[0]}"
    good_at = max((beat.good_at for beat in beats.values() if beat.good_at is not None), default=None)
    deliveries = known.store.counts.deliveries(known.rules.cases, known.now)
    return {
        "state": "failed" if why else "ok",
        "online": statuses.count(ONLINE),
        "operators": len(statuses),
        "waiting": deliveries["waiting"],
        "parked": deliveries["parked"],
        "good_at": iso(good_at),
        "good_seconds_ago": None if good_at is None else round(known.now - good_at),
        "why": why,
    }


def _when(seconds_ago: float | None, now: float) -> str:
    return "never" if seconds_ago is None else f"{moment(now - seconds_ago, now)}, {span(seconds_ago)} ago"
