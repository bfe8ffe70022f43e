"""docs/glossary.md: each word once, where one looks for it."""

from tests.docs.pages import ROOT, rows

WORDS = [row[0] for row in rows(ROOT / "docs" / "glossary.md") if row[0] != "word"]


def test_each_word_stands_once_and_in_order() -> None:
    """A word has one meaning, and the list is in the order of the alphabet."""
    assert sorted(set(WORDS)) == WORDS
