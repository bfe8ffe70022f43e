"""The manual says what the program's help says."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.manual import MANUAL
from tests.docs.pages import ROOT


@pytest.mark.processes
def test_the_manual_is_fresh(tmp_path: Path) -> None:
    """Each command has its page, as `python -m tests.docs.manual` writes it now, and there is no other page."""
    # In a process of its own: click-man leaves the commands with other options for help.
    code = "import sys, pathlib; from tests.docs.manual import write; write(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, cwd=ROOT)  # noqa: S603
    made, kept = ({page.name: page.read_text("utf-8") for page in folder.iterdir()} for folder in (tmp_path, MANUAL))
    assert kept == made


@pytest.mark.processes
def test_man_has_nothing_to_complain_about() -> None:
    """Each page is one that man shows without a warning."""
    man = shutil.which("man")
    if man is None:
        pytest.skip("man is not installed")
    for page in sorted(MANUAL.iterdir()):
        words = [man, "--warnings", "-l", str(page)]
        shown = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603
        assert shown.stderr == ""
        assert "chaport-sync" in shown.stdout
