"""Writes the manual, docs/man, of the commands' help: `.venv/bin/python -m tests.docs.manual`."""

from pathlib import Path

from click_man import core

from chaport_sync import __version__
from chaport_sync.cli.main import app
from tests.docs.pages import ROOT

MANUAL = ROOT / "docs" / "man"
#: Otherwise sentences of more than 45 characters would be cut.
_SENTENCE = 80


def write(folder: Path) -> None:
    """Write a page for each command into a folder; without a date, which would be another one each day."""
    core.get_short_help_str = lambda command: command.get_short_help_str(_SENTENCE)
    core.write_man_pages("chaport-sync", app, version=__version__, target_dir=str(folder), date=" ")
    with (folder / "chaport-sync.1").open("a", encoding="utf-8") as page:
        page.write(f".SH EXIT STATUS\n{(app.epilog or '').removeprefix('Exit codes: ').capitalize()}\n")


if __name__ == "__main__":
    MANUAL.mkdir(exist_ok=True)
    for former in MANUAL.glob("*.1"):
        former.unlink()
    write(MANUAL)
