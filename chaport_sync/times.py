"""Formats times and durations for people and programs, and understands those that people type."""

import re
from datetime import datetime

UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


class WrongTimeError(ValueError):
    """A time cannot be understood, or is none that can be asked for; the message says what to give."""


def earliest(text: str, now: float) -> float:
    """Return the time (Unix seconds) that `--since` means: a duration before now, or a local date or time."""
    if match := re.fullmatch(r"(\d{1,6})\s*(s|m|min|h|d|w)", text.strip()):
        return now - int(match[1]) * UNITS[match[2]]
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except ValueError:
        raise WrongTimeError(
            f"--since {text!r} is no time: give 30m, 12h, 7d, 4w, or a date such as 2026-11-01 or '2026-11-01 08:00'"
        ) from None


def window(text: str, now: float, kept: float) -> float:
    """Return when the window that `--since` asks for begins (Unix seconds): not before `kept`, from when all is kept.

    Raises:
        WrongTimeError: It is no time, or not in the past.
    """
    start = earliest(text, now)
    if start >= now:
        raise WrongTimeError(f"--since {text!r} is not in the past: give a time before now, such as 12h")
    return max(start, kept)


def moment(at: float, now: float) -> str:
    """Return a time (Unix seconds) in this machine's zone; the date is left out if it is the day of `now`."""
    when, today = datetime.fromtimestamp(at), datetime.fromtimestamp(now)  # noqa: DTZ006 - as people here read it
    return when.strftime("%H:%M:%S" if when.date() == today.date() else "%Y-%m-%d %H:%M:%S")


def brief(at: float, now: float) -> str:
    """Return a time (Unix seconds) to the minute in this machine's zone, with the day unless it is that of `now`."""
    when, today = datetime.fromtimestamp(at), datetime.fromtimestamp(now)  # noqa: DTZ006 - as people here read it
    return when.strftime("%H:%M" if when.date() == today.date() else "%a %d %b %H:%M")


def span(seconds: float) -> str:
    """Return a duration (seconds) in its two largest units, such as "2 h 5 min"."""
    seconds = max(0, round(seconds))
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    units = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds % 60, "s")]
    first = next((place for place, (count, _) in enumerate(units) if count), len(units) - 1)
    return " ".join(f"{count} {unit}" for count, unit in units[first : first + 2] if count or first == len(units) - 1)


def hours(seconds: float) -> str:
    """Return a duration (seconds) in hours and minutes, such as "45 h 5 min"; a shorter one as `span` does."""
    whole, rest = divmod(round(seconds), 3600)
    return f"{whole} h {rest // 60} min" if whole else span(seconds)


def iso(at: float | None) -> str | None:
    """Return a time (Unix seconds) in ISO 8601 to the second, with this machine's offset; None stays None."""
    return None if at is None else datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")


def zone(now: float) -> str:
    """Return this machine's zone at `now` (Unix seconds), such as UTC+3; `moment` uses it."""
    offset = datetime.fromtimestamp(now).astimezone().strftime("%z")
    hours, minutes = int(offset[:3]), offset[3:5]
    return "UTC" + (f"{hours:+}" if hours else "") + (f":{minutes}" if minutes != "00" else "")
