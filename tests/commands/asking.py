"""Asking the daemon's state file as an administrator does, at a moment of virtual time."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chaport_sync.cli import explain, history, status
from tests.virtual_time import VirtualTime
from tests.world import World


@contextmanager
def on_the_wall(time: VirtualTime) -> Iterator[None]:
    """Let the wall clock show virtual time while the block runs, as commands read it themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.time", lambda: time.now().timestamp())
        yield


class Asking:
    """Runs commands on a world's state file and reads what they print."""

    def __init__(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        self._world = world
        self._capsys = capsys
        self._config = world.folder / "config.toml"

    def status(self) -> dict[str, Any]:
        """Return `status --json`."""
        with on_the_wall(self._world.time):
            status.run_status(self._config, as_json=True)
        return self._printed()

    def status_for_people(self) -> tuple[int, str]:
        """Return the exit code of `status` and what it prints."""
        with on_the_wall(self._world.time):
            code = status.run_status(self._config, as_json=False)
        return code, self._capsys.readouterr().out

    def explain(self, who: str) -> dict[str, Any]:
        """Return `explain WHO --json`."""
        with on_the_wall(self._world.time):
            explain.run_explain(self._config, who, as_json=True)
        return self._printed()

    def explain_for_people(self, who: str) -> str:
        """Return what `explain WHO` prints."""
        with on_the_wall(self._world.time):
            explain.run_explain(self._config, who, as_json=False)
        return self._capsys.readouterr().out

    def history(self, who: str = "", since: str | None = None) -> list[dict[str, Any]]:
        """Return the changes of `history --json`."""
        with on_the_wall(self._world.time):
            history.run_history(self._config, who, since, as_json=True, as_csv=False)
        changes: list[dict[str, Any]] = self._printed()["changes"]
        return changes

    def history_as_csv(self) -> list[dict[str, str]]:
        """Return the rows of `history --csv`."""
        with on_the_wall(self._world.time):
            history.run_history(self._config, "", None, as_json=False, as_csv=True)
        return list(csv.DictReader(io.StringIO(self._capsys.readouterr().out)))

    def _printed(self) -> dict[str, Any]:
        printed: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return printed
