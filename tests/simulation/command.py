"""The simulation's command, run in a process of its own: the order of sets is decided before a process begins."""

import json
import os
import subprocess
import sys
from typing import Any


def simulate(*arguments: str) -> dict[str, Any]:
    """Run `python -m tests.simulation ARGUMENTS --json` and return what it found."""
    command = [sys.executable, "-m", "tests.simulation", *arguments, "--jobs", "1", "--json"]
    environ = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)  # noqa: S603 - our own
    assert done.returncode in (0, 1), done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def told(result: dict[str, Any]) -> str:
    """Return the story of what was found, for a person who reads a test's report."""
    return "\n".join(
        f"seed {found['seed']}: {found['invariant']}: {found['message']}\n" + "\n".join(found["story"])
        for found in result["found"]
    )
