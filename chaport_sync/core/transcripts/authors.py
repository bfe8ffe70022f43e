"""Tell who wrote each event of a chat, for each way in which Chaport may show bots (T1)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from chaport_sync.core.model import Author, Event, Kind, Operator

#: Parts of the names that Chaport may give to types of events that are no messages.
_NO_MESSAGE = ("page", "navigat", "change", "assign", "join", "left", "invit", "request", "rating", "closed", "typing")
#: The type of what operators write, and perhaps bots.
_OPERATORS = "operator-message"


@dataclass(frozen=True, slots=True)
class AuthorRules:
    """`chaport.bots` (id = name) and `chaport.event_kinds` (type = kind), which overrule the classifier.

    `unlisted` is for whom an author in no list of operators is taken: `BOT`, or `AUTOMATION` for nobody known.
    """

    bots: Mapping[str, str] = field(default_factory=dict)
    event_kinds: Mapping[str, str] = field(default_factory=dict)
    unlisted: Author = Author.BOT


@dataclass(frozen=True, slots=True)
class OperatorsListed:
    """Who stood in Chaport's lists of operators, and who did not.

    Attributes:
        known: By id, the name of each operator that was ever listed, and whether it is a bot. A former operator stays.
        missed: The ids of those who had written as operators, or been assigned, before a list was read, and stood
            neither in that one nor in any other.
    """

    known: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    missed: tuple[str, ...] = ()

    def with_list(self, listed: Collection[Operator], looked_for: Iterable[str] = ()) -> "OperatorsListed":
        """Return the record after one more list, which was read after all of `looked_for` had written.

        An empty list says of nobody that it is no operator.
        """
        known = {**self.known, **{each.id: (each.name, each.is_bot) for each in listed}}
        missed = {*self.missed, *looked_for} if listed else set(self.missed)
        return OperatorsListed(known, tuple(sorted(missed - known.keys())))


def classify(event: Event, operators: OperatorsListed, rules: AuthorRules) -> tuple[Author, Kind]:
    """Return who wrote an event, and what kind of event it is."""
    if event.type in rules.event_kinds:
        whose = rules.event_kinds[event.type]
        return (Author.UNKNOWN, Kind.SYSTEM) if whose == "ignore" else (Author(whose), Kind.WORDS)
    if event.type == "visitor-message":
        return Author.VISITOR, Kind.WORDS
    if _is_bot(event, operators, rules):
        return Author.BOT, Kind.WORDS
    if event.type == _OPERATORS:
        return as_operator(event.author_id, operators, rules), Kind.WORDS
    carries = bool(event.text or event.file_name or event.file_url)
    return Author.UNKNOWN, Kind.OTHER if carries and not is_no_message(event.type) else Kind.SYSTEM


def as_operator(author_id: str, operators: OperatorsListed, rules: AuthorRules) -> Author:
    """Return who writes in an operator's form and without any mark of a bot.

    An operator who writes is listed, so whoever was missed in a list that was read afterwards is a bot. Before such a
    list nobody knows, nor if the message names nobody.
    """
    if author_id in operators.known:
        return Author.OPERATOR
    return rules.unlisted if author_id and author_id in operators.missed else Author.AUTOMATION


def is_unlisted(event: Event, operators: OperatorsListed, rules: AuthorRules) -> bool:
    """Return whether only the lists of operators tell who wrote an event, and its author was in none of them."""
    as_operators = event.type == _OPERATORS and event.type not in rules.event_kinds
    return as_operators and event.author_id not in operators.known and not _is_bot(event, operators, rules)


def is_person(operator_id: str, operators: OperatorsListed, rules: AuthorRules) -> bool:
    """Return whether somebody who is assigned to a chat is a person."""
    return operator_id in operators.known and not _is_known_bot(operator_id, operators, rules)


def without_visitors(events: Iterable[Event], rules: AuthorRules) -> list[Event]:
    """Return the events that the visitor did not write."""
    kinds = {"visitor-message": "visitor"} | dict(rules.event_kinds)
    return [event for event in events if kinds.get(event.type) != "visitor"]


def is_no_message(event_type: str) -> bool:
    """Return whether events of this type are known to be no messages."""
    return any(word in event_type for word in _NO_MESSAGE)


def name_of(event: Event, author: Author, visitor_name: str, operators: OperatorsListed, rules: AuthorRules) -> str:
    """Return the name of an event's author without its kind, which `signature` adds; empty if there is no name.

    An author who is in no list is named by the id, if the event tells no name.
    """
    if author is Author.VISITOR:
        return visitor_name
    listed, _ = operators.known.get(event.author_id, ("", False))
    name = rules.bots.get(event.author_id) or event.author_name or listed
    return name or (event.author_id if is_unlisted(event, operators, rules) else "")


def _is_bot(event: Event, operators: OperatorsListed, rules: AuthorRules) -> bool:
    """Return whether a bot wrote the event, by its type, its flag, its author's record or our configuration."""
    by_type = "bot" in event.type or event.type.startswith(("trigger", "auto"))
    return (
        event.bot_flag
        or _is_known_bot(event.author_id, operators, rules)
        or (by_type and not is_no_message(event.type))
    )


def _is_known_bot(author_id: str, operators: OperatorsListed, rules: AuthorRules) -> bool:
    _, is_bot = operators.known.get(author_id, ("", False))
    return is_bot or author_id in rules.bots
