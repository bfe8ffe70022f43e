"""The page of one account: its website, its operators and its flows now, today and this week."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from chaport_sync.answer_now import website_now
from chaport_sync.core.model import ONLINE, Person
from chaport_sync.core.settings_in_force import Accounts, Rejection
from chaport_sync.core.statuses.timeline import Timeline
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import number
from chaport_sync.remembered import Remembered
from chaport_sync.state_now import flows_of, operators_of
from chaport_sync.store import Store
from chaport_sync.times import brief, moment, span, zone
from chaport_sync.web.drawing import WHY, absences, covered, drawing, name_of
from chaport_sync.web.names import Names
from chaport_sync.web.picture import days_before, hours, strip
from chaport_sync.web.rendering import render

#: The most operators, changes and parked chats that are shown.
OPERATORS, CHANGES, PARKED = 100, 20, 30


@contextmanager
def read(running: Store, now: float) -> Iterator[Remembered]:
    """Open the state of a daemon that runs once more, for a moment; `now` is in Unix seconds.

    Raises:
        StoreError: It cannot be read.
    """
    store = running.once_more()
    try:
        yield Remembered(store.connection.path, store, running=True, now=now)
    finally:
        store.close()


def account_page(known: Remembered, account: str, *, names: bool) -> str:
    """Return the page of one account as HTML; `account` is its name if it is one of several, else empty.

    Raises:
        StoreError: The state file cannot be read.
    """
    now = known.now
    days = days_before(now, 7)
    midnight, tomorrow = days[0]
    week = known.timeline(days[-1][0])
    ids = {row.person.id for row in week.operators} | known.store.statuses.operators_seen().keys()
    called = Names() if names else Names.left_out(ids)
    week = called.timeline(week)
    rows = [row for row in week.operators if any(span.end > midnight and span.status == ONLINE for span in row.spans)]
    return render(
        "account.html",
        title=f"{account or known.store.marks.get(Accounts).deskie} · chaport-sync",
        as_of=f"As of {moment(now, now)} ({zone(now)}). Load the page again for news.",
        footer="It shows when people work: treat it as personal data.",
        back=bool(account),
        answer=_answer(known, week),
        warnings=_warnings(known),
        today=drawing(week, rows[:OPERATORS], midnight, tomorrow),
        left_out=_left_out(len(week.operators) - len(rows), len(rows) - OPERATORS),
        hours=hours(midnight, tomorrow),
        week=[strip(_day(start), week.website, start, end, website=True) for start, end in days],
        week_hours=[f"{hour:02}:00" for hour in range(0, 24, 3)],
        flows=[_flow(each) for each in flows_of(known)],
        **absences(week),
        **covered(week),
        **_operators(known, called),
        **_deliveries(known),
        changes=_changes(known, called),
    )


def _answer(known: Remembered, week: Timeline) -> dict[str, Any]:
    """Return whether the chat is on the website, and who is online, or who left last and why."""

    def clock(at: float) -> str:
        return brief(at, known.now)

    trouble = known.trouble(clock)
    return {
        "good": not trouble and week.website[-1].status == ONLINE,
        "words": trouble or website_now(known, week, clock),
    }


def _warnings(known: Remembered) -> list[str]:
    found = []
    rejected = known.store.marks.get(Rejection)
    if rejected.problems:
        at = brief(rejected.at, known.now)
        found.append(f"The configuration was rejected at {at}; the one before it is in force. `check` says why.")
    if known.lease.reason:
        found.append(f"Leases last {known.lease.in_words}.")
    return found


def _left_out(never: int, more: int) -> str:
    words = [f"{number(never, 'operator was', 'operators were')} not online today."] if never else []
    words += [f"{more} more are not shown."] if more > 0 else []
    return " ".join(words)


def _day(start: float) -> str:
    return datetime.fromtimestamp(start).strftime("%a %d %b")  # noqa: DTZ006 - as people here read it


def _flow(flow: Mapping[str, Any]) -> dict[str, str]:
    ago, failing = flow["good_seconds_ago"], flow["failing_seconds"]
    return {
        "flow": flow["flow"],
        "state": flow["state"],
        "good": "never" if ago is None else f"{span(ago)} ago",
        "fails": "" if failing is None else f"for {span(failing)}: {flow['error']}",
    }


def _operators(known: Remembered, called: Names) -> dict[str, Any]:
    """Return the operators, those in motion first."""
    found = operators_of(known)
    rows = [
        {
            "who": name_of(called.person(Person(**each["operator"]))),
            "status": each["chaport_status"] or "unknown",
            "kind": "online" if each["chaport_status"] == ONLINE else "",
            "asked": each["agents_ask"],
            "why": one_line(called.reason(each["reason"]), WHY),
            "grace": "" if each["grace_seconds"] is None else span(each["grace_seconds"]),
            "lease": "" if each["lease_seconds"] is None else span(each["lease_seconds"]),
        }
        for each in sorted(found, key=lambda each: (each["grace_seconds"] is None, each["chaport_status"] != ONLINE))
    ]
    return {"operators": rows[:OPERATORS], "more_operators": max(0, len(rows) - OPERATORS)}


def _deliveries(known: Remembered) -> dict[str, Any]:
    counts, parked = known.store.counts.deliveries(known.rules.cases, known.now), known.store.transcripts.parked()
    waits = number(counts["waiting"], "event waits", "events wait")
    held = f"{counts['held']} held back while only a bot talks"
    words = (
        f"{known.store.counts.chats()['remembered']} chats are remembered. {waits}, {held}, {counts['parked']} parked."
    )
    rows = [
        {"case": case or "none", "chat": chat, "why": one_line(error, WHY)} for _, chat, case, error in parked[:PARKED]
    ]
    return {"deliveries": words, "parked": rows}


def _changes(known: Remembered, called: Names) -> list[dict[str, str]]:
    return [
        {
            "at": brief(change.at, known.now),
            "who": name_of(called.person(change.operator)),
            "before": change.before or "unknown",
            "after": change.after,
            "kind": "online" if change.after == ONLINE else "",
            "why": f"{'by hand; ' if change.by_hand else ''}{one_line(called.reason(change.reason), WHY)}",
        }
        for change in reversed(known.store.statuses.changes(last=CHANGES))
    ]
