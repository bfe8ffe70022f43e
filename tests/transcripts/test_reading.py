"""What one reading of a chat tells (T1, T5)."""

from collections import Counter
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.languages.language import Locale
from chaport_sync.core.ledger import Form, Line
from chaport_sync.core.model import Author, Chat, Event, Kind, Visitor
from chaport_sync.core.transcripts.authors import AuthorRules, OperatorsListed
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.delivery_text import (
    DELIVERY_LIMIT,
    content,
    fitting,
    header,
    late_heading,
    note_line,
)
from chaport_sync.core.transcripts.reading import MirrorRules, Reading, is_included, read, shown

NOW = 1_800_000_000.0
OPERATORS = OperatorsListed({"op1": ("Ann", False)}, ("missed",))
MARY = Visitor("v1", name="Mary")
CHAT = ("v1", "1")
GREENWICH = Locale(ENGLISH, UTC)


def reading(*events: Event, operators: tuple[str, ...] = (), rules: MirrorRules | None = None) -> Reading:
    """Read a chat of these events."""
    return read(Chat("v1", "1", operators=operators, events=events), MARY, OPERATORS, rules or MirrorRules(), NOW)


def test_a_whole_conversation() -> None:
    """T1: lines in the order of the events, and what the cases' rules need to know of the chat."""
    events = (
        Event("e1", "bot-message", NOW - 30, "Hello", author_name="Robin"),
        Event("e2", "opened-page", NOW - 25),
        Event("e3", "visitor-message", NOW - 20, "Help me"),
        Event("e4", "poll-answer", NOW - 10, "4 stars"),
    )
    found = reading(*events)
    assert found == Reading(
        lines=(
            Line("e1", 0, Author.BOT, "Robin", NOW - 30, "Hello"),
            Line("e3", 0, Author.VISITOR, "Mary", NOW - 20, "Help me"),
            Line("e4", 0, Author.UNKNOWN, "", NOW - 10, "[not shown: poll-answer]", kind=Kind.OTHER),
        ),
        visitor_wrote=True,
        bot_spoke=True,
        human=False,
        asked_at=NOW - 20,
        last_event_at=NOW - 10,
        bot_name="Robin",
        unknown=Counter({"type poll-answer": 1}),
        others=(events[0], events[1], events[3]),
    )


def test_an_empty_chat() -> None:
    """T1: nothing said, nothing shown."""
    assert reading() == Reading()


@pytest.mark.parametrize(
    ("events", "asked_at"),
    [
        pytest.param([("visitor-message", "")], NOW - 3, id="the visitor waits"),
        pytest.param([("visitor-message", ""), ("bot-message", "")], None, id="a bot answered"),
        pytest.param([("visitor-message", ""), ("operator-message", "op1")], None, id="an operator answered"),
        pytest.param([("visitor-message", ""), ("operator-change", "op1")], NOW - 3, id="joining is no answer"),
        pytest.param([("visitor-message", ""), ("operator-message", "xy")], NOW - 3, id="unknown authors do not count"),
        pytest.param([("visitor-message", ""), ("operator-message", "missed")], None, id="an unlisted bot answered"),
        pytest.param([("bot-message", ""), ("visitor-message", "")], NOW - 2, id="asked again"),
    ],
)
def test_unanswered(events: list[tuple[str, str]], asked_at: float | None) -> None:
    """C2: the visitor waits since the last words that nobody answered."""
    found = reading(
        *(
            Event(str(number), type_, NOW - 3 + number, "text", author_id=author)
            for number, (type_, author) in enumerate(events)
        )
    )
    assert found.asked_at == asked_at


@pytest.mark.parametrize(
    ("events", "operators", "human"),
    [
        pytest.param((), (), False, id="nobody"),
        pytest.param((), ("op1",), True, id="joined"),
        pytest.param((), ("b1",), False, id="a bot is assigned"),
        pytest.param((), ("xy",), False, id="somebody unknown is assigned"),
        pytest.param((Event("1", "operator-message", NOW, "Hi", author_id="op1"),), (), True, id="wrote"),
        pytest.param((Event("1", "operator-message", NOW, "Hi", author_id="xy"),), (), False, id="a stranger wrote"),
        pytest.param((Event("1", "operator-message", NOW, "Hi", author_id="missed"),), (), False, id="a bot wrote"),
    ],
)
def test_human(events: tuple[Event, ...], operators: tuple[str, ...], human: bool) -> None:  # noqa: FBT001 - a table
    """T2, C1: a human takes part who joined or wrote and is an operator."""
    rules = MirrorRules(authors=AuthorRules(bots={"b1": "Robin"}))
    assert reading(*events, operators=operators, rules=rules).human is human


@pytest.mark.parametrize(
    ("author_id", "bot_spoke", "bot_name"), [("missed", True, "missed"), ("xy", False, ""), ("op1", False, "")]
)
def test_an_unlisted_bot(author_id: str, bot_spoke: bool, bot_name: str) -> None:  # noqa: FBT001 - a table
    """T1, C3: who was missed in a later list speaks as a bot, under an id at least; whoever is unknown does not."""
    found = reading(Event("1", "operator-message", NOW, "Hi", author_id=author_id))
    assert (found.bot_spoke, found.bot_name) == (bot_spoke, bot_name)


