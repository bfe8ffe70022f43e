"""Commands start quickly because they import what they need and nothing else."""

import subprocess
import sys

import pytest

from chaport_sync.core.statuses.history import OperatorSeen
from chaport_sync.state_file import open_store
from tests.world import World

_ASK = """
import sys
sys.argv = ["chaport-sync", *{arguments!r}]
from chaport_sync.cli import main
try:
    main()
except SystemExit:
    pass
print("MODULES", *sys.modules)
"""
SLOW = {
    "pydantic",
    "httpx",
    "apscheduler",
    "asyncio",
    "pydantic_settings",
    "prometheus_client",
    "tenacity",
    "structlog",
    "psycopg",
}
COMMANDS = (["status"], ["explain", "ann"], ["history"], ["history", "--json"], ["retry"])


def _imported(*arguments: str) -> set[str]:
    """Return the modules that a command needed, which had nothing to complain about."""
    code = _ASK.format(arguments=list(arguments))
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603
    assert done.stderr == ""
    return set(done.stdout.rpartition("MODULES")[2].split())


@pytest.mark.processes
def test_help_needs_nothing() -> None:
    """`--help` knows neither the configuration nor how to draw a table."""
    assert not _imported("--help") & (SLOW | {"rich", "sqlite3"})


@pytest.mark.processes
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_reading_the_state_file_needs_no_network(world: World, command: list[str]) -> None:
    """What only reads the state file imports neither HTTP nor the scheduler, nor the checking of settings."""
    store = open_store(world.settings(), environ={})
    store.statuses.record_seen([], [OperatorSeen("1", "Ann")])
    store.close()
    assert not _imported("--config", str(world.folder / "config.toml"), *command) & SLOW


@pytest.mark.processes
def test_the_daemon_draws_nothing() -> None:
    """What draws on a terminal takes memory, and is not imported by what runs for months."""
    code = _ASK.format(arguments=["--config", "/nowhere/config.toml", "run"])
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603
    assert "/nowhere/config.toml" in done.stderr
    modules = set(done.stdout.rpartition("MODULES")[2].split())
    assert modules >= {"httpx", "structlog"}
    assert not modules & {"rich", "pygments", "jinja2", "psycopg"}


_RUN = """
import asyncio, sys
from pathlib import Path
from chaport_sync.cli.run import LiveAccounts
from chaport_sync.monitoring.metrics import Metrics
source = LiveAccounts(Path(sys.argv[1]), Metrics(), dry_run=False).read().sources[""]
async def run():
    source.check()
    app = await source.build()
    await source.monitor(app).aclose()
    await app.aclose()
asyncio.run(run())
print("MODULES", *sys.modules)
"""


@pytest.mark.processes
@pytest.mark.parametrize("urls", [[], ["json://127.0.0.1"]], ids=["nobody is told", "somebody is told"])
def test_the_daemon_takes_apprise_only_if_somebody_is_told(world: World, urls: list[str]) -> None:
    """Apprise and its libraries take 27 MB, which only those pay who have notices sent."""
    world.settings(f"notify.urls = {urls!r}", f'deskie.api_key = "{world.deskie.api_key}"', 'chaport.token = "t"')
    command = [sys.executable, "-c", _RUN, str(world.folder / "config.toml")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    modules = set(done.stdout.rpartition("MODULES")[2].split())
    assert "httpx" in modules
    assert ("apprise" in modules, "requests" in modules) == (bool(urls), bool(urls))
