"""Which notices a person is to be sent: each trouble once, and once when it is over."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from chaport_sync.core import notice_words as words
from chaport_sync.core.model import ONLINE
from chaport_sync.core.opening_hours import OpeningHours
from chaport_sync.core.statuses.history import StatusChange

#: Answers that were given up are told so often at most, however many there are (seconds).
ANSWERS_EVERY = 3600.0


class Trouble(StrEnum):
    """What a notice is about."""

    NOBODY = "nobody_online"
    DOWN = "flow_down"
    PARKED = "events_parked"
    ANSWERS = "answers_given_up"


@dataclass(frozen=True, slots=True)
class Attendance:
    """Since when nobody is online (Unix seconds), None while somebody is, and how the last one left, if known."""

    nobody_since: float | None = None
    left: StatusChange | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What one service was told: when it was told of each trouble that it does not know to be over (Unix seconds).

    `answers` is how many given-up answers it knows of, and `answers_at` when it was told of some last.
    """

    troubles: Mapping[str, float] = field(default_factory=dict)
    answers: int = 0
    answers_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """What each service was told, by the service's name."""

    services: Mapping[str, Heard] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """How an account does.

    `somebody` is whether somebody is known to be online, `down` which flows are down and why, `well` whether the last
    cycle of each flow was well. `parked` counts events that Deskie did not take, `answers` those that were given up.
    """

    attendance: Attendance = field(default_factory=Attendance)
    somebody: bool = False
    down: str = ""
    well: bool = False
    parked: int = 0
    answers: int = 0


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """`[notify]`: nobody may be online for `nobody_for` seconds of the `hours`. `account` is empty for the only one."""

    nobody_for: float = 600.0
    hours: OpeningHours = field(default_factory=OpeningHours)
    account: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be told: that a trouble has begun, or that it is `over`; `answers` are those given up until now."""

    trouble: Trouble
    title: str
    body: str
    over: bool = False
    answers: int = 0


def attended(before: Attendance, changes: Sequence[StatusChange], now: float, *, somebody: bool) -> Attendance:
    """Return the attendance after a look; `changes` are the last changes of statuses, oldest first."""
    if somebody:
        return Attendance()
    if before.nobody_since is not None:
        # By a clock that was set back since, it would have begun in the future.
        return replace(before, nobody_since=min(before.nobody_since, now))
    of_online = [change for change in changes if ONLINE in (change.before, change.after)]
    # If somebody came last, a lease has ended since, and no change says whose.
    left = of_online[-1] if of_online and of_online[-1].before == ONLINE else None
    return Attendance(now, left)


def due(heard: Heard, facts: Facts, rules: NoticeRules, now: float) -> Iterator[Notice]:
    """Yield what a service is to be told. A trouble that ended before the service heard of it is not told."""
    troubles = (
        (Trouble.NOBODY, _nobody, facts.somebody, "somebody is online again", words.SOMEBODY),
        (Trouble.DOWN, _down, facts.well and not facts.down, "everything works again", words.ALL_WORKS),
        (Trouble.PARKED, _parked, not facts.parked, "nothing is parked any more", words.NONE_PARKED),
    )
    for trouble, begun, is_over, title, body in troubles:
        if trouble not in heard.troubles:
            yield from begun(facts, rules, now)
        elif is_over:
            yield Notice(trouble, words.title(rules.account, title), body, over=True)
    new = facts.answers - heard.answers
    if new > 0 and not 0 <= now - heard.answers_at < ANSWERS_EVERY:
        title = words.title(rules.account, "answers were not sent")
        yield Notice(Trouble.ANSWERS, title, words.given_up(new, rules.account), answers=facts.answers)


def after(heard: Heard, notice: Notice, now: float) -> Heard:
    """Return what a service was told, after this notice reached it."""
    if notice.trouble is Trouble.ANSWERS:
        return replace(heard, answers=notice.answers, answers_at=now)
    others = {trouble: at for trouble, at in heard.troubles.items() if trouble != notice.trouble}
    return replace(heard, troubles=others if notice.over else {**others, notice.trouble.value: now})


def forgotten(heard: Heard, facts: Facts) -> Heard:
    """Return what a service was told, without the answers that were forgotten since, with their chats."""
    return replace(heard, answers=min(heard.answers, facts.answers))


def _nobody(facts: Facts, rules: NoticeRules, now: float) -> Iterator[Notice]:
    since = facts.attendance.nobody_since
    if since is not None and rules.hours.open_for(since, now) >= rules.nobody_for:
        body = words.nobody(since, facts.attendance.left, rules.account, rules.hours.zone, now)
        yield Notice(Trouble.NOBODY, words.title(rules.account, "nobody is online"), body)


def _down(facts: Facts, rules: NoticeRules, _now: float) -> Iterator[Notice]:
    if facts.down:
        body = words.down(facts.down, rules.account)
        yield Notice(Trouble.DOWN, words.title(rules.account, "something does not work"), body)


def _parked(facts: Facts, rules: NoticeRules, _now: float) -> Iterator[Notice]:
    if facts.parked:
        body = words.parked(facts.parked, rules.account)
        yield Notice(Trouble.PARKED, words.title(rules.account, "events are parked"), body)