@pytest.mark.parametrize("include", [{"bot"}, {"visitor"}, {"operator"}, {"bot", "operator"}, set()])
def test_include(include: set[str]) -> None:
    """T1: only included kinds are shown; of the visitor's words a reading tells all the same (T3)."""
    rules = MirrorRules(include=frozenset(include))
    found = reading(
        Event("e1", "bot-message", NOW, "1"),
        Event("e2", "visitor-message", NOW, "2"),
        Event("e3", "operator-message", NOW, "3", author_id="op1"),
        rules=rules,
    )
    assert {line.author.value for line in found.lines} == include | {"visitor"}
    assert (found.bot_spoke, found.visitor_wrote, found.human) == (True, True, True)


@pytest.mark.parametrize(
    ("author", "include", "shown_so"),
    [
        (Author.AUTOMATION, {"bot"}, True),
        (Author.AUTOMATION, {"operator"}, True),
        (Author.AUTOMATION, {"visitor"}, False),
        (Author.UNKNOWN, set[str](), True),
    ],
)
def test_include_what_is_not_certain(author: Author, include: set[str], shown_so: bool) -> None:  # noqa: FBT001
    """T1: who may be bot or operator is shown if either is; a message of unknown kind is always shown."""
    assert is_included(author, MirrorRules(include=frozenset(include))) is shown_so


@pytest.mark.parametrize(
    ("event", "kind", "text"),
    [
        pytest.param(Event("1", "visitor-message", text=" Hi\x07 "), Kind.WORDS, "Hi", id="text"),
        pytest.param(
            Event("1", "visitor-message", file_name="a.pdf", file_url="https://x/a"),
            Kind.WORDS,
            "[file: a.pdf, https://x/a]",
            id="a file",
        ),
        pytest.param(Event("1", "upload", file_url="https://x/a"), Kind.OTHER, "[file: https://x/a]", id="image"),
        pytest.param(
            Event("1", "visitor-message", text="See", file_name="a\nb"),
            Kind.WORDS,
            "See\n[file: a b]",
            id="both, the name in one line",
        ),
        pytest.param(Event("1", "visitor-message", text="Hi", file_name=" "), Kind.WORDS, "Hi", id="a blank file"),
        pytest.param(Event("1", "poll", text="secret"), Kind.OTHER, "[not shown: poll]", id="unknown"),
        pytest.param(Event("1", "page", text="x"), Kind.SYSTEM, "", id="nobody"),
        pytest.param(Event("1", "visitor-message", text=" \x00 "), Kind.WORDS, "", id="nothing readable"),
    ],
)
def test_shown(event: Event, kind: Kind, text: str) -> None:
    """T1: a file or an image is one line, what has no known kind is named and not shown."""
    assert shown(event, kind, ENGLISH) == text


def test_a_note_has_times_in_the_configured_zone() -> None:
    """T5, P6: one line an event: time, author, text; further rows are indented, on web pages too."""
    line = Line("e1", 0, Author.VISITOR, "Mary", 1793610000.0, "a\nb @ann")
    assert note_line(line, Locale(ENGLISH, ZoneInfo("Europe/Berlin"))) == (
        "2026-11-02 10:00:00 Mary (visitor): a\n\u00a0\u00a0\u00a0\u00a0b @\u2060ann"
    )
    assert content(Form.CUSTOMER, [line, line], GREENWICH, CHAT) == "a\nb @ann\na\nb @ann"
    assert late_heading([line], GREENWICH) == "Late: written 2026-11-02 09:00:00, could not be delivered then."


@pytest.mark.parametrize("filler", ["x", "x\n", " @a", "@@a\n", "\U0001f600", "a b\n\n"])
@pytest.mark.parametrize("form", list(Form))
def test_no_delivery_is_over_the_limit(filler: str, form: Form) -> None:
    """T5: a delivery over 20,000 characters is split, whatever the text consists of and however long the header is."""
    text = filler * (50_000 // len(filler))
    lines = list(reading(Event("e1", "visitor-message", NOW, text), Event("e2", "visitor-message", NOW, "end")).lines)
    long = ChatState("v", "1", 0, "n" * 80, "e" * 120, "p" * 40, "u" * 300, "b" * 80)
    heading = header(long, CaseState("1"), ENGLISH, replies=False) + "\n" + late_heading(lines, GREENWICH)
    deliveries = []
    while lines:
        batch = fitting(form, lines, GREENWICH, CHAT, heading)
        deliveries.append(content(form, batch, GREENWICH, CHAT, heading))
        lines = lines[len(batch) :]
    assert all(len(delivery) <= DELIVERY_LIMIT for delivery in deliveries)
    assert sum(delivery.count(filler.strip("\n ")[-1]) for delivery in deliveries) >= text.count(filler.strip()[-1])


@given(st.lists(st.integers(1, 9_000), min_size=1, max_size=8), st.sampled_from(Form))
def test_fitting_takes_as_many_as_it_can(lengths: list[int], form: Form) -> None:
    """T5: consecutive lines make one delivery as long as they fit."""
    lines = [Line(f"e{n}", 0, Author.VISITOR, "Mary", NOW, "x" * length) for n, length in enumerate(lengths)]
    batch = fitting(form, lines, GREENWICH, CHAT)
    assert batch == tuple(lines[: len(batch)])
    assert len(content(form, batch, GREENWICH, CHAT)) <= DELIVERY_LIMIT
    more = lines[: len(batch) + 1]
    assert len(batch) == len(lines) or len(content(form, more, GREENWICH, CHAT)) > DELIVERY_LIMIT
