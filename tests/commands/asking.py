"""Asking the daemon's state file as an administrator does, at a moment of virtual time."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time

from chaport_sync.cli import chats, explain, history, status, timeline
from tests.world import World


class Asking:
    """Runs commands on a world's state file and reads what they print."""

    def __init__(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        self._world = world
        self._capsys = capsys
        self._config = world.folder / "config.toml"

    def status(self) -> dict[str, Any]:
        """Return `status --json`."""
        with self._now():
            status.run_status(self._config, as_json=True)
        return self._printed()

    def status_for_people(self) -> tuple[int, str]:
        """Return the exit code of `status` and what it prints."""
        with self._now():
            code = status.run_status(self._config, as_json=False)
        return code, self._capsys.readouterr().out

    def explain(self, who: str) -> dict[str, Any]:
        """Return `explain WHO --json`."""
        with self._now():
            explain.run_explain(self._config, who, as_json=True)
        return self._printed()

    def explain_for_people(self, who: str) -> str:
        """Return what `explain WHO` prints."""
        with self._now():
            explain.run_explain(self._config, who, as_json=False)
        return self._capsys.readouterr().out

    def history(self, who: str = "", since: str | None = None) -> list[dict[str, Any]]:
        """Return the changes of `history --json`."""
        with self._now():
            history.run_history(self._config, who, since, as_json=True, as_csv=False)
        changes: list[dict[str, Any]] = self._printed()["changes"]
        return changes

    def history_as_csv(self) -> list[dict[str, str]]:
        """Return the rows of `history --csv`."""
        with self._now():
            history.run_history(self._config, "", None, as_json=False, as_csv=True)
        return list(csv.DictReader(io.StringIO(self._capsys.readouterr().out)))

    def timeline(self, who: str = "", since: str | None = None) -> dict[str, Any]:
        """Return `timeline --json`."""
        with self._now():
            timeline.run_timeline(self._config, who, since, as_json=True)
        return self._printed()

    def timeline_for_people(self, who: str = "", since: str | None = None) -> list[str]:
        """Return the lines that `timeline` prints."""
        with self._now():
            timeline.run_timeline(self._config, who, since, as_json=False)
        return self._capsys.readouterr().out.splitlines()

    def timeline_as_html(self, file: Path, who: str = "") -> str:
        """Write `timeline --html FILE` and return what it prints."""
        with self._now():
            timeline.run_timeline(self._config, who, None, as_json=False, html=file)
        return self._capsys.readouterr().out

    def chats(self, since: str | None = None) -> dict[str, Any]:
        """Return `chats --json`."""
        with self._now():
            chats.run_chats(self._config, since, as_json=True)
        return self._printed()

    def chats_for_people(self, since: str | None = None) -> list[str]:
        """Return the lines that `chats` prints."""
        with self._now():
            chats.run_chats(self._config, since, as_json=False)
        return self._capsys.readouterr().out.splitlines()

    def _printed(self) -> dict[str, Any]:
        printed: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return printed

    @contextmanager
    def _now(self) -> Iterator[None]:
        with freeze_time(self._world.time.now()):
            yield
