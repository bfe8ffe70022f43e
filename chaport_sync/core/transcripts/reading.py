"""Turn the events of a chat into lines, and lines into the text of a delivery (T1, T3, T5)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import accumulate, islice, takewhile

from chaport_sync.core.ledger import Form, Line
from chaport_sync.core.model import Author, Chat, Event, Kind, Operator, Visitor
from chaport_sync.core.text import harmless, no_mentions, one_line, split
from chaport_sync.core.transcripts.authors import AuthorRules, classify, is_known_system, name_of
from chaport_sync.core.transcripts.reference import CODE_LENGTH, reference
from chaport_sync.core.transcripts.signature import signature

#: Deskie documents no limit; a delivery never exceeds this many characters (T5).
DELIVERY_LIMIT = 20_000
#: A longer line is split (characters). The rest of a delivery is for the heading, times, names, and the signs that
#: switch mentions off: at most one for every three characters.
LINE_LIMIT = 14_000
#: Further rows of a line are indented in a note, so that a visitor's text cannot pass for another author's line (P6).
#: Web pages show these spaces, but not plain ones, at the beginning of a row.
INDENT = "\u00a0" * 4
#: The heading of lines that were parked begins with this (P3).
LATE = "Late: written"


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
        if kind is Kind.OTHER or (kind is Kind.SYSTEM and not _ignored(event, rules)):
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
    match author:
        case Author.AUTOMATION:
            return bool(rules.include & {"bot", "operator"})
        case Author.UNKNOWN:
            return True
        case _:
            return author.value in rules.include


def shown(event: Event, kind: Kind) -> str:
    """Return the text that is shown for an event and its file, or that it cannot be shown; empty if nothing is (T1)."""
    if kind is Kind.SYSTEM:
        return ""
    file = _file(event) if event.file_name or event.file_url else ""
    if kind is Kind.OTHER:
        return file or f"[not shown: {one_line(event.type, 80)}]"
    return "\n".join(part for part in (harmless(event.text), file) if part)


def _file(event: Event) -> str:
    carried = ", ".join(part for part in (one_line(event.file_name, 200), one_line(event.file_url, 1000)) if part)
    return f"[file: {carried}]" if carried else ""


def note_line(line: Line, zone: tzinfo) -> str:
    """Return a line as it stands in a note: time, author, text."""
    text = f"{stamp(line.at, zone)} {signature(line.author, line.name)}: {line.text}"
    return no_mentions(text).replace("\n", "\n" + INDENT)


def stamp(at: float, zone: tzinfo) -> str:
    """Return an event's time as agents read it."""
    return datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M:%S")


def content(form: Form, lines: Sequence[Line], zone: tzinfo, chat: tuple[str, str], heading: str = "") -> str:
    """Return the text of one delivery; a note ends with its reference (T5)."""
    return "\n".join(
        [*_above(form, heading), *(_text(form, line, zone) for line in lines), *_ending(form, lines, chat)]
    )


def fitting(
    form: Form, lines: Sequence[Line], zone: tzinfo, chat: tuple[str, str], heading: str = ""
) -> tuple[Line, ...]:
    """Return as many of the lines as one delivery holds, at least one (T5)."""
    around = [*_above(form, heading), *_ending(form, [], chat)]
    room = DELIVERY_LIMIT - sum(len(row) + 1 for row in around)
    each = 1 + (CODE_LENGTH if form is Form.NOTE else 0)
    ends = accumulate((len(_text(form, line, zone)) + each for line in lines), initial=-1)
    count = sum(1 for _ in takewhile(lambda end: end <= room, islice(ends, 1, None)))
    return tuple(lines[: max(1, count)])


def _text(form: Form, line: Line, zone: tzinfo) -> str:
    return line.text if form is Form.CUSTOMER else note_line(line, zone)


def _above(form: Form, heading: str) -> list[str]:
    return [no_mentions(heading) if form is Form.NOTE else heading] if heading else []


def _ending(form: Form, lines: Sequence[Line], chat: tuple[str, str]) -> list[str]:
    return [reference(chat, lines)] if form is Form.NOTE else []


def _ignored(event: Event, rules: MirrorRules) -> bool:
    return event.type in rules.authors.event_kinds or is_known_system(event.type)


def _is_human(operator_id: str, operators: Mapping[str, Operator], rules: MirrorRules) -> bool:
    operator = operators.get(operator_id)
    return operator is not None and not operator.is_bot and operator_id not in rules.authors.bots


def late_heading(lines: Sequence[Line], zone: tzinfo) -> str:
    """Return the heading of lines that were parked, with the time of the first one (P3)."""
    return f"{LATE} {stamp(lines[0].at, zone)}, could not be delivered then."
