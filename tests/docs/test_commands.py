"""The commands and options that the pages name are those of the program."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from chaport_sync.cli.exits import Code
from chaport_sync.cli.main import app
from tests.docs.pages import PAGES, ROOT, blocks, codes, name, rows, text
from tests.simulation.__main__ import main as simulation

COMMANDS = ROOT / "docs" / "commands.md"
#: What ends one command in a shell's line.
_NEXT = {"&&", ";", "|", "#"}
_NAME = re.compile(r"(?:\S*/)?chaport-sync")


def options(command: click.Command) -> set[str]:
    """Return the options of a command."""
    return {word for parameter in command.params for word in parameter.opts if word.startswith("--")}


def commands(group: click.Group, *before: str) -> dict[tuple[str, ...], click.Command]:
    """Return each command by the words that call it; a group of commands is none itself."""
    found: dict[tuple[str, ...], click.Command] = {}
    for word, command in group.commands.items():
        found |= commands(command, *before, word) if isinstance(command, click.Group) else {(*before, word): command}
    return found


PROGRAM = commands(app)
EVERY_OPTION = options(app) | {"--help"} | {option for each in PROGRAM.values() for option in options(each)}


def typed(page: Path) -> Iterator[list[str]]:
    """Return each command line of the program that a page shows, in a block or in its prose, without the program."""
    for line in "\n".join(blocks(page, "sh")).splitlines():
        part: list[str] = []
        for word in [*shlex.split(line, comments=True), ";"]:
            if word not in _NEXT:
                part.append(word.removesuffix(";"))
                continue
            if part and _NAME.fullmatch(part[0]):
                yield part[1:]
            part = []
    for code in codes(page):
        program, *words = code.replace("[", "").replace("]", "").split() or [""]
        if _NAME.fullmatch(program) and words:
            yield words
        elif (program,) in PROGRAM and (not words or words[0].startswith("-")):
            yield [program, *words]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_what_is_typed_exists(page: Path) -> None:
    """Each command and option that a page shows is one of the program."""
    wrong = []
    for words in typed(page):
        left = words[2:] if words[0] == "--config" else words
        if not left or left[0] in ("--version", "--help", "COMMAND"):
            continue
        command = PROGRAM.get((left[0],)) or PROGRAM.get((*left[:2],))
        known = options(command) | {"--help"} if command else set()
        if command is None or any(word not in known for word in left if word.startswith("--")):
            wrong.append(" ".join(words))
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_options_that_are_spoken_of_exist(page: Path) -> None:
    """An option by itself is one of some command, unless the page speaks of another program."""
    spoken = {code for code in codes(page) if re.fullmatch(r"--[a-z-]+", code)}
    assert spoken - EVERY_OPTION - options(simulation) == set()


@pytest.mark.parametrize("words", sorted(PROGRAM), ids=" ".join)
def test_each_command_has_its_row(words: tuple[str, ...]) -> None:
    """Its options stand there, all of them, and no others."""
    first = [row[0].strip("`").replace("[", "").replace("]", "").split() for row in rows(COMMANDS)]
    own = [row for row in first if (*row[: len(words)],) == words]
    assert own
    named = {word for row in own for word in row if word.startswith("--")}
    assert named == options(PROGRAM[words]) - {"--config"}


def test_the_help_is_the_real_one() -> None:
    """What docs/commands.md shows as the program's help is what it prints, 80 columns wide."""
    said = CliRunner().invoke(app, ["--help"], prog_name="chaport-sync", terminal_width=80).output
    assert blocks(COMMANDS, "text")[0] == said


def test_the_exit_codes_are_the_real_ones() -> None:
    """Each code that the program ends with is explained; 2 is the command line library's."""
    explained = {int(row[0]) for row in rows(COMMANDS) if row[0].isdigit()}
    assert explained == {*map(int, Code), 2}


def test_the_readme_has_the_lines_that_set_up() -> None:
    """The demo and the tests are one line each, as they have always been."""
    packages = "python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e"
    for line in (f"{packages} '.[demo]' && .venv/bin/chaport-sync demo", f"{packages} '.[dev]' && .venv/bin/pytest"):
        assert f"```sh\n{line}\n```" in text(ROOT / "README.md")
