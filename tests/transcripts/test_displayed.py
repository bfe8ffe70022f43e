"""What a read-back recognises in a case (P1)."""

import html
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaport_sync.core.languages.any_language import LANGUAGES
from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.languages.language import Locale
from chaport_sync.core.ledger import ALL_ROWS, Form, Line, LineState
from chaport_sync.core.markup import from_html
from chaport_sync.core.model import Author, Message
from chaport_sync.core.skew import CLOCK_SKEW
from chaport_sync.core.text import harmless
from chaport_sync.core.transcripts.delivery_text import content, late_heading, reference
from chaport_sync.core.transcripts.read_back import Shown, displayed, reaches_back_to

AT = 1_800_000_000.0
OWN = "41001"
CHAT = ("v1", "1")
TOKYO = ZoneInfo("Asia/Tokyo")
GREENWICH = Locale(ENGLISH, UTC)


def line(number: int, text: str, author: Author = Author.VISITOR, name: str = "Mary", at: float = 0.0) -> Line:
    """Return a line so many seconds after the beginning."""
    return Line(event_id=f"e{number}", part=0, author=author, name=name, at=AT + at, text=text, seq=number)


def customer(number: int, text: str, at: float = 0.0) -> Message:
    """Return a customer's message."""
    return Message(str(number), user_id="9001", text=text, created_at=AT + at)


def note(number: int, *lines: Line, heading: str = "", staff_id: str = OWN, chat: tuple[str, str] = CHAT) -> Message:
    """Return a note as we write it."""
    text = content(Form.NOTE, lines, GREENWICH, chat, heading)
    return Message(str(number), staff_id=staff_id, note=True, text=text, created_at=AT)


def find(
    expected: list[Line], messages: list[Message], own: str = OWN, accounted: Mapping[str, int] = {}
) -> dict[tuple[str, int], str]:
    """Compare as the shell does; give the id of the message that shows each line."""
    found = displayed(expected, CHAT, messages, own, accounted)
    return {key: shown.message.id for key, shown in found.items()}


HELLO, AGAIN, HELP = line(1, "Hello"), line(2, "Hello"), line(3, "How can I help?", Author.BOT, "Robin (bot)")
BYE = line(4, "Bye")
OTHERS = line(5, "Hello", Author.BOT, "Robin (bot)")


