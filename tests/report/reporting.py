"""Making a report of a world in virtual time, with a journal that the test writes."""

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from chaport_sync import logs
from chaport_sync.cli import report
from tests.commands.asking import on_the_wall
from tests.virtual_time import JumpingLoop
from tests.world import DaemonClock, World


class Reporting:
    """Runs `report` on a world and reads what it wrote."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.world = world
        self._capsys = capsys
        self._programs = world.folder / "bin"
        self._programs.mkdir()
        monkeypatch.setenv("PATH", str(self._programs), prepend=":")
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(logs, "setup", lambda *_, **__: None)
        monkeypatch.setattr(asyncio, "run", self._run)
        self.secrets()
        self.journal()

    def secrets(self) -> None:
        """Let the environment have the secrets that both accounts have now."""
        self._monkeypatch.setenv("CHAPORT_SYNC_DESKIE__API_KEY", self.world.deskie.api_key)
        self._monkeypatch.setenv("CHAPORT_SYNC_CHAPORT__TOKEN", self.world.chaport.token)

    def journal(self, *lines: str | dict[str, Any], code: int = 0) -> None:
        """Let the journal have these lines; with another code it cannot be read."""
        kept = self.world.folder / "journal"
        kept.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines), "utf-8")
        program = self._programs / "journalctl"
        program.write_text(f"#!/bin/sh\ncat '{kept}'\nexit {code}\n")
        program.chmod(0o755)

    def text(self, file: Path | None = None, *, answers_only: bool = False, force: bool = False) -> str:
        """Return the report as people read it."""
        self.code = self._make(file or Path("-"), answers_only=answers_only, force=force, in_json=False)
        said = self._capsys.readouterr()
        self.said = said.err if file is None else said.out + said.err
        return said.out if file is None else file.read_text("utf-8")

    def json(self, *, answers_only: bool = False) -> dict[str, Any]:
        """Return the report as programs read it."""
        self._make(Path("-"), answers_only=answers_only, force=False, in_json=True)
        found: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return found

    def named(self) -> None:
        """Write the report under its usual name."""
        self._make(None, answers_only=False, force=False, in_json=False)

    def questions(self, **options: bool) -> dict[str, tuple[str, str]]:
        """Return by its number how each question stands, and the words."""
        rows = self.json(**options)["questions"]["rows"]
        return {row["question"].partition(" ")[0]: (row["outcome"], row["words"]) for row in rows}

    def _make(self, file: Path | None, *, answers_only: bool, force: bool, in_json: bool) -> int:
        with on_the_wall(self.world.time):
            return report.run_report(
                self.world.folder / "config.toml",
                file,
                answers_only=answers_only,
                force=force,
                in_json=in_json,
                clock=DaemonClock(self.world.time),
                over=self.world.sandbox.transport(),
            )

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=lambda: JumpingLoop(self.world.time)) as runner:
            return runner.run(work)
