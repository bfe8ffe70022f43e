"""`status` of several accounts: a line of each, the worst first."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chaport_sync.cli.accounts import chosen
from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import print_json, print_table, say
from chaport_sync.cli.state_file import remembered
from chaport_sync.cli.status import last_good_poll
from chaport_sync.core.model import ONLINE
from chaport_sync.core.settings_in_force import Rejection
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import number
from chaport_sync.paths import UnreadableFileError
from chaport_sync.remembered import Remembered
from chaport_sync.state_now import flows_of, operators_of
from chaport_sync.store import StoreError
from chaport_sync.times import moment, zone

#: The length of a reason in the table (characters).
WHY = 120


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
                last_good_poll(row["good_seconds_ago"], now),
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
    flows = flows_of(known)
    statuses = [each["chaport_status"] for each in operators_of(known)]
    newest = min((flow for flow in flows if flow["good_at"]), key=lambda flow: flow["good_seconds_ago"], default=None)
    deliveries = known.store.counts.deliveries(known.rules.cases, known.now)
    why = _why(known, flows)
    return {
        "state": "failed" if why else "ok",
        "online": statuses.count(ONLINE),
        "operators": len(statuses),
        "waiting": deliveries["waiting"],
        "parked": deliveries["parked"],
        "good_at": newest and newest["good_at"],
        "good_seconds_ago": newest and newest["good_seconds_ago"],
        "why": why,
    }


def _why(known: Remembered, flows: Sequence[dict[str, Any]]) -> str:
    """Return the gravest that is not well, empty if all is well."""
    if trouble := known.trouble(lambda at: moment(at, known.now)):
        return trouble
    for flow in flows:
        if flow["state"] != "ok":
            return f"{flow['flow']}: {flow['error'] or 'no poll has ended for long'}"
    rejected = known.store.marks.get(Rejection).problems
    return f"the newest configuration was rejected: {rejected[0]}" if rejected else ""
