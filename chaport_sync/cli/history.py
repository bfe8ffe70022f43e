"""`history`: each change of an operator's status: when, from what to what, which agents, and why."""

import csv
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from chaport_sync.cli.exits import Code
from chaport_sync.cli.remembered import iso, moment, remembered
from chaport_sync.cli.show import print_json, print_table, say
from chaport_sync.cli.who import WrongTimeError, chosen
from chaport_sync.core.seen import StatusChange

#: So many changes are shown in a table, the last ones.
SHOWN = 50
UNITS = {"min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def run_history(config: Path | None, who: str | None, since: str | None, *, as_json: bool, as_csv: bool) -> int:
    """Print the changes of everybody, or of one operator and of those whom one agent drives.

    Raises:
        UnreadableFileError, StoreError: As `remembered`.
        UnknownError: Nobody is called so; the message names the nearest.
        WrongTimeError: `since` cannot be understood.
    """
    now = time.time()
    with remembered(config) as known:
        operators = None if who is None else chosen(who, known.store).operators
        start = 0.0 if since is None else earliest(since, now)
        changes = known.store.changes(start, operators, last=None if as_json or as_csv else SHOWN)
        if as_json:
            print_json(
                {"state_file": str(known.path), "changes": [asdict(each) | {"at": iso(each.at)} for each in changes]}
            )
        elif as_csv:
            _print_csv(changes)
        else:
            rows = [_row(change, now) for change in changes]
            columns = ("When", "Operator", "From", "To", "Agents", "Why")
            print_table(columns, rows, empty="No change is known.")
            count = known.store.count_changes(start, operators)
            if count > len(changes):
                say(f"These are the last {len(changes)} of {count:,}; --csv and --json give all of them.")
            say(f"From {known.heading}")
    return Code.DONE


def earliest(text: str, now: float) -> float:
    """Give the time that `--since` means: a duration before now, or a date, with or without a time, of this machine."""
    if match := re.fullmatch(r"(\d{1,6})\s*(min|h|d|w)", text.strip()):
        return now - int(match[1]) * UNITS[match[2]]
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except ValueError:
        raise WrongTimeError(
            f"--since {text!r} is no time: give 30min, 12h, 7d, 4w, or a date such as 2026-11-01 or '2026-11-01 08:00'"
        ) from None


def _row(change: StatusChange, now: float) -> tuple[str, ...]:
    why = f"by hand; {change.reason}" if change.by_hand else change.reason
    return (
        moment(change.at, now),
        change.operator,
        change.before or "unknown",
        change.after,
        ", ".join(change.agents),
        why,
    )


def _print_csv(changes: Sequence[StatusChange]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(("at", "operator_id", "operator", "from", "to", "agents", "reason", "by_hand"))
    for each in changes:
        agents = " ".join(each.agents)
        writer.writerow(
            (iso(each.at), each.operator_id, each.operator, each.before, each.after, agents, each.reason, each.by_hand)
        )
