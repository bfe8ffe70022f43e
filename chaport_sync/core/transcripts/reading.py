"""Read a chat: turn its events into lines, and tell what the rules need to know of it (T1)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC

from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.languages.language import Language, Locale
from chaport_sync.core.ledger import Line
from chaport_sync.core.model import Author, Chat, Event, Kind, Visitor
from chaport_sync.core.text import harmless, one_line, split
from chaport_sync.core.transcripts.authors import (
    AuthorRules,
    OperatorsListed,
    classify,
    is_no_message,
    is_person,
    is_unlisted,
    name_of,
)

#: A longer line is split (characters). The rest of a delivery is for the heading, times, names, and the signs that
#: switch mentions off: at most one for every three characters.
LINE_LIMIT = 14_000
#: Further rows of a line are indented in a note, so that a visitor's text cannot pass for another author's line (P6).
#: Web pages show these spaces, but not plain ones, at the beginning of a row.
INDENT = "\u00a0" * 4


@dataclass(frozen=True, slots=True)
class MirrorRules:
    """What is shown and how: `[transcripts]` include, and the author rules.

    `locale` is of `[cases]` language and `[transcripts]` timezone, `replies` is [replies].
    """

    authors: AuthorRules = field(default_factory=AuthorRules)
    include: frozenset[str] = frozenset({"bot", "visitor", "operator"})
    locale: Locale = field(default_factory=lambda: Locale(ENGLISH, UTC))
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
        strangers: The ids of those who wrote as operators, or were assigned, but were in no list so far. They are a
            reason to read the list of operators again.
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


def read(chat: Chat, visitor: Visitor, operators: OperatorsListed, rules: MirrorRules, now: float) -> Reading:
    """Classify a chat's events, each once; an event without a time counts as written now."""
    lines: list[Line] = []
    others: list[Event] = []
    unlisted: set[str] = set()
    asked_at: float | None = None
    bot_name = ""
    spoke: set[Author] = set()
    unknown: Counter[str] = Counter()
    for event in chat.events:
        author, kind = classify(event, operators, rules.authors)
        at = event.at if event.at is not None else now
        text = shown(event, kind, rules.locale.language)
        if author is not Author.VISITOR:
            others.append(event)
        if is_unlisted(event, operators, rules.authors):
            unlisted.add(event.author_id)
            unknown[f"author {event.author_id}"] += 1
        expected = event.type in rules.authors.event_kinds or is_no_message(event.type)
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
    joined = any(is_person(operator_id, operators, rules.authors) for operator_id in chat.operators)
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
        strangers=frozenset({*unlisted, *chat.operators} - {"", *operators.known, *rules.authors.bots}),
        others=tuple(others),
    )


def is_included(author: Author, rules: MirrorRules) -> bool:
    """Return whether lines of this author are shown (T1); `AUTOMATION` is shown if bots or operators are."""
    one_of = {"bot", "operator"} if author is Author.AUTOMATION else {author.value}
    return author is Author.UNKNOWN or bool(rules.include & one_of)


def shown(event: Event, kind: Kind, language: Language) -> str:
    """Return the text that is shown for an event and its file, or that it cannot be shown; empty if nothing is (T1)."""
    if kind is Kind.SYSTEM:
        return ""
    carried = ", ".join(filter(None, (one_line(event.file_name, 200), one_line(event.file_url, 1000))))
    file = f"[{language.file}: {carried}]" if carried else ""
    if kind is Kind.OTHER:
        return file or f"[{language.not_shown}: {one_line(event.type, 80)}]"
    return "\n".join(filter(None, (harmless(event.text), file)))
