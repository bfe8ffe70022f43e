"""Tell who wrote an event and what kind it is, for each way in which Chaport may show bots (T1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chaport_sync.core.model import Author, Event, Kind, Operator


@dataclass(frozen=True, slots=True)
class AuthorRules:
    """`chaport.bots` (id = name) and `chaport.event_kinds` (type = kind), which overrule the classifier."""

    bots: Mapping[str, str] = field(default_factory=dict)
    event_kinds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OperatorsListed:
    """The name of each operator that Chaport listed last, and whether it is a bot."""

    known: Mapping[str, tuple[str, bool]] = field(default_factory=dict)


#: Parts of the names that Chaport may give to types of events that are no messages.
_NO_MESSAGE = ("page", "navigat", "change", "assign", "join", "left", "invit", "request", "rating", "closed", "typing")


def classify(event: Event, operators: Mapping[str, Operator], rules: AuthorRules) -> tuple[Author, Kind]:
    """Return who wrote an event, given the operators that Chaport lists now, and what kind of event it is."""
    if event.type in rules.event_kinds:
        whose = rules.event_kinds[event.type]
        return (Author.UNKNOWN, Kind.SYSTEM) if whose == "ignore" else (Author(whose), Kind.WORDS)
    if event.type == "visitor-message":
        return Author.VISITOR, Kind.WORDS
    if is_bot(event, operators, rules):
        return Author.BOT, Kind.WORDS
    if event.type == "operator-message":
        return Author.OPERATOR if event.author_id in operators else Author.AUTOMATION, Kind.WORDS
    carries = bool(event.text or event.file_name or event.file_url)
    return Author.UNKNOWN, Kind.OTHER if carries and not is_known_system(event.type) else Kind.SYSTEM


def without_visitors(events: Iterable[Event], rules: AuthorRules) -> list[Event]:
    """Return the events that the visitor did not write."""
    kinds = {"visitor-message": "visitor"} | dict(rules.event_kinds)
    return [event for event in events if kinds.get(event.type) != "visitor"]


def is_bot(event: Event, operators: Mapping[str, Operator], rules: AuthorRules) -> bool:
    """Return whether a bot wrote the event, by its type, its flag, its author's record or our configuration."""
    author = operators.get(event.author_id)
    return (
        event.bot_flag
        or event.author_id in rules.bots
        or (author is not None and author.is_bot)
        or ("bot" in event.type and not is_known_system(event.type))
        or (event.type.startswith(("trigger", "auto")) and not is_known_system(event.type))
    )


def is_known_system(event_type: str) -> bool:
    """Return whether events of this type are known to be no messages."""
    return any(word in event_type for word in _NO_MESSAGE)


def name_of(
    event: Event, author: Author, visitor_name: str, operators: Mapping[str, Operator], rules: AuthorRules
) -> str:
    """Return the name of an event's author without its kind, which `signature` adds; empty if there is no name."""
    if author is Author.VISITOR:
        return visitor_name
    listed = operators.get(event.author_id)
    name = rules.bots.get(event.author_id) or event.author_name or (listed.name if listed else "")
    return name or (event.author_id or "somebody" if author is Author.AUTOMATION else "")
