"""The daemon's last events, from systemd's journal."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaport_sync.paths import service_directory

#: The events that are read, and how long that may take (seconds).
LINES, PATIENCE = 200, 10.0


@dataclass(frozen=True, slots=True)
class Journal:
    """The events, the number of lines that are none, and why nothing could be read, empty if it could."""

    events: tuple[Mapping[str, Any], ...] = ()
    others: int = 0
    problem: str = ""


def unit(config: Path | None) -> str:
    """Return the name of the service of a configuration."""
    folder = service_directory(config)
    _, _, instance = folder.name.partition("chaport-sync-") if folder is not None else ("", "", "")
    return f"chaport-sync@{instance}" if instance else "chaport-sync"


def read_journal(config: Path | None) -> Journal:
    """Read the last events of the service of a configuration."""
    command = ["journalctl", "-u", unit(config), "-n", str(LINES), "-o", "cat", "--no-pager", "--quiet"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL)  # noqa: S603 - a fixed command
    except FileNotFoundError:
        return Journal(problem="there is no journalctl on this machine")
    except subprocess.TimeoutExpired:
        return Journal(problem=f"journalctl did not answer within {PATIENCE:.0f} s")
    except OSError as error:
        return Journal(problem=f"journalctl could not be started ({type(error).__name__})")
    if done.returncode:
        return Journal(problem=f"journalctl ended with {done.returncode}; perhaps root may read the journal")
    lines = done.stdout.decode("utf-8", "replace").splitlines()[-LINES:]
    decoded = [event for event in map(_event, lines) if event is not None]
    if not lines:
        return Journal(problem="the journal has no event of the service, or may not be read; as root it may")
    return Journal(tuple(decoded), len(lines) - len(decoded))


def _event(line: str) -> Mapping[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None
