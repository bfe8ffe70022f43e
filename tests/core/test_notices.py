"""Notices: each trouble is told once, once more when it is over, and never if nobody heard of it in time."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from chaport_sync.core.notices import (
    ANSWERS_EVERY,
    Attendance,
    Facts,
    Heard,
    NoticeRules,
    Trouble,
    after,
    attended,
    due,
    forgotten,
)
from chaport_sync.core.opening_hours import OpeningHours, read_hours
from chaport_sync.core.statuses.history import StatusChange

ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=ZONE).timestamp()
WELL = Facts(somebody=True, well=True)
HOURS = OpeningHours(read_hours("Mon-Fri 09:00-18:00"), ZONE)
RULES = NoticeRules(600.0)


def change(before: str, to: str, at: float = NOW - 60, name: str = "Ann") -> StatusChange:
    """Return a change of an operator's status."""
    return StatusChange(at, name.lower(), name, "", before, to, (), "S4", "its agents left, and the grace is over")


def nobody(since: float) -> Facts:
    """Return that nobody is online since so many seconds."""
    return Facts(Attendance(NOW - since), well=True)


def told(facts: Facts, heard: Heard | None = None, rules: NoticeRules = RULES, now: float = NOW) -> list[str]:
    """Return what is due, the ends with a dash."""
    found = due(heard or Heard(), facts, rules, now)
    return [f"-{each.trouble}" if each.over else each.trouble.value for each in found]


def knows(*troubles: Trouble) -> Heard:
    """Return a service that was told of these."""
    return Heard({each.value: NOW - 9000 for each in troubles})


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(WELL, [], id="well"),
        pytest.param(Facts(), [], id="nothing is known yet"),
        pytest.param(nobody(599.0), [], id="nobody is online, one second early"),
        pytest.param(nobody(600.0), ["nobody_online"], id="nobody is online for long enough"),
        pytest.param(replace(WELL, down="statuses: down"), ["flow_down"], id="a flow is down"),
        pytest.param(replace(WELL, well=False), [], id="a flow fails, and is not down yet"),
        pytest.param(replace(WELL, parked=1), ["events_parked"], id="an event is parked"),
        pytest.param(replace(WELL, answers=1), ["answers_given_up"], id="an answer was given up"),
        pytest.param(
            Facts(Attendance(NOW - 700), down="x", parked=2, answers=3), [each.value for each in Trouble], id="all"
        ),
    ],
)
def test_what_a_service_hears_first(facts: Facts, expected: list[str]) -> None:
    """Each trouble is told as soon as its time has come."""
    assert told(facts) == expected


@pytest.mark.parametrize(
    ("trouble", "facts", "expected"),
    [
        pytest.param(Trouble.NOBODY, nobody(9000.0), [], id="still nobody"),
        pytest.param(Trouble.NOBODY, Facts(well=True), [], id="after a restart nothing is known"),
        pytest.param(Trouble.NOBODY, WELL, ["-nobody_online"], id="somebody is back"),
        pytest.param(Trouble.DOWN, replace(WELL, down="replies: down"), [], id="still down, or another flow"),
        pytest.param(Trouble.DOWN, replace(WELL, well=False), [], id="after a restart it still fails"),
        pytest.param(Trouble.DOWN, WELL, ["-flow_down"], id="all work"),
        pytest.param(Trouble.PARKED, replace(WELL, parked=7), [], id="more are parked"),
        pytest.param(Trouble.PARKED, WELL, ["-events_parked"], id="none is parked"),
    ],
)
def test_once_and_once_when_it_is_over(trouble: Trouble, facts: Facts, expected: list[str]) -> None:
    """What was told is not told again while it lasts, and its end is told once."""
    heard = knows(trouble)
    assert told(facts, heard) == expected
    for notice in due(heard, facts, RULES, NOW):
        heard = after(heard, notice, NOW)
        assert told(facts, heard) == []
        assert heard == Heard()


def test_what_ended_before_it_was_told() -> None:
    """Whoever did not hear of a trouble does not hear of its end either."""
    assert told(nobody(700.0)) == ["nobody_online"]
    assert told(WELL, Heard()) == []


def test_an_end_concerns_its_own_trouble() -> None:
    """The others go on being known."""
    heard = knows(Trouble.NOBODY, Trouble.PARKED)
    (notice,) = due(heard, replace(WELL, parked=1), RULES, NOW)
    assert after(heard, notice, NOW) == knows(Trouble.PARKED)


