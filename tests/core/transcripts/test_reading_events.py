"""Lines, their bounds and their times (T1, T5, P3)."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.languages.language import Locale
from chaport_sync.core.ledger import Form, Line
from chaport_sync.core.model import Author, Chat, Event, Kind, Visitor
from chaport_sync.core.transcripts.authors import AuthorRules, OperatorsListed
from chaport_sync.core.transcripts.delivery_text import content, fitting, late_heading, reference
from chaport_sync.core.transcripts.reading import MirrorRules, Reading, read, shown

NOW = 1_793_610_000.0
BERLIN, GREENWICH = Locale(ENGLISH, ZoneInfo("Europe/Berlin")), Locale(ENGLISH, UTC)
LINE = Line("e1", 0, Author.VISITOR, "Mary", NOW, "Hello")
CHAT = ("v1", "1")


def reading(*events: Event, rules: MirrorRules | None = None, name: str = "Mary") -> Reading:
    """Read a chat of these events."""
    return read(
        Chat("v1", "1", events=events),
        Visitor("v1", name),
        OperatorsListed(missed=("missed",)),
        rules or MirrorRules(),
        NOW,
    )


def test_the_defaults_are_the_documented_ones() -> None:
    """Bots, visitors and operators are included, the language is English, times are UTC, replies are off."""
    include = frozenset({"bot", "visitor", "operator"})
    assert MirrorRules() == MirrorRules(AuthorRules({}, {}), include, GREENWICH, replies=False)


def test_an_event_without_a_time() -> None:
    """T1: it counts as written now, and tells nothing of how long the chat is silent."""
    found = reading(Event("e1", "visitor-message", None, "Hello"))
    assert (found.lines, found.asked_at, found.last_event_at) == ((LINE,), NOW, None)


def test_words_from_the_future() -> None:
    """C2: a visitor whose clock is ahead waits from now on, not from later."""
    found = reading(Event("e1", "visitor-message", NOW + 60, "Hello"))
    assert (found.asked_at, found.last_event_at) == (NOW, NOW + 60)


@pytest.mark.parametrize(
    ("event", "unknown"),
    [
        pytest.param(Event("1", "operator-message", NOW, "Hi", author_id="xy"), "author xy", id="somebody unknown"),
        pytest.param(Event("1", "operator-message", NOW, "Hi", author_id="missed"), "author missed", id="a missed one"),
        pytest.param(Event("1", "operator-message", NOW, "Hi", author_id="b", bot_flag=True), "", id="a marked bot"),
        pytest.param(Event("1", "poll-answer", NOW, "4 stars"), "type poll-answer", id="a message of unknown kind"),
        pytest.param(Event("1", "confetti", NOW), "type confetti", id="an unknown type without anything"),
        pytest.param(Event("1", "opened-page", NOW), "", id="a known type that is no message"),
        pytest.param(Event("1", "ping", NOW, "Hi"), "", id="a type that the configuration ignores"),
        pytest.param(Event("1", "visitor-message", NOW, "Hi"), "", id="a message"),
    ],
)
def test_what_nobody_knows_is_counted(event: Event, unknown: str) -> None:
    """T1: unknown types and authors are counted, each time they are met, and are never fatal."""
    rules = MirrorRules(authors=AuthorRules(event_kinds={"ping": "ignore"}))
    assert reading(event, event, event, rules=rules).unknown == (Counter({unknown: 3}) if unknown else Counter())


@pytest.mark.parametrize(
    ("event", "limit", "text"),
    [
        pytest.param(lambda name: Event("1", "upload", file_name=name), 200, "[file: {}]", id="a file's name"),
        pytest.param(lambda name: Event("1", "upload", file_url=name), 1000, "[file: {}]", id="its address"),
        pytest.param(lambda name: Event("1", name), 80, "[not shown: {}]", id="a type"),
    ],
)
def test_what_is_shown_of_a_file_is_bounded(event: Callable[[str], Event], limit: int, text: str) -> None:
    """T1: a file is one line with its name and its address, whatever their length."""
    assert shown(event("x" * limit), Kind.OTHER, ENGLISH) == text.format("x" * limit)
    assert shown(event("x" * (limit + 1)), Kind.OTHER, ENGLISH) == text.format("x" * (limit - 1) + "…")


def test_names_are_bounded() -> None:
    """T5: an author's name takes 80 characters of a line at most."""
    event = Event("e1", "visitor-message", NOW, "Hello")
    assert reading(event, name="x" * 80).lines[0].name == "x" * 80
    assert reading(event, name="x" * 81).lines[0].name == "x" * 79 + "…"


