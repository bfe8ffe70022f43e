"""Tell who wrote each event of a chat, for each way in which Chaport may show bots, and turn events into lines (T1)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from chaport_sync.core.ledger import Line
from chaport_sync.core.model import Author, Chat, Event, Kind, Operator, Visitor
from chaport_sync.core.text import harmless, one_line, split

#: A longer line is split (characters). The rest of a delivery is for the heading, times, names, and the signs that
#: switch mentions off: at most one for every three characters.
LINE_LIMIT = 14_000
#: Further rows of a line are indented in a note, so that a visitor's text cannot pass for another author's line (P6).
#: Web pages show these spaces, but not plain ones, at the beginning of a row.
INDENT = "\u00a0" * 4
#: Parts of the names that Chaport may give to types of events that are no messages.
_NO_MESSAGE = ("page", "navigat", "change", "assign", "join", "left", "invit", "request", "rating", "closed", "typing")


@dataclass(frozen=True, slots=True)
class AuthorRules:
    """`chaport.bots` (id = name) and `chaport.event_kinds` (type = kind), which overrule the classifier."""

    bots: Mapping[str, str] = field(default_factory=dict)
    event_kinds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OperatorsListed:
    """The name of each operator that Chaport listed last, and whether it is a bot."""

    known: Mapping[str, tuple[str, bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MirrorRules:
    """What is shown and how: `[transcripts]` include and timezone, and the author rules. `replies` is [replies]."""

    authors: AuthorRules = field(default_factory=AuthorRules)
    include: frozenset[str] = frozenset({"bot", "visitor", "operator"})
    timezone: tzinfo = UTC
    replies: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading a chat once. Times are Unix seconds.

    Attributes:
        lines: Each event to show, in order; long ones in parts.
        visitor_wrote: Whether the visitor has written anything in this chat.
        bot_spoke: Whether a bot has written anything in this chat.
        human: Whether a human operator takes part: joined or wrote.
        asked_at: When the visitor last wrote, if nobody answered since; else None.
        last_event_at: The time of the newest event, None if no event has one.
        bot_name: The name of the bot that wrote last.
        unknown: How often each unknown type or author occurs, as "type X" or "author X".
        strangers: The ids of people who wrote as operators, or were assigned, but are in no list. They are a reason to
            read the list of operators again.
        others: The events that the visitor did not write, in order.
    """

    lines: tuple[Line, ...] = ()
    visitor_wrote: bool = False
    bot_spoke: bool = False
    human: bool = False
    asked_at: float | None = None
    last_event_at: float | None = None
    bot_name: str = ""
    unknown: Counter[str] = field(default_factory=Counter)
    strangers: frozenset[str] = frozenset()
    others: tuple[Event, ...] = ()


def read(chat: Chat, visitor: Visitor, operators: Mapping[str, Operator], rules: MirrorRules, now: float) -> Reading:
    """Classify a chat's events, each once; an event without a time counts as written now."""
    lines: list[Line] = []
    others: list[Event] = []
    as_operators: set[str] = set()
    asked_at: float | None = None
    bot_name = ""
    spoke: set[Author] = set()
    unknown: Counter[str] = Counter()
    for event in chat.events:
        author, kind = classify(event, operators, rules.authors)
        at = event.at if event.at is not None else now
        text = shown(event, kind)
        if author is not Author.VISITOR:
            others.append(event)
        if author is Author.AUTOMATION:
            as_operators.add(event.author_id)
            unknown[f"author {event.author_id}"] += 1
        expected = event.type in rules.authors.event_kinds or _is_no_message(event.type)
        if kind is Kind.OTHER or (kind is Kind.SYSTEM and not expected):
            unknown[f"type {event.type}"] += 1
        if not text:
            continue
        name = one_line(name_of(event, author, visitor.name, operators, rules.authors), 80)
        if kind is Kind.WORDS:
            spoke.add(author)
            bot_name = name if author is Author.BOT else bot_name
            if author is Author.VISITOR:
                asked_at = min(at, now)
            elif author is not Author.AUTOMATION:
                asked_at = None
        if author is Author.VISITOR or is_included(author, rules):
            lines += [
                Line(event_id=event.id, part=number, author=author, name=name, at=at, text=part, kind=kind)
                for number, part in enumerate(split(text, LINE_LIMIT, len(INDENT)))
            ]
    joined = any(_is_human(operator_id, operators, rules) for operator_id in chat.operators)
    times = [event.at for event in chat.events if event.at is not None]
    return Reading(
        lines=tuple(lines),
        visitor_wrote=Author.VISITOR in spoke,
        bot_spoke=Author.BOT in spoke,
        human=joined or Author.OPERATOR in spoke,
        asked_at=asked_at,
        last_event_at=max(times, default=None),
        bot_name=bot_name,
        unknown=unknown,
        strangers=frozenset({*as_operators, *chat.operators} - {*operators, *rules.authors.bots}),
        others=tuple(others),
    )


