"""The README in other languages has the same commands."""

from pathlib import Path

import pytest

from chaport_sync.core.languages.any_language import LANGUAGES
from tests.docs.pages import ROOT, blocks, codes, name, rows, text

README = ROOT / "README.md"
TRANSLATIONS = sorted((ROOT / "docs").glob("README.*.md"))
#: How a block begins that every README has: the demo, and the installation.
NEEDED = ("python3 -m venv .venv", "python3 -m venv /opt/chaport-sync")


def commands(page: Path) -> list[str]:
    """Return the commands in the first column of a page's tables."""
    return [row[0] for row in rows(page) if row[0].startswith("`chaport-sync")]


def test_each_language_has_its_readme() -> None:
    """Whoever reads notes in a language reads what the program is in it, too."""
    assert {f"README.{word}.md" for word in LANGUAGES if word != "en"} == {page.name for page in TRANSLATIONS}


@pytest.mark.parametrize("page", TRANSLATIONS, ids=name)
def test_what_is_typed_is_the_same(page: Path) -> None:
    """Each block of commands is one of README.md, in its order; the demo and the installation are there."""
    places = [blocks(README, "sh").index(block) for block in blocks(page, "sh")]
    assert places == sorted(places)
    assert all(any(block.startswith(needed) for block in blocks(page, "sh")) for needed in NEEDED)


@pytest.mark.parametrize("page", TRANSLATIONS, ids=name)
def test_the_seven_commands_are_the_same(page: Path) -> None:
    """Its table names the commands that README.md's names."""
    assert commands(page) == [row for row in commands(README) if row in commands(page)]
    assert len(commands(page)) == 7


@pytest.mark.parametrize("page", TRANSLATIONS, ids=name)
def test_it_is_short_and_says_how_to_get_the_language(page: Path) -> None:
    """At most 80 lines, the setting for its language, and the way to README.md and back."""
    word = page.name.split(".")[1]
    assert len(text(page).splitlines()) <= 80
    assert f'[cases] language = "{word}"' in codes(page)
    assert "](../README.md)" in text(page)
    assert f"](docs/{page.name})" in "\n".join(text(README).splitlines()[:5])
