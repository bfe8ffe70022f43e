"""The other warnings of `once`: log events that are not in its tables, in sentences for people."""

from collections.abc import Collection, Iterable
from typing import Any

from chaport_sync.cli.once_deeds import ANSWERED, SHOWN, Event, details, fields
from chaport_sync.core.transcripts.turns import Work, in_words
from chaport_sync.core.wording import number

_DEEDS = (*SHOWN, *ANSWERED)


def noted(events: Iterable[Event], failures: Collection[str]) -> list[dict[str, Any]]:
    """Return warnings and errors that neither the tables nor the printed failures show."""
    return [
        fields(event)
        for event in events
        if event["level"] != "info" and not event["event"].startswith(_DEEDS) and not _is_among(failures, event)
    ]


def _is_among(failures: Collection[str], event: Event) -> bool:
    """Return whether a failure has the event's error, perhaps with a service before it or without its request."""
    error = str(event.get("error", "")).partition(" (GET /")[0]
    return bool(error) and not event.get("believed") and any(error in failure for failure in failures)


def sentence(event: Event) -> str:
    """Return what an event means and what to do; an event without a sentence of its own is shown by its fields."""
    match event["event"]:
        case "status.unmapped":
            status = f"{event['status']} ({event['name']})" if event["name"] else event["status"]
            counts = f"it counts as {event['treated_as']}"
            return f"Status {status} is not in [status.map]: {counts}. `check` prints the line."
        case "agent.unpaired" if "agent" in event:
            return f"Agent {event['agent']} drives no operator: {event['reason']}."
        case "agent.unpaired":
            return f"[agents] pairs is wrong: {event['reason']}."
        case "poll.refused" if event["believed"]:
            return f"The list of {event['what']} is believed now, because it has stayed so: {event['error']}."
        case "poll.refused":
            return f"The list of {event['what']} is not believed yet: {event['error']}."
        case "poll.failed" if "operator" in event:
            return f"The status of operator {event['operator']} could not be set: {event['error']}."
        case "poll.failed":
            return f"The {event['flow']} failed: {event['error']}."
        case "event.unknown":
            return _unknown(event)
        case "transcripts.behind":
            late = in_words(Work(event["what"]), event["seconds"], event["visitors"])
            return f"{late[0].upper()}{late[1:]}: {event['hint']}."
    return f"{event['event']}: {details(event)}"


def _unknown(event: Event) -> str:
    events = number(event["count"], "event is", "events are")
    if "type" in event:
        return f"{events} of the unknown type {event['type']}: {event['hint']}."
    who = "a bot" if event["treated_as"] == "bot" else "neither a bot nor a person"
    # The hint ends with a line to paste, which a full stop would spoil.
    return f"{events} by the author {event['author'] or 'without a name'}, who counts as {who}: {event['hint']}"
