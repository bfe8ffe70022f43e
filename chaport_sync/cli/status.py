"""`status`: shows flows, operators that are about to change, chats, and deliveries that wait or are parked."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chaport_sync.answer_now import Answer, answer_now
from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import STYLES, named, print_json, print_table, say
from chaport_sync.cli.output import as_json as in_json
from chaport_sync.cli.state_file import remembered
from chaport_sync.core.ledger import LineState
from chaport_sync.core.model import Person
from chaport_sync.core.settings_in_force import Rejection
from chaport_sync.core.skew import in_words
from chaport_sync.core.statuses.presence import AS_ASKED, HELD
from chaport_sync.core.transcripts.read_back import HINT, Sighting
from chaport_sync.core.transcripts.turns import Lateness, Work
from chaport_sync.core.wording import number
from chaport_sync.remembered import Remembered
from chaport_sync.state_now import flows_of, operators_of
from chaport_sync.times import iso, moment, span, zone

#: The most operators, and the most damaged records, that are shown.
SHOWN = 30


def run_status(config: Path | None, *, as_json: bool) -> int:
    """Print the contents of the state file; return 1 if a flow fails or no daemon runs.

    Raises:
        UnreadableFileError, StoreError: As `remembered`.
    """
    now = time.time()
    with remembered(config, now) as known:
        flows, operators, damaged = flows_of(known), operators_of(known), known.store.look_through()
        found = answer_now(known, flows, operators, known.clock, damaged)
        if as_json:
            print_json(_everything(known, flows, operators, damaged, found))
        else:
            say(found.words, f"bold {STYLES[found.state]}")
            say(known.heading)
            for service, ahead in known.clocks.items():
                words = in_words(service, ahead)
                say(f"{words[0].upper()}{words[1:]}.", "bold yellow")
            _print_rejection(known)
            _print_other_instance(known)
            _print_flows(flows, now)
            _print_operators(operators, at_work=known.at_work)
            if known.lease.reason:
                say(f"Leases: {known.lease.in_words}.")
            _print_deliveries(known)
            _print_damaged(damaged)
        well = known.at_work and all(flow["state"] == "ok" for flow in flows)
    return Code.DONE if well else Code.FAILED


def everything(known: Remembered) -> dict[str, Any]:
    """Return what `status --json` prints."""
    flows, operators, damaged = flows_of(known), operators_of(known), known.store.look_through()
    return _everything(known, flows, operators, damaged, answer_now(known, flows, operators, known.clock, damaged))


def _print_rejection(known: Remembered) -> None:
    """Print why the newest configuration was rejected, while an older one is in force."""
    rejected = known.store.marks.get(Rejection)
    if rejected.problems and known.at_work:
        at = f"{moment(rejected.at, known.now)} ({zone(known.now)})"
        say(f"The configuration was rejected at {at}; the one before it is in force:", "bold yellow")
        for problem in rejected.problems:
            say(f"  {problem}")


def _print_other_instance(known: Remembered) -> None:
    """Print that another chaport-sync works on the same accounts, and what to do."""
    found = known.store.marks.get(Sighting)
    if found.case_id and known.at_work:
        at = f"{moment(found.at, known.now)} ({zone(known.now)})"
        say(f"Noticed in case {found.case_id} at {at}: {HINT}.", "bold yellow")


def _print_damaged(damaged: Sequence[str]) -> None:
    """Print which records of the state file are damaged, and what to do."""
    if damaged:
        more = f" and {len(damaged) - SHOWN} more" if len(damaged) > SHOWN else ""
        say(f"Damaged in the state file, and left aside: {', '.join(damaged[:SHOWN])}{more}.", "bold yellow")
        say("Check the disk; if more becomes damaged, stop the daemon and restore a backup of the file.")


def _everything(
    known: Remembered,
    flows: Sequence[Mapping[str, Any]],
    operators: Sequence[Mapping[str, Any]],
    damaged: Sequence[str],
    answer: Answer,
) -> dict[str, Any]:
    lines, answers = known.store.counts.lines(), known.store.counts.replies()
    return {
        "answer": answer.words,
        "state_file": str(known.path),
        "running": known.running,
        **({} if known.there is None else {"worker": known.there.holder, "worker_since": iso(known.there.since)}),
        "at_work": known.at_work,
        "last_at_work": iso(known.last_beat),
        "config_rejected": _rejection(known),
        "other_instance": _other_instance(known),
        "clocks_ahead_seconds": {service.lower(): round(ahead) for service, ahead in known.clocks.items()},
        "flows": flows,
        "lease": asdict(known.lease),
        "unread": {name: iso(at) for name, at in asdict(known.unread).items()},
        "operators": operators,
        "chats": known.store.counts.chats(),
        **{work.value: _lateness(known.store.marks.get(Lateness, work)) for work in Work},
        "lines": {state.value: lines.get(state, 0) for state in LineState},
        "deliveries": known.store.counts.deliveries(known.rules.cases, known.now),
        "replies": {state.value: answers.get(state, 0) for state in LineState},
        "parked": [
            {"visitor": in_json(who), "chat": chat, "case": case, "error": error}
            for who, chat, case, error in known.store.transcripts.parked()
        ],
        "damaged": damaged,
    }


def _lateness(late: Lateness) -> dict[str, int]:
    return {"late_seconds": round(late.seconds), "visitors_waiting": late.visitors}


def _rejection(known: Remembered) -> dict[str, Any] | None:
    rejected = known.store.marks.get(Rejection)
    return {"at": iso(rejected.at), "problems": rejected.problems} if rejected.problems else None


def _other_instance(known: Remembered) -> dict[str, Any] | None:
    found = known.store.marks.get(Sighting)
    return {"at": iso(found.at), "case": found.case_id} if found.case_id else None


def last_good_poll(seconds_ago: float | None, now: float) -> str:
    """Return when a poll worked last, for people."""
    return "never" if seconds_ago is None else f"{moment(now - seconds_ago, now)}, {span(seconds_ago)} ago"


def _print_flows(flows: list[dict[str, Any]], now: float) -> None:
    rows = []
    for flow in flows:
        failing, good = flow["failing_seconds"], last_good_poll(flow["good_seconds_ago"], now)
        fails = "" if failing is None else f"for {span(failing)}: {flow['error']}"
        rows.append((flow["state"], flow["flow"], good, fails))
    columns = ("State", "Flow", f"Last good poll ({zone(now)})", "Fails")
    print_table(columns, rows, empty="Every flow is switched off.")


def _print_operators(operators: list[dict[str, Any]], *, at_work: bool) -> None:
    counted = Counter(each["chaport_status"] or "unknown" for each in operators)
    told = ", ".join(f"{count} {status}" for status, count in counted.most_common())
    if not at_work:
        # Without the daemon no operator is about to change.
        say(f"Operators: {len(operators)} paired{f'; when it was last at work, {told}' if told else ''}.")
        return
    say(f"Operators: {len(operators)} paired{f': {told}' if told else ''}.")
    rows = [
        (
            named(Person(**each["operator"])),
            each["chaport_status"] or "unknown",
            each["agents_ask"],
            each["reason"] + (f", {span(each['grace_seconds'])} left" if each["grace_seconds"] is not None else ""),
        )
        for each in operators
        # A hold concerns all operators; it is printed first, not here.
        if each["rule"] not in (AS_ASKED.rule, HELD.rule)
    ]
    if rows:
        print_table(("Operator", "In Chaport", "Agents ask", "Why it is not plainly so"), rows[:SHOWN])
    if len(rows) > SHOWN:
        more = number(len(rows) - SHOWN, "more is", "more are")
        say(f"{more} in motion; --json gives all of them.")


def _print_deliveries(known: Remembered) -> None:
    chats, lines = known.store.counts.chats(), known.store.counts.deliveries(known.rules.cases, known.now)
    answers, parked = known.store.counts.replies(), known.store.transcripts.parked()
    watched = number(chats["watched"], "of them is watched closely", "of them are watched closely")
    say(f"Chats: {chats['remembered']} remembered, {watched}.")
    for work, name, end in ((Work.READING, "Reading in Chaport", "read"), (Work.DELIVERING, "Delivering", "shown")):
        late = known.store.marks.get(Lateness, work)
        if late.visitors and known.at_work:
            wait = number(late.visitors, "visitor waits", "visitors wait")
            say(f"{name} is {span(late.seconds)} late: {wait} to be {end}.")
    waits = number(lines["waiting"], "event waits", "events wait")
    held = f", {number(lines['held'], 'is', 'are')} held back while only a bot has spoken" if lines["held"] else ""
    say(f"Deliveries: {waits}{held}, {number(lines['parked'], 'is', 'are')} parked.")
    if "replies" in known.rules.flows or answers:
        waiting = answers.get(LineState.NEW, 0) + answers.get(LineState.SENDING, 0)
        not_sent = answers.get(LineState.PARKED, 0)
        say(f"Answers: {number(waiting, 'waits', 'wait')} to be sent, {not_sent} could not be sent.")
    if parked:
        rows = [(named(who), chat, case or "none", error) for who, chat, case, error in parked]
        print_table(("Parked: visitor", "Chat", "Case", "Why"), rows)
        say("`chaport-sync retry` sends them again at once.")
