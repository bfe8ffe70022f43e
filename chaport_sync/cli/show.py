"""Printing: tables for people, JSON for programs, both on stdout; progress on stderr."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

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
    "failed": "red",
}


def print_json(value: Any) -> None:
    """Print a value for programs."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "", empty: str = "") -> None:
    """Print a table, or the sentence for an empty one; nothing in a cell is taken as markup."""
    if not rows:
        say(empty)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, STYLES.get(cell.partition(" ")[0].rstrip(":"), "")) for cell in row))
    Console().print(table)


def say(words: str) -> None:
    """Print a sentence."""
    from rich.console import Console

    Console().print(words, markup=False, highlight=False)


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
