"""`demo`: plays a story of about a minute, and shows whether everything expected was seen."""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chaport_sync.cli.demo.log_lines import clock_face
from chaport_sync.cli.exits import Code
from chaport_sync.cli.sandbox import lacks_packages

if TYPE_CHECKING:  # at run time it may not be there: it needs packages that not everybody has installed
    from chaport_sync.sandbox.story.play import Verdict

#: What a shell reports of a program that Ctrl-C has ended.
INTERRUPTED = 130


def run_demo(*, plain: bool = False, speed: float = 1.0) -> int:
    """Play the demo; return 0 if everything that was expected was seen.

    Args:
        plain: Print lines also on a terminal.
        speed: How much faster than real time; above 6 most machines are too slow.
    """
    if lacks_packages(sys.stderr):
        return Code.FAILED
    from chaport_sync.cli.demo.live import LiveView
    from chaport_sync.cli.demo.plain import PlainView
    from chaport_sync.cli.demo.playback import perform

    console = Console()
    # Not `console.is_terminal`: with $FORCE_COLOR it is true for files too.
    can_draw = sys.stdout.isatty() and not console.is_dumb_terminal and console.encoding.startswith("utf")
    view = LiveView(console) if can_draw and not plain else PlainView(sys.stdout)
    with tempfile.TemporaryDirectory(prefix="chaport-sync-demo-") as folder:
        try:
            with view.on_stage():
                play = asyncio.run(perform(Path(folder), view, speed))
        except KeyboardInterrupt:
            play = None
    if play is None:
        console.print("The demo was interrupted.")
        return INTERRUPTED
    return end(play.verdicts, console)


def record_demo(file: Path) -> int:
    """Draw the end of the demo into a file; return 0 if everything that was expected was seen."""
    if lacks_packages(sys.stderr):
        return Code.FAILED
    from chaport_sync.cli.demo.recording import record

    with tempfile.TemporaryDirectory(prefix="chaport-sync-demo-") as folder:
        try:
            play = record(Path(folder), file)
        except OSError as error:
            sys.stderr.write(f"chaport-sync: {file} cannot be written: {error.strerror}\n")
            return Code.FAILED
    return end(play.verdicts, Console())


def end(verdicts: "Sequence[Verdict]", console: Console) -> int:
    """Print what became of the expectations; return 0 if all were seen."""
    print_summary(verdicts, console)
    return Code.DONE if all(verdict.seen for verdict in verdicts) else Code.FAILED


def print_summary(verdicts: "Sequence[Verdict]", console: Console) -> None:
    """Print each expectation on one line, and, if it was missed, what was seen instead."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Expected")
    table.add_column("Seen at", justify="right")
    table.add_column("Result")
    for verdict in verdicts:
        at = "" if verdict.seen_at is None else clock_face(verdict.seen_at)
        table.add_row(Text(verdict.expectation.words), at, _OK if verdict.seen else _MISSED)
        if not verdict.seen:
            table.add_row(Text(f"  seen instead: {verdict.instead}", "red"))
    missed = sum(not verdict.seen for verdict in verdicts)
    console.print(table)
    words = f"{missed} of {len(verdicts)} expectations were missed." if missed else "All of it was seen."
    console.print(words, style="bold red" if missed else "bold green", highlight=False)


_OK, _MISSED = Text("ok", "green"), Text("MISSED", "bold red")
