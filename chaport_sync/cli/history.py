"""`history`: each change of an operator's status: when, from what to what, which agents, and why."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import as_json as in_json
from chaport_sync.cli.output import named, print_csv, print_json, print_table, say
from chaport_sync.cli.people import chosen
from chaport_sync.cli.state_file import remembered
from chaport_sync.core.model import Person
from chaport_sync.core.statuses.history import StatusChange
from chaport_sync.times import earliest, iso, moment, zone

#: The most changes in a table, the last ones.
SHOWN = 50
CSV = (
    *("at", "operator_id", "operator_name", "operator_email", "from", "to"),
    *("agent_ids", "agent_names", "agent_emails", "reason", "by_hand"),
)


def run_history(config: Path | None, who: str, since: str | None, *, as_json: bool, as_csv: bool) -> int:
    """Print the changes of one operator or of one agent's operators; of everybody if `who` is empty.

    Raises:
        UnreadableFileError, StoreError: As `remembered`.
        UnknownError: Nobody has this name; the message gives the nearest names.
        WrongTimeError: `since` cannot be understood.
    """
    now = time.time()
    with remembered(config, now) as known:
        operators = chosen(who, known.store, past=True).operators if who else None
        start = 0.0 if since is None else earliest(since, now)
        changes = known.store.statuses.changes(start, operators, last=None if as_json or as_csv else SHOWN)
        if as_json:
            print_json({"state_file": str(known.path), "changes": list(map(_in_json, changes))})
        elif as_csv:
            print_csv(CSV, map(_in_csv, changes))
        else:
            columns = (f"When ({zone(now)})", "Operator", "From", "To", "Agents", "Why")
            print_table(columns, [_row(change, now) for change in changes], empty="No change is known.")
            count = known.store.statuses.count_changes(start, operators)
            if count > len(changes):
                say(f"These are the last {len(changes)} of {count:,}; --csv and --json give all of them.")
            say(f"From {known.heading}")
    return Code.DONE


def _row(change: StatusChange, now: float) -> tuple[str, ...]:
    return (
        moment(change.at, now),
        named(change.operator),
        change.before or "unknown",
        change.after,
        ", ".join(_agents(change)),
        f"by hand; {change.reason}" if change.by_hand else change.reason,
    )


def _agents(change: StatusChange) -> Iterable[str]:
    """Return the agents' names; an address is left out if the operator has the same one."""
    known = change.operator.email
    return (named(each._replace(email="") if each.email == known and each.name else each) for each in change.agents)


def _in_json(change: StatusChange) -> dict[str, Any]:
    return {
        "at": iso(change.at),
        "operator": in_json(change.operator),
        "from": change.before,
        "to": change.after,
        "agents": [in_json(each) for each in change.agents],
        "rule": change.rule,
        "reason": change.reason,
        "by_hand": change.by_hand,
    }


def _in_csv(change: StatusChange) -> tuple[str, ...]:
    agents = Person(*("; ".join(parts) for parts in zip(*change.agents, strict=True))) if change.agents else Person("")
    times, why = iso(change.at) or "", (change.reason, str(change.by_hand))
    return (times, *change.operator, change.before, change.after, *agents, *why)
