"""How answers are printed: for pipes, for terminals, for programs and for spreadsheets (P6)."""

import csv
import io
import json
import re
import sys

import pytest

from chaport_sync.cli.output import named, print_csv, print_json, print_table, say
from chaport_sync.core.model import Person

ROSA = Person("41003", "Rosa Berg", "rosa.berg@acme.example")
#: What would colour, move or reorder the text of a terminal: C0, C1, bidirectional marks, and half a character.
EVIL = "a\x1b[31mb\x9bc\u202ed\u2066e\x07f\ud800"


def on_a_terminal(columns: int, patch: pytest.MonkeyPatch) -> None:
    """Let what is printed go to a terminal with so many columns."""
    patch.setattr(sys.stdout, "isatty", lambda: True)
    patch.setenv("COLUMNS", str(columns))
    patch.setenv("TERM", "xterm")


def test_a_pipe_has_no_width(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A row is a line and a sentence is one, so that grep finds whoever is there."""
    monkeypatch.setenv("COLUMNS", "80")
    print_table(("Operator", "Why"), [(named(ROSA), "because of this " * 20)] * 2)
    say("a sentence that is long " * 20)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert sum("rosa.berg@acme.example" in line for line in lines) == 2


@pytest.mark.parametrize(("columns", "shown"), [(80, "Rosa Berg"), (120, f"Rosa Berg <{ROSA.email}>")])
def test_a_terminal(
    columns: int, shown: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is little room people have names, and addresses where there is more; no line is too long."""
    on_a_terminal(columns, monkeypatch)
    assert named(ROSA) == shown
    print_table(("Operator", "Why"), [(named(ROSA), "because of this " * 20)])
    printed = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert max(map(len, printed.splitlines())) <= columns


def test_what_commands_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """P6: agents name themselves; nothing that they choose reaches the terminal but what can be read."""
    print_table(("Operator",), [(EVIL,)])
    say(f"  indented: {EVIL}")
    assert capsys.readouterr().out == "Operator\na[31mbcdef\n  indented: a[31mbcdef\n"


def test_what_commands_a_terminal_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    """P6: a program gets it exactly, escaped, and letters of all languages as they are."""
    print_json({"name": EVIL, "other": "Ömer Şahin, Пётр, 李"})
    printed = capsys.readouterr().out
    assert json.loads(printed) == {"name": EVIL, "other": "Ömer Şahin, Пётр, 李"}
    assert "Ömer Şahin, Пётр, 李" in printed
    assert all(character.isprintable() or character == "\n" for character in printed)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", "\u202e=1"])
def test_a_formula(cell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A spreadsheet must take a name for a name."""
    print_csv(("name", "other"), [(cell, "1-1")])
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["name"][0], row["other"]) == ("'", "1-1")
