"""A wall clock that a test sets while a process runs: what a file says is added to it."""

import time
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Self

import apscheduler.schedulers.base as scheduling

from chaport_sync import schedule


def set_by(file: Path) -> None:
    """Let the process that calls this have a wall clock that is wrong by as many seconds as the file says."""
    right = time.time

    def wrong() -> float:
        return right() + float(file.read_text())

    class WrongTime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            """Return the time as this machine has it."""
            return cls.fromtimestamp(wrong(), tz or UTC)

    time.time = wrong
    for module in (scheduling, schedule):
        namespace: dict[str, Any] = vars(module)
        namespace["datetime"] = WrongTime


def set_to(file: Path, seconds: float) -> None:
    """Set the clock of the processes that go by this file."""
    fresh = file.with_suffix(".new")
    fresh.write_text(str(seconds))
    fresh.replace(file)