@pytest.mark.parametrize(
    ("since", "now", "expected"),
    [
        pytest.param("2026-10-30 17:55", "2026-11-02 09:04:59", [], id="not by the weekend"),
        pytest.param("2026-10-30 17:55", "2026-11-02 09:05", ["nobody_online"], id="Friday's minutes count"),
        pytest.param("2026-11-01 20:00", "2026-11-02 09:00", [], id="not at the opening"),
        pytest.param("2026-11-01 20:00", "2026-11-02 09:10", ["nobody_online"], id="ten minutes after it"),
        pytest.param("2026-11-02 18:01", "2026-11-02 23:00", [], id="the evening does not count"),
    ],
)
def test_hours(since: str, now: str, expected: list[str]) -> None:
    """Only the time within the hours counts; it need not be in one piece."""
    first, last = (datetime.fromisoformat(each).replace(tzinfo=ZONE).timestamp() for each in (since, now))
    assert told(Facts(Attendance(first)), rules=replace(RULES, hours=HOURS), now=last) == expected


def test_at_once() -> None:
    """`nobody_online_for = 0` waits for nothing, but for the opening."""
    rules = NoticeRules(0.0)
    assert told(nobody(0.0), rules=rules) == ["nobody_online"]
    assert told(WELL, rules=rules) == []


def test_answers_once_an_hour() -> None:
    """Each number is told, the new ones only, and once an hour at most; a clock that was set back holds up nothing."""
    heard = Heard()
    (first,) = due(heard, replace(WELL, answers=2), RULES, NOW)
    assert first.body.startswith("2 agents' answers were given up")
    heard = after(heard, first, NOW)
    more = replace(WELL, answers=3)
    assert told(replace(WELL, answers=2), heard, now=NOW + ANSWERS_EVERY) == []
    assert told(more, heard, now=NOW + ANSWERS_EVERY - 1) == []
    assert told(more, heard, now=NOW - 5) == ["answers_given_up"]
    (second,) = due(heard, more, RULES, NOW + ANSWERS_EVERY)
    assert second.body.startswith("1 agent's answer was given up")


def test_answers_that_are_forgotten() -> None:
    """When old answers are forgotten with their chats, a new one is news again."""
    heard = forgotten(Heard(answers=5), replace(WELL, answers=0))
    assert heard == Heard()
    assert told(replace(WELL, answers=1), heard) == ["answers_given_up"]
    assert forgotten(Heard(answers=5), replace(WELL, answers=6)) == Heard(answers=5)


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        pytest.param([], "", id="unknown"),
        pytest.param([change("offline", "online"), change("online", "offline", name="Bo")], "Bo", id="the last one"),
        pytest.param([change("online", "offline"), change("invisible", "offline", name="Bo")], "Ann", id="of online"),
        pytest.param([change("online", "invisible")], "Ann", id="invisible is not online"),
        pytest.param([change("online", "offline"), change("offline", "online", name="Bo")], "", id="a lease ended"),
    ],
)
def test_who_left_last(changes: Iterable[StatusChange], left: str) -> None:
    """It is said only if the changes know it."""
    found = attended(Attendance(), list(changes), NOW, somebody=False)
    assert found.nobody_since == NOW
    assert (found.left.operator_name if found.left else "") == left


def test_attendance_goes_on() -> None:
    """The time runs from the first look that found nobody, also over a restart, and ends with somebody."""
    before = Attendance(NOW - 100, change("online", "offline"))
    assert attended(before, [], NOW, somebody=False) == before
    assert attended(before, [], NOW - 200, somebody=False) == replace(before, nobody_since=NOW - 200)
    assert attended(before, [], NOW, somebody=True) == Attendance()


def test_flapping() -> None:
    """Somebody who comes for a moment begins the time anew, so that the same is not told every minute."""
    heard, attendance, said = Heard(), Attendance(), []
    for minute in range(60):
        now, somebody = NOW + 60 * minute, minute % 5 == 0
        attendance = attended(attendance, [], now, somebody=somebody)
        said += told(Facts(attendance, somebody=somebody, well=True), heard, now=now)
    assert said == []


def test_words() -> None:
    """What happened, since when, who left last and why, where to look; the account's name if there are several."""
    facts = Facts(Attendance(NOW - 3600, change("online", "offline", NOW - 3660, "Ann Smith")), down="x: y", parked=1)
    alone, of_acme = (list(due(Heard(), facts, NoticeRules(account=name), NOW)) for name in ("", "acme"))
    assert [each.title for each in of_acme] == [
        "chaport-sync (acme): nobody is online",
        "chaport-sync (acme): something does not work",
        "chaport-sync (acme): events are parked",
    ]
    assert alone[0].title == "chaport-sync: nobody is online"
    assert alone[0].body == (
        "No operator has been online in Chaport since 11:00; the chat is off the website.\n"
        "Ann Smith left last, at 10:59: its agents left, and the grace is over.\n"
        "`chaport-sync timeline` tells more."
    )
    assert alone[1].body == "x: y\n`chaport-sync check` tells more."
    assert of_acme[2].body == (
        "1 event of a chat is parked: Deskie did not take what was to be shown.\n"
        "`chaport-sync status --account acme` tells which and why; `chaport-sync retry --account acme` sends it again."
    )
    (since_yesterday,) = due(Heard(), Facts(Attendance(NOW - 86400)), RULES, NOW)
    assert "since 2026-11-01 12:00;" in since_yesterday.body
