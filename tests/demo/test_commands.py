"""The two commands' ways to end, and the configuration that `sandbox` offers."""

import asyncio
import importlib.util
import os
import re
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from chaport_sync.cli import sandbox as sandbox_command
from chaport_sync.cli.demo.command import run_demo
from chaport_sync.cli.sandbox import configuration, run_sandbox
from chaport_sync.config import load
from chaport_sync.sandbox import Sandbox, Urls, lively
from chaport_sync.sandbox.company import make_company


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the packages of the extra, both commands say in one line how to get them."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "uvicorn" else object())
    codes = [run_demo(plain=True), run_sandbox(deskie_port=0, chaport_port=0, agents=1, visitors=0)]
    said = capsys.readouterr()
    assert codes == [1, 1]
    assert said.out == ""
    assert said.err.splitlines() == 2 * [
        "chaport-sync: the sandbox needs more packages; pip install 'chaport-sync[demo]' brings them"
    ]


def test_a_port_in_use_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is served, and the message names the port and the options."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code = run_sandbox(deskie_port=0, chaport_port=port, agents=1, visitors=0)
    said = capsys.readouterr()
    assert code == 1
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert str(port) in line
    assert "--deskie-port and --chaport-port" in line


def test_the_configuration_to_paste_is_complete(tmp_path: Path) -> None:
    """It can be used as it is, and does not touch the state of a real daemon."""
    sandbox = Sandbox()
    company = make_company(sandbox)
    urls = Urls("http://127.0.0.1:8801", "http://127.0.0.1:8802")
    path = tmp_path / "pasted.toml"
    path.write_text(configuration(sandbox, company, urls, tmp_path), "utf-8")
    settings = load(path, environ={})
    assert settings.deskie.api_key.get_secret_value() == sandbox.deskie.api_key
    assert settings.chaport.token.get_secret_value() == sandbox.chaport.token
    assert settings.cases.channel == company.channel.key
    assert settings.state.path == str(tmp_path / "state.db")


def test_a_signal_ends_the_sandbox_well(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C is the way it is meant to end; until then the configuration is in a file."""
    said: list[str] = []

    def say_and_interrupt(words: str) -> None:
        said.append(words)
        path = re.search(r"--config (\S+) check", words)
        assert path is not None
        assert Path(path[1]).read_text("utf-8") in words
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(sandbox_command, "_say", say_and_interrupt)
    assert run_sandbox(deskie_port=0, chaport_port=0, agents=2, visitors=3) == 0
    assert said[0].startswith("A made-up company: 2 agents, as many operators, 3 visitors.")
    assert capsys.readouterr().err == ""


def test_what_is_typed_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is done, also if several come at once; the sandbox goes on when no more can come."""
    read, write = os.pipe()
    os.write(write, b"visitor Mary Hello\npeople\n")
    os.close(write)
    said: list[str] = []

    def say_and_interrupt(words: str) -> None:
        said.append(words)
        if "visitors: Mary" in words:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(sandbox_command, "_say", say_and_interrupt)
    with os.fdopen(read) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert run_sandbox(deskie_port=0, chaport_port=0, agents=2, visitors=0) == 0
    assert said[1].endswith("people   Mary writes, and Robin, a bot, answers")


def test_a_lively_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """People act by themselves, and what they do is told."""
    monkeypatch.setattr(lively, "PAUSE", (0.0, 0.01))
    said: list[str] = []

    def say_and_interrupt(words: str) -> None:
        said.append(words)
        if len(said) == 5:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(sandbox_command, "_say", say_and_interrupt)
    assert run_sandbox(deskie_port=0, chaport_port=0, agents=2, visitors=0, lively=True) == 0
    assert all("  people   " in words for words in said[1:])


def test_requests_are_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Each is a line: when, which side, what and how it was answered."""
    sandbox = Sandbox(lambda: datetime(2026, 11, 2, 9, 0, tzinfo=UTC))

    async def ask() -> None:
        async with httpx.AsyncClient(transport=sandbox.transport()) as client:
            await client.get("https://acme.deskie.io/api/staff.json")

    asyncio.run(ask())
    sandbox_command.print_requests(sandbox)
    sandbox_command.print_requests(sandbox)
    assert capsys.readouterr().out == "09:00:00  deskie   GET   401  /api/staff.json\n"
