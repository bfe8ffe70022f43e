"""The hours in which somebody is meant to be online: windows of the week, and how long they lasted since a moment."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ENTRY = re.compile(r"([A-Za-z]+)(?:-([A-Za-z]+))? +([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")
_A_DAY = 24 * 60


class Window(NamedTuple):
    """A time of each week: the day it begins on (0 is Monday), its begin and end in minutes after that midnight."""

    weekday: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Windows of the week in a time zone; without windows it is always open."""

    windows: tuple[Window, ...] = ()
    zone: tzinfo = UTC

    def open_for(self, since: float, now: float) -> float:
        """Return how many seconds of the time between two moments (Unix seconds) are within the windows."""
        if not self.windows:
            return max(0.0, now - since)
        total, counted_to = 0.0, since
        for begin, end in sorted(self._spans(since, now)):
            first, last = max(begin, counted_to), min(end, now)
            if last > first:
                total += last - first
                counted_to = last
        return total

    def _spans(self, since: float, now: float) -> Iterator[tuple[float, float]]:
        """Yield the windows of the days between two moments as moments; one may begin on the day before."""
        day = datetime.fromtimestamp(since, self.zone).date() - timedelta(days=1)
        while day <= datetime.fromtimestamp(now, self.zone).date():
            for weekday, begin, end in self.windows:
                if weekday == day.weekday():
                    yield self._moment(day, begin), self._moment(day, end)
            day += timedelta(days=1)

    def _moment(self, day: date, minutes: int) -> float:
        # By the clock on the wall: a day on which the clocks change has 23 or 25 hours.
        wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
        return wall.replace(tzinfo=self.zone).timestamp()


def read_hours(entry: str) -> tuple[Window, ...]:
    """Return the windows of an entry such as "Mon-Fri 09:00-18:00"; one that ends before it begins is over midnight.

    Raises:
        ValueError: It is none; the message says what is wrong with it.
    """
    match = _ENTRY.fullmatch(entry)
    if match is None:
        raise ValueError('must be days and times, such as "Mon-Fri 09:00-18:00" or "Sat 10:00-14:00"')
    first, last, *numbers = match.groups()
    days = [_day(each) for each in (first, last or first)]
    begin, end = _minutes(numbers[0], numbers[1]), _minutes(numbers[2], numbers[3])
    if begin == _A_DAY:
        raise ValueError("must not begin at 24:00; write 00:00 of the next day")
    if begin == end:
        raise ValueError("must not end when it begins; a whole day is 00:00-24:00")
    count = (days[1] - days[0]) % 7 + 1
    until = end if end > begin else end + _A_DAY
    return tuple(Window((days[0] + each) % 7, begin, until) for each in range(count))


def _day(name: str) -> int:
    if name.lower() not in _DAYS:
        raise ValueError("must begin with days of the week: Mon, Tue, Wed, Thu, Fri, Sat or Sun")
    return _DAYS.index(name.lower())


def _minutes(hour: str, minute: str) -> int:
    found = int(hour) * 60 + int(minute)
    if int(minute) >= 60 or found > _A_DAY:  # noqa: PLR2004 - minutes of an hour
        raise ValueError("must have times from 00:00 to 24:00")
    return found
