"""What is recognised in each language, whichever is configured now (P1, P6)."""

from datetime import UTC
from typing import get_args

import pytest

from chaport_sync.config.chats import Cases
from chaport_sync.core.languages.any_language import LANGUAGES, is_late_heading, rows_of
from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.languages.language import Locale
from chaport_sync.core.ledger import Line
from chaport_sync.core.model import Author
from chaport_sync.core.text import compared, compared_lines
from chaport_sync.core.transcripts.delivery_text import late_heading, reference, referred, signature

LINE = Line("e1", 0, Author.VISITOR, "Mary", 1_793_610_000.0, "Hello")
WORDS = tuple(LANGUAGES)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    "name",
    [
        "Robin (bot)",
        "Robin (бот)",
        "Robin (БОТ) [Сотрудник]",
        "Robin (посетитель)",
        "Robin (бот или бывший оператор)",
        "Robin (ziyaretçi)",
        "Robin (ZİYARETÇİ)",
        "Robin {Operatör} <temsilci>",
        "Robin (bot veya eski operatör)",
        "Robin (оператор) (visitor)",
    ],
)
def test_no_name_has_a_mark_of_any_language(name: str, word: str) -> None:
    """P6: whoever calls itself a bot, a visitor or an operator in one language passes for none in another."""
    language = LANGUAGES[word]
    assert signature(Author.VISITOR, name, language) == f"Robin ({language.as_visitor})"
    assert signature(Author.OPERATOR, name, language) == "Robin"


def test_brackets_of_good_names_stay() -> None:
    """T5: what only resembles a mark is part of a name."""
    assert signature(Author.OPERATOR, "Ann (Ботаника)", LANGUAGES["ru"]) == "Ann (Ботаника)"


@pytest.mark.parametrize("word", WORDS)
def test_the_heading_of_late_lines(word: str) -> None:
    """P1, P3: it is known in each language; a customer's words that only begin like it are words."""
    heading = late_heading([LINE], Locale(LANGUAGES[word], UTC))
    assert is_late_heading(compared(heading))
    assert not is_late_heading(compared(heading + " What now?"))
    assert not is_late_heading(compared(heading.partition(" ")[0]))


@pytest.mark.parametrize("word", WORDS)
def test_a_file_is_the_same_file(word: str) -> None:
    """P1: a file that was shown in another language stands in the case."""
    assert rows_of(f"See\n[{LANGUAGES[word].file}: a b.pdf, https://x/a]") == ("See", "[ab.pdf,https://x/a]")


@pytest.mark.parametrize("text", ["[a]", "file: a", "[file: a] b", "b [file: a]", "[file:]", "[profile: a]", "file"])
def test_other_rows_are_compared_as_they_are(text: str) -> None:
    """P1: only a row that shows a file is read so."""
    assert rows_of(text) == tuple(compared_lines(text))


@pytest.mark.parametrize("word", WORDS)
def test_a_reference_is_read_in_each_language(word: str) -> None:
    """P1, T5: the codes are the same, whatever the word before them."""
    row = reference(("v1", "7"), [LINE], LANGUAGES[word])
    assert referred(compared(row)) == referred(compared(reference(("v1", "7"), [LINE], LANGUAGES["en"])))
    assert referred(compared(row))


def test_each_word_of_the_setting_has_its_language() -> None:
    """T5: `[cases] language` names the languages of the catalogue and no others, English by default."""
    assert get_args(Cases.model_fields["language"].annotation) == tuple(LANGUAGES)
    assert LANGUAGES[Cases().language] is ENGLISH