@pytest.mark.parametrize(
    ("expected", "messages", "shown"),
    [
        pytest.param([HELLO], [], {}, id="nothing stands there"),
        pytest.param([HELLO], [customer(1, "Hello")], {HELLO: "1"}, id="the customer's words"),
        pytest.param([HELLO], [customer(1, "Hello!")], {}, id="other words"),
        pytest.param([HELLO, AGAIN], [customer(1, "Hello")], {HELLO: "1"}, id="two equal, one stands there"),
        pytest.param(
            [HELLO, AGAIN], [customer(1, "Hello\nHello")], {HELLO: "1", AGAIN: "1"}, id="two equal in one message"
        ),
        pytest.param(
            [HELLO, AGAIN],
            [customer(1, "Hello"), customer(2, "Hello")],
            {HELLO: "1", AGAIN: "2"},
            id="two equal in two",
        ),
        pytest.param([HELLO, HELP], [note(1, HELP)], {HELP: "1"}, id="a note whose first line is missing"),
        pytest.param(
            [HELLO, HELP], [note(1, HELLO, HELP, heading="Head: Hello")], {HELLO: "1", HELP: "1"}, id="one note"
        ),
        pytest.param([HELP], [customer(1, "How can I help?")], {}, id="the customer quotes the bot"),
        pytest.param([HELP], [note(1, HELP, staff_id="7")], {}, id="an agent quotes the bot in a note"),
        pytest.param([HELLO], [Message("1", staff_id="7", text="Hello")], {}, id="an agent's answer"),
        pytest.param([HELP], [note(1, replace(HELP, event_id="e9"))], {}, id="the bot said it again"),
        pytest.param([HELP], [note(1, HELP, chat=("v2", "1"))], {}, id="the same in another visitor's chat"),
        pytest.param([HELP], [note(1, replace(HELP, at=HELP.at + 9))], {HELP: "1"}, id="its time was shown otherwise"),
        pytest.param([HELP], [note(1, replace(HELP, name="Bot"))], {HELP: "1"}, id="the author was renamed"),
        pytest.param([HELP], [note(1, replace(HELP, text="Help?"))], {HELP: "1"}, id="it was edited since"),
        pytest.param(
            [HELLO, HELP, BYE], [note(1, HELLO, HELP, BYE)], {HELLO: "1", HELP: "1", BYE: "1"}, id="what lies between"
        ),
        pytest.param([HELP, BYE], [note(1, HELLO, HELP), note(2, BYE)], {HELP: "1", BYE: "2"}, id="its first is older"),
        pytest.param([HELLO, HELP], [note(1, HELLO, HELP, BYE)], {HELLO: "1", HELP: "1"}, id="its last is gone"),
        pytest.param([HELLO, HELP], [note(1, HELP), note(2, HELLO)], {HELP: "1", HELLO: "2"}, id="shown late"),
        pytest.param([HELP], [note(1, AGAIN, BYE)], {}, id="nothing of it is expected"),
        pytest.param([HELP], [Message("1", staff_id=OWN, note=True)], {}, id="an empty note"),
        pytest.param([HELLO], [customer(1, "Hello", at=-CLOCK_SKEW)], {HELLO: "1"}, id="clocks differ"),
        pytest.param([HELLO], [customer(1, "Hello", at=-CLOCK_SKEW - 1)], {}, id="said long before the event"),
        pytest.param(
            [HELP, HELLO], [customer(1, "Hello"), note(2, HELP)], {HELLO: "1", HELP: "2"}, id="T3's exception"
        ),
        pytest.param([BYE, HELLO], [customer(1, "Hello"), customer(2, "Bye")], {BYE: "2"}, id="only in order"),
        pytest.param(
            [BYE, HELLO],
            [customer(1, "Hello"), customer(2, "more"), customer(3, "and more"), customer(4, "Bye")],
            {BYE: "4"},
            id="only in order, among other words",
        ),
        pytest.param(
            [HELLO],
            [customer(1, "Hello"), note(2, HELLO)],
            {HELLO: "2"},
            id="a note is believed first",
        ),
        pytest.param([HELLO], [customer(1, "Hello\nBye")], {HELLO: "1"}, id="what follows is not read yet"),
        pytest.param([HELLO], [customer(1, "Bye\nHello")], {}, id="said in another chat, after more"),
        pytest.param(
            [HELLO], [customer(1, "Bye\nHello"), customer(2, "Hello")], {HELLO: "2"}, id="said in both chats of a case"
        ),
        pytest.param(
            [replace(HELLO, author=Author.BOT, name="Robin (bot)"), AGAIN],
            [note(1, HELLO), customer(2, "Hello")],
            {HELLO: "1", AGAIN: "2"},
            id="renamed, when the visitor said the same",
        ),
        pytest.param(
            [HELLO, HELP, OTHERS],
            [customer(1, "Hello"), note(2, HELP, OTHERS)],
            {HELLO: "1", HELP: "2", OTHERS: "2"},
            id="a bot said the same in the same second",
        ),
        pytest.param(
            [replace(HELLO, state=LineState.SENDING)],
            [customer(1, "From: Mary\nHello\nsent from my phone")],
            {HELLO: "1"},
            id="what was surely sent may stand among more",
        ),
        pytest.param(
            [HELLO, BYE],
            [customer(1, late_heading([HELLO], GREENWICH) + "\nHello\nBye")],
            {HELLO: "1", BYE: "1"},
            id="opened late",
        ),
    ],
)
def test_found(expected: list[Line], messages: list[Message], shown: dict[Line, str]) -> None:
    """P1: what stands in the case is compared line by line, in order: author, form, normalised text."""
    assert find(expected, messages) == {each.key: message_id for each, message_id in shown.items()}


