"""Printing: tables for people, JSON and CSV for programs, all on stdout; progress on stderr."""

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chaport_sync.cli.streams import can_show_any
from chaport_sync.core.statuses.seen import Person
from chaport_sync.core.text import one_line

if TYPE_CHECKING:
    from rich.console import Console

# rich is imported where something is drawn: whoever asks for JSON need not wait for it.

#: How statuses and results look; whatever is not listed has no style.
STYLES = {
    "online": "green",
    "invisible": "yellow",
    "offline": "dim",
    "keep": "cyan",
    "ok": "green",
    "note": "cyan",
    "warning": "yellow",
    "stale": "red",
    "failed": "red",
}
#: From so many columns on there is room for addresses beside names.
WIDE = 120
#: No table is wider: what is not printed on a terminal is for programs such as grep, and a row is one line.
UNLIMITED = 100_000
#: The longest name that is printed.
NAME = 80


def print_json(value: Any) -> None:
    """Print a value for programs; what could command a terminal, or reorder its text, is escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=not can_show_any(sys.stdout))
    sys.stdout.write(_readable(text, lambda character: json.dumps(character)[1:-1]) + "\n")


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows for spreadsheets; a cell that one would take for a formula begins with an apostrophe."""
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(each) for each in row])


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "", empty: str = "") -> None:
    """Print a table, or the sentence for an empty one; nothing in a cell is taken as markup or as a command."""
    if not rows:
        say(empty)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_readable(cell), STYLES.get(cell.partition(" ")[0].rstrip(":"), "")) for cell in row))
    console = _console()
    with console.capture() as drawn:
        console.print(table)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in drawn.get().splitlines())


def say(words: str, style: str = "") -> None:
    """Print a sentence."""
    _console().print(_readable(words), style=style or None, markup=False, highlight=False)


def say_failures(errors: Iterable[str]) -> None:
    """Print what failed, each failure once, whatever was asked when it was met."""
    once = {re.sub(r" \([A-Z]+ /[^)]*\)", "", error): error for error in reversed([*errors])}
    for error in reversed(once.values()):
        say(f"Failed: {error}", "red")


def named(person: Person) -> str:
    """Return what somebody is called, on one line, and the address where there is room for it."""
    called = one_line(person.called, NAME)
    address = one_line(person.email, NAME)
    return f"{called} <{address}>" if address and person.name and has_room() else called


def has_room() -> bool:
    """Return whether more than the essential can be printed: a wide terminal, or none at all."""
    return _console().width >= WIDE


def as_json(person: Person) -> dict[str, str]:
    """Return somebody for programs."""
    return person._asdict()


@contextmanager
def progress(words: str) -> Iterator[None]:
    """Show on a terminal that something goes on."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(words):
        yield


def _console() -> "Console":
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=UNLIMITED)


def _cell(text: str) -> str:
    shown = _readable(text)
    return f"'{shown}" if shown.lstrip().startswith(tuple("=+-@")) or text.startswith(("\t", "\r")) else shown


def _readable(text: str, otherwise: Callable[[str], str] = lambda character: " " * character.isspace()) -> str:
    """Keep what can be read; give for any other character, such as one that commands a terminal, something else."""
    return re.sub(r"[^\n -~]", lambda found: found[0] if found[0].isprintable() else otherwise(found[0]), text)
