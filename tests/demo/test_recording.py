"""The picture of the demo in the README is what the demo shows, and it asks nobody for anything."""

import re
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner

from chaport_sync.cli.main import app
from chaport_sync.sandbox.story.script import SCENES
from tests.docs.pages import ROOT
from tests.logs.log_lines import restored

_restored = pytest.fixture(autouse=True)(restored)

PICTURE = ROOT / "docs" / "demo.svg"


@pytest.fixture
def drawn(tmp_path: Path) -> str:
    """Return the picture that the command draws now."""
    file = tmp_path / "demo.svg"
    result = CliRunner().invoke(app, ["demo", "--record", str(file)])
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "All of it was seen.")
    return file.read_text("utf-8")


def texts(svg: str) -> list[tuple[str, str]]:
    """Return each text of a picture, with its height."""
    found = re.findall(r'<text class="demo-(?:r\d+|title)"[^>]* y="([^"]+)"[^>]*>(.*?)</text>', svg)
    return [(height, unescape(text)) for height, text in found]


def test_the_picture_is_what_the_command_draws(drawn: str) -> None:
    """If this fails, draw it again: `chaport-sync demo --record docs/demo.svg`."""
    assert texts(PICTURE.read_text("utf-8")) == texts(drawn)


def test_the_picture_shows_the_end_of_the_story(drawn: str) -> None:
    """Its last scene, each expectation seen, and both sides of the chat."""
    shown = "".join(text for _, text in texts(drawn)).replace("\xa0", " ")
    for words in (
        SCENES[-1].words,
        "1:05 of 1:05 · 12 of 12 seen",
        "Deskie case · open",
        "Chaport chat · Mary and Ann",
    ):
        assert words in shown


def test_the_picture_asks_nobody(drawn: str) -> None:
    """It names no host: its fonts are those of whoever looks at it."""
    for svg in (drawn, PICTURE.read_text("utf-8"), (ROOT / "docs" / "overview.svg").read_text("utf-8")):
        rest = svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "//" not in rest
        assert "@import" not in rest
        assert re.findall(r"url\((?!#)", rest) == []


def test_it_is_always_the_same(drawn: str, tmp_path: Path) -> None:
    """The story takes its own time, so two pictures of it do not differ."""
    again = tmp_path / "again.svg"
    assert CliRunner().invoke(app, ["demo", "--record", str(again)]).exit_code == 0
    assert again.read_text("utf-8") == drawn


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """One line says which file, and why."""
    file = tmp_path / "missing" / "demo.svg"
    result = CliRunner().invoke(app, ["demo", "--record", str(file)])
    assert result.exit_code == 1
    assert result.stderr == f"chaport-sync: {file} cannot be written: No such file or directory\n"
