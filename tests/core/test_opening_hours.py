"""Opening hours: what may be written, and how much of a time is within them."""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from chaport_sync.core.opening_hours import OpeningHours, Window, read_hours

UTC, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
OFFICE = ("Mon-Fri 09:00-18:00", "Sat 10:00-14:00")
HOUR = 3600.0


def hours(*entries: str, zone: tzinfo = UTC) -> OpeningHours:
    """Return hours of these entries."""
    return OpeningHours(tuple(window for entry in entries for window in read_hours(entry)), zone)


def open_for(entries: tuple[str, ...], since: str, now: str, zone: tzinfo = UTC) -> float:
    """Return how many hours between two local moments are open."""
    first, last = (datetime.fromisoformat(each).replace(tzinfo=zone).timestamp() for each in (since, now))
    return hours(*entries, zone=zone).open_for(first, last) / HOUR


@pytest.mark.parametrize(
    ("entry", "windows"),
    [
        ("Mon 09:00-18:00", [(0, 540, 1080)]),
        ("Sat-Mon 10:30-14:00", [(5, 630, 840), (6, 630, 840), (0, 630, 840)]),
        ("fri  22:00-02:00", [(4, 1320, 1560)]),
        ("Sun 00:00-24:00", [(6, 0, 1440)]),
        ("Mon-Sun 23:59-00:00", [(day, 1439, 1440) for day in range(7)]),
    ],
)
def test_what_may_be_written(entry: str, windows: list[tuple[int, int, int]]) -> None:
    """A day or a range of days, and a time; what ends before it begins ends on the next day."""
    assert read_hours(entry) == tuple(Window(*each) for each in windows)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("", "must be days and times, such as"),
        ("09:00-18:00", "must be days and times, such as"),
        ("Mon 9:00-18:00", "must be days and times, such as"),
        ("Mon 09:00 - 18:00", "must be days and times, such as"),
        ("Mon,Tue 09:00-18:00", "must be days and times, such as"),
        ("Mon 09:00-18:00 Tue 09:00-18:00", "must be days and times, such as"),
        ("Mo 09:00-18:00", "must begin with days of the week"),
        ("Mon-Fry 09:00-18:00", "must begin with days of the week"),
        ("Mon 09:60-18:00", "must have times from 00:00 to 24:00"),
        ("Mon 09:00-24:01", "must have times from 00:00 to 24:00"),
        ("Mon 25:00-26:00", "must have times from 00:00 to 24:00"),
        ("Mon 24:00-08:00", "must not begin at 24:00"),
        ("Mon 09:00-09:00", "must not end when it begins"),
    ],
)
def test_what_may_not(entry: str, words: str) -> None:
    """Anything else is refused, and the message says what is wrong."""
    with pytest.raises(ValueError, match=words):
        read_hours(entry)


@pytest.mark.parametrize(
    ("entries", "since", "now", "expected"),
    [
        pytest.param((), "2026-11-02 03:00", "2026-11-02 04:00", 1.0, id="always"),
        pytest.param(OFFICE, "2026-11-02 10:00", "2026-11-02 12:30", 2.5, id="within"),
        pytest.param(OFFICE, "2026-11-01 18:00", "2026-11-02 09:00", 0.0, id="just before it opens"),
        pytest.param(OFFICE, "2026-11-01 18:00", "2026-11-02 09:10", 1 / 6, id="since yesterday, ten minutes open"),
        pytest.param(OFFICE, "2026-10-30 17:50", "2026-11-02 09:10", 1 / 6 + 4 + 1 / 6, id="over a weekend"),
        pytest.param(OFFICE, "2026-11-01 00:00", "2026-11-01 23:59", 0.0, id="Sunday"),
        pytest.param(("Fri 22:00-02:00",), "2026-11-06 23:00", "2026-11-07 01:00", 2.0, id="over midnight"),
        pytest.param(("Fri 22:00-02:00",), "2026-11-07 00:30", "2026-11-07 03:00", 1.5, id="since after midnight"),
        pytest.param(("Mon 09:00-12:00", "Mon 11:00-13:00"), "2026-11-02 08:00", "2026-11-02 20:00", 4.0, id="overlap"),
        pytest.param(OFFICE, "2026-11-02 12:00", "2026-11-02 11:00", 0.0, id="the clock was set back"),
        pytest.param((), "2026-11-02 12:00", "2026-11-02 11:00", 0.0, id="set back, always open"),
    ],
)
def test_how_long_it_was_open(entries: tuple[str, ...], since: str, now: str, expected: float) -> None:
    """Only time within the hours counts, and each moment of it once."""
    assert open_for(entries, since, now) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("since", "now", "expected"),
    [
        pytest.param("2026-10-25 00:00", "2026-10-26 00:00", 25.0, id="the long day"),
        pytest.param("2026-03-29 00:00", "2026-03-30 00:00", 23.0, id="the short day"),
    ],
)
def test_days_on_which_the_clocks_change(since: str, now: str, expected: float) -> None:
    """The hours go by the clock on the wall: 09:00 is 09:00 before and after, and the day is as long as it is."""
    assert open_for(("Sun 00:00-24:00",), since, now, BERLIN) == expected
    assert open_for(("Sun 09:00-18:00",), since, now, BERLIN) == 9.0
    assert open_for(("Sun 09:00-18:00",), since, now[:8] + since[8:10] + " 09:10", BERLIN) == pytest.approx(1 / 6)


def test_the_zone_decides() -> None:
    """The same moments are within the hours in one zone and outside of them in another."""
    since, now = (datetime(2026, 11, 2, hour, tzinfo=UTC).timestamp() for hour in (5, 7))
    found = [hours("Mon 09:00-18:00", zone=ZoneInfo(name)).open_for(since, now) for name in ("UTC", "Europe/Istanbul")]
    assert found == [0.0, HOUR]
