"""The page of one account: its website, its operators and its flows now, today and this week."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from chaport_sync.core.model import ONLINE, Person
from chaport_sync.core.settings_in_force import Accounts, Rejection
from chaport_sync.core.statuses.coverage import coverage
from chaport_sync.core.statuses.timeline import Absence, Timeline
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import number
from chaport_sync.remembered import Remembered
from chaport_sync.state_now import flows_of, operators_of
from chaport_sync.store import Store
from chaport_sync.times import brief, moment, span, zone
from chaport_sync.web.picture import days_before, hours, strip
from chaport_sync.web.rendering import render

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
#: The most operators, absences, changes and parked chats that are shown.
OPERATORS, ABSENCES, CHANGES, PARKED = 100, 30, 20, 30
#: The longest name and the longest reason (characters).
NAME, WHY = 60, 200
#: Shares of an hour are shown in so many steps.
STEPS = 4


@dataclass(frozen=True)
class People:
    """How people are called on the page: by their names, or without `names` by numbers."""

    names: bool
    operators: Mapping[str, int]

    def __call__(self, operator: Person) -> str:
        """Return what an operator is called."""
        if self.names:
            return one_line(operator.called, NAME)
        return f"Operator {self.operators[operator.id]}" if operator.id in self.operators else "Operator"

    def reason(self, words: str) -> str:
        """Return a reason; what stands in brackets at its end may name an agent."""
        return one_line(words if self.names else words.partition(" (")[0], WHY)


@contextmanager
def read(path: Path, now: float) -> Iterator[Remembered]:
    """Open the state file of a daemon that runs, for a moment; `now` is in Unix seconds.

    Raises:
        StoreError: It cannot be read.
    """
    store = Store.reading(path)
    try:
        yield Remembered(path, store, running=True, now=now)
    finally:
        store.close()


def account_page(known: Remembered, account: str, *, names: bool) -> str:
    """Return the page of one account as HTML; `account` is its name if it is one of several, else empty.

    Raises:
        StoreError: The state file cannot be read.
    """
    now = known.now
    days = days_before(now, 7)
    (midnight, tomorrow), since = days[0], days[-1][0]
    week = known.timeline(since)
    ids = sorted({row.person.id for row in week.operators} | known.store.statuses.operators_seen().keys())
    people = People(names, {id_: place for place, id_ in enumerate(ids, 1)})
    # Without names the order must not tell them either.
    order = week.operators if names else sorted(week.operators, key=lambda row: row.person.id)
    rows = [row for row in order if any(span.end > midnight and span.status == ONLINE for span in row.spans)]
    return render(
        "account.html",
        title=f"{account or known.store.marks.get(Accounts).deskie} · chaport-sync",
        as_of=f"As of {moment(now, now)} ({zone(now)}). Load the page again for news.",
        footer="It shows when people work: treat it as personal data.",
        back=bool(account),
        answer=_answer(known, week, people),
        warnings=_warnings(known),
        today=[
            strip("Website", week.website, midnight, tomorrow, people.reason, website=True),
            *(strip(people(row.person), row.spans, midnight, tomorrow, people.reason) for row in rows[:OPERATORS]),
        ],
        left_out=_left_out(len(order) - len(rows), len(rows) - OPERATORS),
        hours=hours(midnight, tomorrow),
        week=[strip(_day(start), week.website, start, end, people.reason, website=True) for start, end in days],
        week_hours=[f"{hour:02}:00" for hour in range(0, 24, 3)],
        absences=[_absence(each, people, now) for each in reversed(week.absences[-ABSENCES:])],
        more_absences=max(0, len(week.absences) - ABSENCES),
        days=DAYS,
        coverage=_coverage(week),
        flows=[_flow(each) for each in flows_of(known)],
        **_operators(known, people),
        **_deliveries(known),
        changes=_changes(known, people),
    )


def _answer(known: Remembered, week: Timeline, people: People) -> dict[str, Any]:
    """Return whether the chat is on the website, and who is online, or who left last and why."""
    if trouble := known.trouble(lambda at: brief(at, known.now)):
        return {"good": False, "words": trouble}
    online = [people(row.person) for row in week.operators if row.spans[-1].status == ONLINE]
    if online:
        more = f" and {len(online) - 3} more" if len(online) > 3 else ""  # noqa: PLR2004 - names to read at a glance
        are = "is" if len(online) == 1 else "are"
        return {"good": True, "words": f"The chat is on the website: {', '.join(online[:3])}{more} {are} online."}
    if not week.absences:
        return {"good": False, "words": "It is not known yet whether the chat is on the website."}
    last = week.absences[-1]
    left = f": {_who_left(last, people)}" if last.left else ""
    return {"good": False, "words": f"The chat is off the website since {brief(last.start, known.now)}{left}."}


def _who_left(absence: Absence, people: People) -> str:
    who = ", ".join(people(person) for person, _ in absence.left)
    why = people.reason(absence.left[0][1].reason) if absence.left else ""
    return f"{who} left last ({why})" if why else f"{who} left last" if who else ""


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


def _absence(absence: Absence, people: People, now: float) -> dict[str, str]:
    end = now if absence.end is None else absence.end
    return {
        "start": brief(absence.start, now) if absence.left else "before",
        "end": "now" if absence.end is None else brief(end, now),
        "lasted": span(end - absence.start),
        "left": _who_left(absence, people),
        "back": ", ".join(map(people, absence.back)),
    }


def _coverage(week: Timeline) -> list[dict[str, Any]]:
    """Return a row for each hour from the first to the last one that is covered at all."""
    found = coverage(week.website, datetime.fromtimestamp)
    used = sorted({hour for (_, hour), covered in found.items() if covered.online})
    if not used:
        return []
    return [
        {
            "hour": f"{hour:02}:00",
            "cells": [_cell(found[day, hour].share if (day, hour) in found else None) for day in range(7)],
        }
        for hour in range(used[0], used[-1] + 1)
    ]


def _cell(share: float | None) -> dict[str, str]:
    if share is None:
        return {"kind": "", "text": ""}
    return {"kind": f"c{round(share * STEPS)}", "text": f"{share:.0%}"}


def _flow(flow: Mapping[str, Any]) -> dict[str, str]:
    ago, failing = flow["good_seconds_ago"], flow["failing_seconds"]
    return {
        "flow": flow["flow"],
        "state": flow["state"],
        "good": "never" if ago is None else f"{span(ago)} ago",
        "fails": "" if failing is None else f"for {span(failing)}: {flow['error']}",
    }


def _operators(known: Remembered, people: People) -> dict[str, Any]:
    """Return the operators, those in motion first."""
    found = operators_of(known)
    rows = [
        {
            "who": people(Person(**each["operator"])),
            "status": each["chaport_status"] or "unknown",
            "kind": "online" if each["chaport_status"] == ONLINE else "",
            "asked": each["agents_ask"],
            "why": people.reason(each["reason"]),
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


def _changes(known: Remembered, people: People) -> list[dict[str, str]]:
    return [
        {
            "at": brief(change.at, known.now),
            "who": people(change.operator),
            "before": change.before or "unknown",
            "after": change.after,
            "kind": "online" if change.after == ONLINE else "",
            "why": f"{'by hand; ' if change.by_hand else ''}{people.reason(change.reason)}",
        }
        for change in reversed(known.store.statuses.changes(last=CHANGES))
    ]