def is_included(author: Author, rules: MirrorRules) -> bool:
    """Return whether lines of this author are shown (T1); `AUTOMATION` is shown if bots or operators are."""
    one_of = {"bot", "operator"} if author is Author.AUTOMATION else {author.value}
    return author is Author.UNKNOWN or bool(rules.include & one_of)


def shown(event: Event, kind: Kind) -> str:
    """Return the text that is shown for an event and its file, or that it cannot be shown; empty if nothing is (T1)."""
    if kind is Kind.SYSTEM:
        return ""
    carried = ", ".join(filter(None, (one_line(event.file_name, 200), one_line(event.file_url, 1000))))
    file = f"[file: {carried}]" if carried else ""
    if kind is Kind.OTHER:
        return file or f"[not shown: {one_line(event.type, 80)}]"
    return "\n".join(filter(None, (harmless(event.text), file)))


def _is_human(operator_id: str, operators: Mapping[str, Operator], rules: MirrorRules) -> bool:
    operator = operators.get(operator_id)
    return operator is not None and not operator.is_bot and operator_id not in rules.authors.bots


def classify(event: Event, operators: Mapping[str, Operator], rules: AuthorRules) -> tuple[Author, Kind]:
    """Return who wrote an event, given the operators that Chaport lists now, and what kind of event it is."""
    if event.type in rules.event_kinds:
        whose = rules.event_kinds[event.type]
        return (Author.UNKNOWN, Kind.SYSTEM) if whose == "ignore" else (Author(whose), Kind.WORDS)
    if event.type == "visitor-message":
        return Author.VISITOR, Kind.WORDS
    if _is_bot(event, operators, rules):
        return Author.BOT, Kind.WORDS
    if event.type == "operator-message":
        return Author.OPERATOR if event.author_id in operators else Author.AUTOMATION, Kind.WORDS
    carries = bool(event.text or event.file_name or event.file_url)
    return Author.UNKNOWN, Kind.OTHER if carries and not _is_no_message(event.type) else Kind.SYSTEM


def without_visitors(events: Iterable[Event], rules: AuthorRules) -> list[Event]:
    """Return the events that the visitor did not write."""
    kinds = {"visitor-message": "visitor"} | dict(rules.event_kinds)
    return [event for event in events if kinds.get(event.type) != "visitor"]


def _is_bot(event: Event, operators: Mapping[str, Operator], rules: AuthorRules) -> bool:
    """Return whether a bot wrote the event, by its type, its flag, its author's record or our configuration."""
    author = operators.get(event.author_id)
    by_type = "bot" in event.type or event.type.startswith(("trigger", "auto"))
    return (
        event.bot_flag
        or event.author_id in rules.bots
        or (author is not None and author.is_bot)
        or (by_type and not _is_no_message(event.type))
    )


def _is_no_message(event_type: str) -> bool:
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
