"""How important a line is to the journal: a number in front of it, which systemd takes off again (sd-daemon(3))."""

import os
from collections.abc import Mapping
from typing import TextIO

PRIORITIES: Mapping[str, int] = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}


def leads_to_journal(out: TextIO, environ: Mapping[str, str]) -> bool:
    """Tell whether systemd connected this very stream to its journal, by `$JOURNAL_STREAM` (systemd.exec(5))."""
    told = environ.get("JOURNAL_STREAM")
    if not told:
        return False
    try:
        status = os.fstat(out.fileno())
    except (OSError, ValueError):
        return False
    return told == f"{status.st_dev}:{status.st_ino}"


def prefix(level: str) -> str:
    """Give what stands in front of a line of this level."""
    return f"<{PRIORITIES.get(level, 6)}>"