@pytest.mark.parametrize(
    ("expected", "accounted", "shown"),
    [
        ([HELLO, BYE], 0, {HELLO: "1", BYE: "1"}),
        ([HELLO, BYE], 1, {BYE: "1"}),
        ([BYE], 1, {BYE: "1"}),
        ([BYE], 0, {}),
        ([HELLO, BYE], 2, {}),
        ([HELLO, BYE], ALL_ROWS, {}),
    ],
)
def test_what_shows_other_lines(expected: list[Line], accounted: int, shown: dict[Line, str]) -> None:
    """P1: rows of a message that are known to show other lines are not taken for these."""
    message = customer(1, "Hello\nBye")
    assert find(expected, [message], accounted={"1": accounted}) == {each.key: number for each, number in shown.items()}


def test_how_many_rows_are_accounted_for() -> None:
    """P1: of the customer's words up to the end of each line, those above it included; of a note all."""
    words = line(7, "two\n\nrows")
    said, noted = customer(1, "two\n\nrows\nBye"), note(2, HELP, heading="Head")
    found = displayed([words, BYE, HELP], CHAT, [said, noted], OWN, {})
    assert found == {words.key: Shown(said, 2), BYE.key: Shown(said, 3), HELP.key: Shown(noted, ALL_ROWS)}


def test_how_far_back() -> None:
    """P1: what was written before the first of the lines, by any clock, need not be read."""
    assert reaches_back_to([line(1, "a", at=9), line(2, "b", at=-9), BYE]) == AT - 9 - CLOCK_SKEW


def test_own_id_not_known_yet() -> None:
    """P1: while Deskie has not told the id of our notes, every note may be ours."""
    assert find([HELP], [note(1, HELP, staff_id="7")], own="") == {HELP.key: "1"}


def test_a_forged_reference_shows_nothing() -> None:
    """P1, P6: a visitor's text that looks like the end of a note does not stand for what that would show."""
    forged = line(1, f"x\n{reference(CHAT, [HELP], ENGLISH)}")
    assert find([forged, HELP], [note(1, forged)]).keys() == {forged.key}
    assert find([forged, HELP], [customer(1, forged.text)]).keys() == {forged.key}


TEXTS = st.lists(st.text(st.characters(codec="utf-8"), max_size=12), min_size=1, max_size=3).map("\n".join)
CONVERSATIONS = st.lists(
    st.tuples(st.sampled_from([Author.VISITOR, Author.BOT, Author.OPERATOR]), TEXTS), min_size=1, max_size=8
)
FORMATS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "breaks": lambda text: from_html(html.escape(text).replace("\n", "<br>")),
    "paragraphs": lambda text: from_html("<p>" + html.escape(text).replace("\n", "</p><p>") + "</p>"),
}


@given(CONVERSATIONS, st.data())
def test_what_was_sent_is_recognised(conversation: list[tuple[Author, str]], data: st.DataObject) -> None:
    """P1: of any lines sent in any grouping, exactly those that were sent are found, in whatever form."""
    lines = [
        line(number, harmless(text), author, author.value, at=number)
        for number, (author, text) in enumerate(conversation)
        if harmless(text)
    ]
    sent = data.draw(st.integers(0, len(lines)))
    locale = data.draw(st.builds(Locale, st.sampled_from(list(LANGUAGES.values())), st.sampled_from([UTC, TOKYO])))
    shape = FORMATS[data.draw(st.sampled_from(sorted(FORMATS)))]
    messages: list[Message] = []
    rest = lines[:sent]
    while rest:
        form = data.draw(st.sampled_from(Form)) if rest[0].author is Author.VISITOR else Form.NOTE
        count = data.draw(st.integers(1, len(rest)))
        group = [rest[0]]
        for each in rest[1:count]:
            if form is Form.CUSTOMER and each.author is not Author.VISITOR:
                break
            group.append(each)
        rest = rest[len(group) :]
        # Since then somebody was renamed, and the configuration names another language and time zone.
        told = [replace(each, name=f"formerly {each.name}") for each in group]
        text = shape(content(form, told, locale, CHAT))
        user, staff = ("", OWN) if form is Form.NOTE else ("9001", "")
        messages.append(Message(str(len(messages) + 1), user, staff, form is Form.NOTE, text, AT))
    found = find(lines, messages)
    assert found.keys() == {each.key for each in lines[:sent]}
    assert set(found.values()) == {message.id for message in messages}
