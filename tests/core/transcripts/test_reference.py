"""The row by which a note is recognised, whatever else stands in it (T5, P1)."""

from dataclasses import replace

import pytest

from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.ledger import Line
from chaport_sync.core.model import Author
from chaport_sync.core.text import compared
from chaport_sync.core.transcripts.delivery_text import code, reference, referred

CHAT = ("v1", "7")
LINE = Line("e1", 0, Author.BOT, "Robin (bot)", 1_800_000_000.0, "How can I help?", seq=3)


@pytest.mark.parametrize(
    ("chat", "key"),
    [
        pytest.param(("v2", "7"), LINE.key, id="another visitor's chat of this number"),
        pytest.param(("v1", "8"), LINE.key, id="another chat"),
        pytest.param(CHAT, ("e2", 0), id="another event"),
        pytest.param(CHAT, ("e1", 1), id="another part"),
    ],
)
def test_a_code_tells_one_line_from_all_others(chat: tuple[str, str], key: tuple[str, int]) -> None:
    """P1: it is derived from the visitor, the chat, the event and the part."""
    assert code(chat, key) != code(CHAT, LINE.key)


def test_a_code_tells_nothing_that_may_change() -> None:
    """P1: neither a name, nor a time, nor an edited text, nor the place in the ledger of a lost file is in it."""
    other = replace(LINE, author=Author.OPERATOR, name="Bob", at=0.0, text="Edited", seq=9)
    assert reference(CHAT, [other], ENGLISH) == reference(CHAT, [LINE], ENGLISH) == "chat 7 · f111ddf4"


def test_ids_that_are_no_text() -> None:
    """P1: whatever a service calls an event, its line has a code."""
    assert len(code(("v\ud800", "7"), LINE.key)) == 8


def test_a_reference_names_the_chat_and_each_line() -> None:
    """T5: a note bears the codes of its lines, the first and the last and those between."""
    lines = [LINE, replace(LINE, event_id="e2"), replace(LINE, event_id="e3")]
    assert reference(CHAT, lines, ENGLISH) == f"chat 7 · {' '.join(code(CHAT, line.key) for line in lines)}"


def test_a_chat_with_an_odd_number() -> None:
    """P6: what a service calls a chat cannot make a second row."""
    row = reference(("v1", "7\n8" + "9" * 100), [LINE], ENGLISH)
    assert row == f"chat 7 8{'9' * 36}… · {code(('v1', '7' + chr(10) + '8' + '9' * 100), LINE.key)}"


def test_a_reference_is_read_as_it_was_written() -> None:
    """P1: read back with or without the white space in it."""
    lines = [LINE, replace(LINE, event_id="e2"), replace(LINE, event_id="e3")]
    assert referred(compared(reference(CHAT, lines, ENGLISH))) == [code(CHAT, line.key) for line in lines]
    assert referred(compared(reference(CHAT, [LINE], ENGLISH))) == [code(CHAT, LINE.key)]


@pytest.mark.parametrize(
    "row",
    [
        "",
        "chat7",
        "chat7·5f3a9c1",
        "chat7·",
        "chat7·5F3A9C1D",
        "chat7·5f3a9c1d77ab",
        "chat7·5f3a9c1d-77ab01ce",
        "chat7·5f3a9c1d!",
        "5f3a9c1d",
        "Mary:chat7·5f3a9c1d.",
    ],
)
def test_what_is_no_reference(row: str) -> None:
    """P1: a note of a person, or one that was cut, refers to nothing."""
    assert referred(row) == []
