"""What else `once` has to tell: the log's warnings that are no deeds, as sentences for people."""

from collections.abc import Collection, Iterable
from typing import Any

from chaport_sync.cli.once_deeds import ANSWERED, SHOWN, Event, details, fields
from chaport_sync.core.transcripts.turns import Work, in_words
from chaport_sync.core.wording import number

_DEEDS = (*SHOWN, *ANSWERED)


def noted(told: Iterable[Event], failures: Collection[str]) -> list[dict[str, Any]]:
    """Return warnings and errors that are no deeds, and are not among the failures, which are printed by themselves."""
    return [
        fields(event)
        for event in told
        if event["level"] != "info" and not event["event"].startswith(_DEEDS) and not _is_among(failures, event)
    ]


def _is_among(failures: Collection[str], event: Event) -> bool:
    """Return whether a failure says it: with the service before it, or without the request that met it."""
    error = str(event.get("error", "")).partition(" (GET /")[0]
    return bool(error) and not event.get("believed") and any(error in failure for failure in failures)


def sentence(event: Event) -> str:
    """Say what an event means and what to do; one without words of its own is told by its fields."""
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
            unknown = (
                f"by the unknown author {event['author']}"
                if "author" in event
                else f"of the unknown type {event['type']}"
            )
            return f"{number(event['count'], 'event is', 'events are')} {unknown}: {event['hint']}."
        case "transcripts.behind":
            late = in_words(Work(event["what"]), event["seconds"], event["visitors"])
            return f"{late[0].upper()}{late[1:]}: {event['hint']}."
    return f"{event['event']}: {details(event)}"