@pytest.mark.parametrize(
    ("form", "heading", "text"),
    [
        pytest.param(Form.CUSTOMER, "", "Hello\nHello", id="the visitor's own words"),
        pytest.param(
            Form.NOTE,
            "",
            "2026-11-02 10:00:00 Mary (visitor): Hello\n2026-11-02 10:00:00 Mary (visitor): Hello\n"
            f"{reference(CHAT, [LINE, LINE], ENGLISH)}",
            id="a note",
        ),
        pytest.param(
            Form.NOTE,
            "Chaport chat 1 · @all (visitor)",
            "Chaport chat 1 · @\u2060all (visitor)\n"
            "2026-11-02 10:00:00 Mary (visitor): Hello\n2026-11-02 10:00:00 Mary (visitor): Hello\n"
            f"{reference(CHAT, [LINE, LINE], ENGLISH)}",
            id="the first note",
        ),
    ],
)
def test_a_delivery(form: Form, heading: str, text: str) -> None:
    """T5: the heading, one line an event: time in `transcripts.timezone`, author, text; a note's reference."""
    assert content(form, [LINE, LINE], BERLIN, CHAT, heading) == text


def test_a_late_delivery() -> None:
    """P3: what was parked is headed as late, in the configured time zone."""
    assert late_heading([LINE], BERLIN) == "Late: written 2026-11-02 10:00:00, could not be delivered then."


@pytest.mark.parametrize(
    ("heading", "length", "count"),
    [
        pytest.param("", 9999, 2, id="exactly 20,000"),
        pytest.param("", 10_000, 1, id="one character more"),
        pytest.param("head", 9994, 2, id="exactly, with a heading"),
        pytest.param("head", 9995, 1, id="one more, with a heading"),
    ],
)
def test_as_many_lines_as_fit(heading: str, length: int, count: int) -> None:
    """T5: a delivery over 20,000 characters is split; what fits goes together."""
    lines = [Line("e1", 0, Author.VISITOR, "", NOW, "x" * 10_000), Line("e2", 0, Author.VISITOR, "", NOW, "x" * length)]
    assert fitting(Form.CUSTOMER, lines, GREENWICH, CHAT, heading) == tuple(lines[:count])


def test_without_a_heading_all_the_room_is_for_lines() -> None:
    """T5: exactly 20,000 characters of lines are one delivery."""
    lines = [Line(f"e{number}", 0, Author.VISITOR, "", NOW, "x" * (9999 + number)) for number in range(2)]
    assert fitting(Form.CUSTOMER, lines, GREENWICH, CHAT) == tuple(lines)


def test_a_note_leaves_room_for_its_reference() -> None:
    """T5: with its times, its names and its reference a note is exactly as long as a delivery may be."""
    around = len(content(Form.NOTE, [replace(LINE, text=""), replace(LINE, event_id="e2", text="")], GREENWICH, CHAT))
    first = replace(LINE, text="x" * 10_000)
    for more, count in ((0, 2), (1, 1)):
        second = replace(LINE, event_id="e2", text="x" * (10_000 - around + more))
        assert len(fitting(Form.NOTE, [first, second], GREENWICH, CHAT)) == count
