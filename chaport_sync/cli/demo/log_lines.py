"""Formats a log event for the demo: its name and its most important fields, on one line."""

from typing import Any

_BESIDES = {
    "timestamp",
    "level",
    "event",
    "agents",
    "visitor",
    "chat",
    "late",
    "until",
    "failures",
    "service",
    "to",
    "exception",
    "parts",
}
#: Fields whose values speak for themselves.
_PLAIN = {"operator", "form", "reason", "error", "flow", "version"}


def is_of_interest(event: dict[str, Any]) -> bool:
    """Return whether to show an event; the summaries of cycles come every second and say little."""
    return not str(event.get("event")).endswith(".cycle")


def details(event: dict[str, Any], arrow: str = "->") -> str:
    """Return the most important fields of an event as text."""
    shown = [_field(key, value, event, arrow) for key, value in event.items() if key not in _BESIDES]
    return "  ".join(part for part in shown if part)


def clock_face(seconds: float) -> str:
    """Return seconds as minutes and seconds, such as 1:05."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _field(key: str, value: Any, event: dict[str, Any], arrow: str) -> str:
    if key == "operator":
        return str(value).partition("@")[0]  # the demo's people all have one domain
    if key == "from":
        return f"{value} {arrow} {event.get('to')}"
    if key == "events":
        return f"{value} event" if value == 1 else f"{value} events"
    if isinstance(value, list):
        value = ", ".join(str(each) for each in value)
    return str(value) if key in _PLAIN else f"{key} {value}"
