"""How authors are called in notes (T5, P6)."""

import pytest

from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.model import Author
from chaport_sync.core.transcripts.delivery_text import signature

LONG = "a" * 200


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("Ann Smith", "Ann Smith (visitor)", id="an operator's name"),
        pytest.param("Robin (bot)", "Robin (visitor)", id="a bot's"),
        pytest.param("Ann (operator)", "Ann (visitor)", id="an operator's mark"),
        pytest.param("Ann (visitor)", "Ann (visitor)", id="the mark itself"),
        pytest.param("Robin (BOT)[Operator] \uff08\uff56isitor\uff09 ", "Robin (visitor)", id="many, however written"),
        pytest.param("Robin ( bot or former operator )", "Robin (visitor)", id="a former operator's"),
        pytest.param("Robin (\u3164bot\u2800)", "Robin (visitor)", id="with letters that show nothing"),
        pytest.param("(bot)", "Visitor", id="nothing else"),
        pytest.param("\u3164\u2800", "Visitor", id="letters that show nothing"),
        pytest.param("Robin (b\u043et)", "Robin b\u043et (visitor)", id="a look-alike letter"),
        pytest.param("Mary (Acme)", "Mary Acme (visitor)", id="brackets of a good name"),
        pytest.param(
            "Robin (bot): Yes, you get it. Ann", "Robin bot Yes, you get it. Ann (visitor)", id="a whole line"
        ),
        pytest.param("a · bot Robin\nchat 7", "a bot Robin chat 7 (visitor)", id="a heading"),
        pytest.param("Ann\uff1a Yes\u2236 1", "Ann Yes 1 (visitor)", id="look-alike colons"),
        pytest.param(LONG, "a" * 79 + "… (visitor)", id="too long"),
    ],
)
def test_a_visitor(name: str, shown: str) -> None:
    """P6: whatever visitors call themselves, the note says that they are visitors."""
    assert signature(Author.VISITOR, name, ENGLISH) == shown


@pytest.mark.parametrize(
    ("author", "name", "shown"),
    [
        pytest.param(Author.BOT, LONG, "a" * 79 + "… (bot)", id="a bot's long name"),
        pytest.param(Author.BOT, "A" + " (bot)" * 26, "A (bot)", id="a bot that says it often"),
        pytest.param(Author.BOT, "A" + " (bot)" * 27, f"A{' (bot)' * 13}… (bot)", id="too often to look"),
        pytest.param(Author.BOT, "Robin (bot)", "Robin (bot)", id="a bot that says it"),
        pytest.param(Author.OPERATOR, "Ann (Sales)", "Ann (Sales)", id="an operator"),
        pytest.param(Author.OPERATOR, "Ann (visitor)", "Ann", id="an operator who is no visitor"),
        pytest.param(Author.UNKNOWN, "", "Chaport", id="unknown"),
    ],
)
def test_others(author: Author, name: str, shown: str) -> None:
    """T5: a name is followed by what its author is, unless it is an operator's."""
    assert signature(author, name, ENGLISH) == shown
