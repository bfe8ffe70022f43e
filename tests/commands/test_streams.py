"""Streams that are closed, full or of few letters: exit codes hold, and nobody gets a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.config_files import with_lines, write

PROGRAM = "from chaport_sync.cli import main; main()"


def in_a_shell(arguments: str, redirected: str = "", **environ: str) -> tuple[int, str, str]:
    """Run the program by a shell, with its streams redirected; give its exit code and what it printed."""
    command = f"exec {sys.executable} -c '{PROGRAM}' {arguments} {redirected}"
    given = {"PATH": "/usr/bin:/bin", **environ}
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=False, env=given, timeout=30)  # noqa: S603
    return done.returncode, done.stdout.decode("latin-1"), done.stderr.decode("latin-1")


@pytest.mark.parametrize(
    ("redirected", "code"),
    [
        pytest.param("", 78, id="as usual"),
        pytest.param("2>&-", 78, id="stderr closed"),
        pytest.param("2>/dev/full", 78, id="stderr full"),
        pytest.param(">&-", 78, id="stdout closed"),
        pytest.param("<&- >&- 2>&-", 78, id="all closed"),
    ],
)
def test_a_wrong_configuration(redirected: str, code: int) -> None:
    """Exit codes are stable, whoever reads the message."""
    assert in_a_shell("--config /nowhere/config.toml run", redirected)[0] == code


def test_a_full_disk() -> None:
    """What could not be printed is a failure that says so."""
    code, _, said = in_a_shell("--help", ">/dev/full")
    assert (code, said) == (1, "chaport-sync: the output cannot be written: No space left on device\n")


def test_few_letters(tmp_path: Path) -> None:
    """A terminal's letters decide how a name looks, and nothing else."""
    config = write(tmp_path, with_lines(f'state.path = "{tmp_path}/M\u00fcller/state.db"'))
    for form in ("", "--json"):
        code, shown, said = in_a_shell(
            f"--config {config} check --offline {form}", PYTHONIOENCODING="ascii", LC_ALL="C"
        )
        assert "Traceback" not in said
        assert code in (0, 1)
        assert ("M?ller" if not form else "M\\u00fcller") in shown
