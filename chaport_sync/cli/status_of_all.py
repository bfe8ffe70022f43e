"""`status` of several accounts: a line of each, the worst first."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chaport_sync.answer_now import ERROR, State, troubles
from chaport_sync.cli.accounts import chosen
from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import STYLES, print_json, print_table, say
from chaport_sync.cli.state_file import remembered, visiting
from chaport_sync.cli.status import last_good_poll
from chaport_sync.core.model import ONLINE
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import number
from chaport_sync.paths import UnreadableFileError
from chaport_sync.remembered import Remembered
from chaport_sync.state_now import flows_of, operators_of
from chaport_sync.store import StoreError
from chaport_sync.times import zone

#: The length of a reason in the table (characters).
WHY = 120


def run_status_of_all(config: Path | None, names: Sequence[str], *, as_json: bool) -> int:
    """Print a line of each account, the worst first; return 1 unless all are well."""
    now = time.time()
    with visiting(config) as cluster:
        rows = [_row(config, name, now) for name in names]
        if cluster is not None:
            rows = [{**row, "worker": cluster.seen.account(row["account"]).holder} for row in rows]
    rows.sort(key=lambda row: row["state"] == "ok")
    bad = sum(row["state"] != "ok" for row in rows)
    answer = _answer(rows, bad)
    if as_json:
        print_json({"answer": answer, "accounts": rows})
        return Code.FAILED if bad else Code.DONE
    say(answer, f"bold {STYLES['failed' if bad else 'ok']}")
    held_by = ("Held by",) if cluster else ()
    print_table(
        ("State", "Account", *held_by, "Online", f"Last good poll ({zone(now)})", "Wait", "Parked", "Why"),
        [
            (
                row["state"],
                row["account"],
                *[row["worker"] or "nobody" for _ in held_by],
                f"{row['online']} of {row['operators']}",
                last_good_poll(row["good_seconds_ago"], now),
                str(row["waiting"]),
                str(row["parked"]),
                one_line(row["why"], WHY),
            )
            for row in rows
        ],
    )
    say("`chaport-sync status --account NAME` tells more of one.")
    return Code.FAILED if bad else Code.DONE


def _answer(rows: Sequence[dict[str, Any]], bad: int) -> str:
    """Return whether all accounts are well, else how many are not, and why of the first; the worst is first."""
    if not rows:
        return "There is no account."
    if bad:
        worst = f"{rows[0]['account']}: {one_line(rows[0]['why'], ERROR)}"
        return f"{bad} of {number(len(rows), 'account is', 'accounts are')} not well. {worst}"
    off = sum(bool(row["operators"]) and not row["online"] for row in rows)
    return "All accounts are well." + (
        f" The chat of {number(off, 'account', 'accounts')} is off the website." if off else ""
    )


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
    operators = operators_of(known)
    statuses = [each["chaport_status"] for each in operators]
    newest = min((flow for flow in flows if flow["good_at"]), key=lambda flow: flow["good_seconds_ago"], default=None)
    deliveries = known.store.counts.deliveries(known.rules.cases, known.now)
    found = list(troubles(known, flows, operators, known.clock))
    failed = any(each.state is State.FAILED for each in found)
    return {
        "state": "failed" if failed else "ok",
        "online": statuses.count(ONLINE),
        "operators": len(statuses),
        "waiting": deliveries["waiting"],
        "parked": deliveries["parked"],
        "good_at": newest and newest["good_at"],
        "good_seconds_ago": newest and newest["good_seconds_ago"],
        "why": found[0].words if found else "",
    }
