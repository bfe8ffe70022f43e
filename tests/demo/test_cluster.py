"""The cluster's demo: it shows what it promises, says what it needs, and leaves nothing behind."""

import asyncio
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from chaport_sync.cli.demo import database, workers
from chaport_sync.cli.demo.cluster import run_cluster_demo
from chaport_sync.cli.main import app

#: The demo's workers look into an unclear outcome after a second, and not after fifteen.
SOONER = (
    "from chaport_sync.core import ledger; ledger.UNCLEAR_PAUSE = 1.0; from chaport_sync.cli import main; main()",
)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the only folder for temporary files, which others may enter as they may enter /tmp."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o711)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    shutil.rmtree(folder)


def needs_postgresql() -> None:
    """Skip a test where there is no server."""
    try:
        database.programs()
    except database.NoDatabase as reason:
        pytest.skip(str(reason))


def left(place: Path) -> list[str]:
    """Return which folders there are, and which processes have been told of one of them."""
    found = [str(each) for each in place.iterdir()]
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = process.read_text(errors="replace")
        except OSError:
            continue
        if f"{place}/" in words:
            found.append(words.replace("\0", " "))
    return found


@pytest.mark.processes
def test_a_worker_is_killed_and_nothing_is_lost(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """K1, K3: the other goes on with what it finds; the case is whole, and nobody was offline."""
    needs_postgresql()
    monkeypatch.setattr(workers, "PROGRAM", workers.PROGRAM[:-1] + SOONER)
    code = run_cluster_demo(pause=0)
    said = capsys.readouterr().out
    assert said.endswith("All of it was seen.\n"), said
    assert code == 0
    # What had arrived before the kill was found, and not sent again.
    assert "delivery.confirmed" in said
    assert left(place) == []


@pytest.mark.processes
async def test_nothing_is_left_after_ctrl_c(place: Path) -> None:
    """No process and no folder; the terminal sends the signal to all processes of its group."""
    needs_postgresql()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from chaport_sync.cli import main; main()", "demo", "--cluster"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        process_group=0,
    )
    assert process.stdout is not None
    async for line in process.stdout:
        if b"account.taken" in line:
            assert len(left(place)) > 3
            os.killpg(process.pid, signal.SIGINT)
            break
    rest = await process.stdout.read()
    assert rest.endswith(b"The demo was interrupted.\n"), rest
    assert await process.wait() == 130
    assert left(place) == []


def test_without_postgresql(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says what to install."""
    monkeypatch.setattr(database, "PLACES", "nowhere/initdb")
    monkeypatch.setenv("PATH", "/nowhere")
    assert run_cluster_demo() == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == (
        "",
        "chaport-sync: the demo of a cluster starts a PostgreSQL of its own; install Debian's package postgresql\n",
    )


def test_without_psycopg(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says which extra to install."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "psycopg" else object())
    assert run_cluster_demo() == 1
    assert capsys.readouterr().err.splitlines() == [
        "chaport-sync: the demo of a cluster needs one more package; pip install 'chaport-sync[demo,cluster]' brings it"
    ]


def test_it_has_no_picture(tmp_path: Path) -> None:
    """Real processes take real time, so there is nothing to draw at once."""
    result = CliRunner().invoke(app, ["demo", "--cluster", "--record", str(tmp_path / "demo.svg")])
    assert result.exit_code == 2
    assert "--record" in result.output
