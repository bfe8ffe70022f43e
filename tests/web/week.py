"""A state file with a week in it: people who come and go, a lunch break with nobody online, an evening, a weekend."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from chaport_sync.core.health import Beat
from chaport_sync.core.model import ONLINE, Person, Verdict
from chaport_sync.core.settings_in_force import Accounts, RulesInForce
from chaport_sync.core.statuses.history import AgentSeen, OperatorSeen, StatusChange
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules
from chaport_sync.core.transcripts.cases import CaseRules
from chaport_sync.store import Store

#: Monday, a little before noon.
NOW = datetime(2026, 11, 30, 11, 42, 10).timestamp()  # noqa: DTZ001 - the page shows this machine's time
LEFT = "its agents left, and the grace is over"
CAME = "its agents count as online"
#: Of each operator the hours of a working day: when the day begins and ends, and a break.
SHIFTS = {"Ann Berg": (8.0, 16.5, 12.0), "Boris Wolf": (8.5, 17.0, 12.25), "Chen Li": (10.0, 18.5, 13.5)}
BREAK = 0.75
POLLS = {"statuses": 15, "transcripts": 20}


def a_week(path: Path, now: float = NOW, names: tuple[str, ...] = tuple(SHIFTS)) -> Store:
    """Return an open state file in which these operators worked for eight days, each by the shift of its place."""
    store = Store.open(path)
    store.bind(
        Accounts("acme.deskie.io", "app.chaport.com"),
        RulesInForce(tuple(POLLS), POLLS, 30, PresenceRules(), CaseRules()),
    )
    for flow in POLLS:
        store.marks.put(Beat(good_at=now - 5, at=now - 5), of=flow)
    people = [Person(f"op{place}", name, f"{name.split()[0].lower()}@acme.example") for place, name in enumerate(names)]
    changes = sorted(
        (change for place, each in enumerate(people) for change in _days(each, place, now)), key=lambda each: each.at
    )
    last = {change.operator_id: change for change in changes}
    seen = [_seen(each, last.get(each.id), now) for each in people]
    states = [_state(each, now) for each in seen]
    store.statuses.record_operators(states=states, changes=changes, seen=seen)
    agents = [AgentSeen(f"a{place}", each.name, each.email, "1", now, "online") for place, each in enumerate(people)]
    store.statuses.record_seen(agents, seen)
    return store


def _days(operator: Person, place: int, now: float) -> list[StatusChange]:
    start, end, pause = list(SHIFTS.values())[place % len(SHIFTS)]
    today = datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0)  # noqa: DTZ006
    agent = Person(operator.id.replace("op", "a"), operator.name, operator.email)
    found = []
    for before in range(8, -1, -1):
        day = today - timedelta(days=before)
        if day.weekday() >= 5:
            continue
        # On Thursday all have lunch at once.
        noon = 12.5 if day.weekday() == 3 else pause
        for hour, after in ((start, ONLINE), (noon, "offline"), (noon + BREAK, ONLINE), (end, "offline")):
            at = (day + timedelta(hours=hour, seconds=37 * place)).timestamp()
            if at < now:
                was, why = ("offline", CAME) if after == ONLINE else (ONLINE, LEFT)
                found.append(StatusChange(at, *operator, was, after, (agent,), "S4", why))
    return found


def _seen(operator: Person, last: StatusChange | None, now: float) -> OperatorSeen:
    status, since = (last.after, last.at) if last else ("offline", now - 9 * 86400)
    return OperatorSeen(*operator, status, since, (operator.id.replace("op", "a"),), "S6", "it is as its agents ask")


def _state(seen: OperatorSeen, now: float) -> OperatorState:
    state = OperatorState(seen.operator_id, Verdict(seen.status), written=seen.status, written_at=now - 100)
    return replace(state, lease_until=now + 500)
