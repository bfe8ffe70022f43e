"""What chats that were read settle: who wrote, when, and in which form."""

from collections.abc import Mapping, Sequence
from typing import Any

from chaport_sync.api import chaport_wire as wire
from chaport_sync.api import decode
from chaport_sync.api.chaport import SUSPICIOUS
from chaport_sync.config import Settings
from chaport_sync.config.rules import author_rules
from chaport_sync.core.model import Author, Event, Kind
from chaport_sync.core.transcripts.authors import OperatorsListed, classify, is_unlisted
from chaport_sync.core.wording import toml_line
from chaport_sync.questions.question import DEVELOPERS, Settled, as_assumed, otherwise, still_open
from chaport_sync.questions.recorded import Evidence

OPERATORS, CHAT, EVENTS = "/operators", "/visitors/ID/chats", "/visitors/ID/chats/ID/events"
#: The form that only the lists of operators tell from a colleague's messages.
UNLISTED = "operators' messages whose author is in no list"

Row = Mapping[str, Any]


def _chats(evidence: Evidence) -> list[tuple[str, Row]]:
    """Return the newest chats that were read, each with the path of its visitor."""
    # A chat may have been read twice; the visitors stay in the order of the list.
    read = {each.path.removesuffix("/chats"): decode.mapping(each.body).get("result") for each in evidence.good(CHAT)}
    return [(visitor, row) for visitor, result in read.items() if (row := decode.mapping(result))]


def events(evidence: Evidence) -> list[Row]:
    """Return the rows of all events that were read."""
    in_chats = (row for _, chat in _chats(evidence) for row in decode.items(chat.get("events")))
    return [*map(decode.mapping, in_chats), *evidence.results(EVENTS)]


def bots(evidence: Evidence, settings: Settings) -> Settled:
    """Settle in which forms bots' messages come."""
    forms = _forms_of_bots(evidence, settings)
    if not forms:
        return still_open("no bot wrote in the chats that were looked at")
    told = ", ".join(sorted(forms))
    if UNLISTED in forms and settings.chaport.unlisted_authors != "bot":
        return otherwise(told, "those that are bots belong under [chaport.bots]", told=True)
    return as_assumed(told)


def names(evidence: Evidence, settings: Settings) -> Settled:
    """Settle what types and times of events are called."""
    rows = events(evidence)
    if not rows:
        return still_open("no event was read")
    times = [key for key in wire.TIME_KEYS if any(decode.moment(row.get(key)) is not None for row in rows)]
    types = ", ".join(sorted({decode.text(row, "type") for row in rows}))
    if not times:
        return otherwise("events have no time under a known name", DEVELOPERS)
    if lines := _unclassified(evidence, settings):
        return otherwise(f"the time is {times[0]}; some types carry a text and are not known", lines, told=True)
    return as_assumed(f"the time is {times[0]}; types are {types}")


def order(evidence: Evidence, _: Settings) -> Settled:
    """Settle by what visitors are listed."""
    spans = _spans(evidence)
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    by_start, by_end = starts == sorted(starts, reverse=True), ends == sorted(ends, reverse=True)
    if by_start == by_end:
        return still_open("the chats that were looked at stand in the same order either way")
    return as_assumed(f"visitors stand by the {'start' if by_start else 'last event'} of their newest chat")


def cut(evidence: Evidence, _: Settings) -> Settled:
    """Settle whether a chat shows all of its events."""
    compared = _lengths(evidence)
    if not compared:
        return still_open("no chat's events were read by both requests")
    cut = [(short, long) for short, long in compared if short < long]
    if not cut:
        return still_open(
            f"the chats that were compared, of {max(long for _, long in compared)} events at most, are whole"
        )
    short, long = cut[0]
    if short < SUSPICIOUS:
        return otherwise(
            f"a chat of {long} events shows {short}; fewer than {SUSPICIOUS} were not expected", DEVELOPERS
        )
    return as_assumed(f"a chat of {long} events shows {short}; the rest is read by its own request")


def _spans(evidence: Evidence) -> list[tuple[float, float]]:
    """Return the first and the last time in each chat, in the order in which visitors are listed."""
    times = [[event.at for event in wire.events(chat.get("events")) if event.at] for _, chat in _chats(evidence)]
    return [(min(each), max(each)) for each in times if each]


def _lengths(evidence: Evidence) -> list[tuple[int, int]]:
    """Return how many events a chat shows, and how many its list of events has, of chats of which both were read."""
    shown = {
        f"{path}/chats/{decode.ident(chat.get('id'))}/events": chat.get("events") for path, chat in _chats(evidence)
    }
    lists = {each.path: decode.mapping(each.body).get("result") for each in evidence.good(EVENTS)}
    return [(len(decode.items(shown[path])), len(decode.items(rows))) for path, rows in lists.items() if path in shown]


def _forms_of_bots(evidence: Evidence, settings: Settings) -> set[str]:
    """Return in which forms bots' messages come."""
    found = set()
    operators, rules = _operators(evidence, settings), author_rules(settings)
    for event, author, _ in _written(evidence, settings):
        if is_unlisted(event, operators, rules):
            found.add(UNLISTED)
        elif author is Author.BOT:
            flag = "operators' messages with a mark" if event.type == "operator-message" else f"the type {event.type}"
            found.add(flag)
    return found


def _unclassified(evidence: Evidence, settings: Settings) -> str:
    """Return the lines to put under [chaport.event_kinds]; empty if there is nothing to put."""
    types = sorted({event.type for event, _, kind in _written(evidence, settings) if kind is Kind.OTHER})
    return "\n".join(["under [chaport.event_kinds] put", *(toml_line(each, "bot") for each in types)]) if types else ""


def after_closing(evidence: Evidence, _: Settings) -> Settled:
    """Settle whether a visitor's message to a closed chat goes into the same chat."""
    for _path, chat in _chats(evidence):
        types = [event.type for event in wire.events(chat.get("events"))]
        closed = next((place for place, each in enumerate(types) if "clos" in each), None)
        if closed is not None and "visitor-message" in types[closed:]:
            return as_assumed("a chat went on after it was closed, under its own number")
    return still_open("no visitor wrote to a closed chat among those that were looked at")


def _written(evidence: Evidence, settings: Settings) -> Sequence[tuple[Event, Author, Kind]]:
    operators, rules = _operators(evidence, settings), author_rules(settings)
    return [(event, *classify(event, operators, rules)) for event in wire.events(events(evidence))]


def _operators(evidence: Evidence, settings: Settings) -> OperatorsListed:
    rows = evidence.results(OPERATORS)
    listed = wire.operators(rows, settings.chaport.invisible_word, deactivated=True) or {}
    return OperatorsListed().with_list(listed.values(), {each.author_id for each in wire.events(events(evidence))})
