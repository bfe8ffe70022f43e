"""Prints tables for people, and JSON and CSV for programs, on stdout; progress on stderr."""

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chaport_sync.cli.streams import can_show_any
from chaport_sync.core.model import Person
from chaport_sync.core.text import one_line

if TYPE_CHECKING:
    from rich.console import Console

# rich is imported only where something is drawn, so that --json is quick.

#: The styles of statuses and results; other words have none.
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
#: The width (columns) from which addresses are printed beside names.
WIDE = 120
#: The width without a terminal: programs such as grep read the table, so a row must be one line.
UNLIMITED = 100_000
#: The width of a picture without a terminal.
PICTURE = 80
#: The most characters of a name that are printed.
NAME = 80


def print_json(value: Any) -> None:
    """Print a value as JSON; characters that control a terminal or reorder its text are escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=not can_show_any(sys.stdout))
    sys.stdout.write(_readable(text, lambda character: json.dumps(character)[1:-1]) + "\n")


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows as CSV; a cell that looks like a formula gets an apostrophe in front."""
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(each) for each in row])


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "", empty: str = "") -> None:
    """Print a table, or the sentence `empty` if it has no rows; markup and control characters have no effect."""
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


def print_rows(rows: Iterable[Sequence[tuple[str, str]]]) -> None:
    """Print rows of (text, style), each on one line of its own; markup and control characters have no effect."""
    from rich.text import Text

    console = _console()
    for row in rows:
        line = Text.assemble(*((_readable(text), style) for text, style in row))
        line.rstrip()
        console.print(line, no_wrap=True, overflow="ignore", crop=False)


def fitted(text: str, width: int) -> str:
    """Return a text on one line that takes exactly `width` columns of a terminal."""
    from rich.cells import cell_len, set_cell_size

    line = one_line(_readable(text), width)
    return set_cell_size(line if cell_len(line) <= width else f"{set_cell_size(line, width - 1).rstrip()}…", width)


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    from rich.cells import cell_len

    return cell_len(_readable(text))


def say(words: str, style: str = "") -> None:
    """Print a sentence."""
    _console().print(_readable(words), style=style or None, markup=False, highlight=False)


def say_failures(errors: Iterable[str]) -> None:
    """Print each failure once, even if several requests met it."""
    once = {re.sub(r" \([A-Z]+ /[^)]*\)", "", error): error for error in reversed([*errors])}
    for error in reversed(once.values()):
        say(f"Failed: {error}", "red")


def named(person: Person) -> str:
    """Return a person's name on one line, with the address if there is room."""
    called = one_line(person.called, NAME)
    address = one_line(person.email, NAME)
    return f"{called} <{address}>" if address and person.name and has_room() else called


def picture_width() -> int:
    """Return the width of a picture (columns): the terminal's, or one that fits into a mail if there is none."""
    return _console().width if sys.stdout.isatty() else PICTURE


def has_room() -> bool:
    """Return whether there is room for addresses: the terminal is wide, or there is none."""
    return _console().width >= WIDE


def as_json(person: Person) -> dict[str, str]:
    """Return a person as JSON fields: id, name, email."""
    return person._asdict()


@contextmanager
def progress(words: str) -> Iterator[None]:
    """Show `words` on a terminal while the block runs."""
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
    """Return text in which `otherwise` replaces each character that is not printable; line breaks stay."""
    return re.sub(r"[^\n -~]", lambda found: found[0] if found[0].isprintable() else otherwise(found[0]), text)
