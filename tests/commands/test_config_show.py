"""`config show`: each setting, its value, and where it comes from."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chaport_sync.cli.main import app
from chaport_sync.config.model import section_models

TEXT = """[deskie]
url = "https://acme.deskie.io"
email = "sync@acme.example"
[status]
poll = 15
[status.map]
7 = "keep"
[cases]
channel = "cch12"
[health]
ping_url = "https://ping.example/secret"
"""


def shown(path: Path, *words: str) -> dict[str, Any]:
    """Return what `config show --json` prints."""
    result = CliRunner().invoke(app, ["--config", str(path), "config", "show", "--json", *words])
    assert result.exit_code == 0, result.output
    assert "secret" not in result.output
    printed: dict[str, Any] = json.loads(result.stdout)
    return printed


def found(printed: dict[str, Any]) -> dict[str, tuple[Any, str]]:
    """Return each setting's value, and where it comes from."""
    return {f"{each['section']}.{each['key']}": (each["value"], each["origin"]) for each in printed["settings"]}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with a key beside it."""
    path = tmp_path / "config.toml"
    path.write_text(TEXT)
    (tmp_path / "chaport_token").write_text("a-secret-token")
    return path


def test_where_values_come_from(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P6: the strongest place is named, what nobody set is a default, and a secret is only said to be there."""
    monkeypatch.setenv("CHAPORT_SYNC_STATUS__LEASE", "900")
    monkeypatch.setenv("CHAPORT_SYNC_CASES__CHANNEL", "cch13")
    settings = found(shown(config))
    assert settings["deskie.url"] == ("https://acme.deskie.io", str(config))
    assert settings["status.poll"] == (15, str(config))
    assert settings["status.lease"] == (900, "$CHAPORT_SYNC_STATUS__LEASE")
    assert settings["cases.channel"] == ("cch13", "$CHAPORT_SYNC_CASES__CHANNEL")
    assert settings["status.hold"] == (1800, "default")
    assert settings["status.map"] == ({"7": "keep"}, str(config))
    assert settings["deskie.api_key"] == ("", "default")
    assert settings["chaport.token"] == ("hidden", str(config.with_name("chaport_token")))
    assert settings["health.ping_url"] == ("hidden", str(config))
    assert len(settings) == sum(len(model.model_fields) for model in section_models().values())


def test_for_people(config: Path) -> None:
    """P6: a row for each setting, as one writes it, with what it is."""
    result = CliRunner().invoke(app, ["--config", str(config), "config", "show"])
    assert "secret" not in result.stdout
    rows = {line.split("  ")[0]: line for line in result.stdout.splitlines()}
    assert ' { 7 = "keep" } ' in rows["[status] map"]
    assert "whose lines are shown" in rows["[transcripts] include"]
    assert ' ["bot", "operator", "visitor"] ' in rows["[transcripts] include"]


def test_each_account(tmp_path: Path) -> None:
    """P8: an account's own value wins over the shared one, and its file is named."""
    shared, own = tmp_path / "config.toml", tmp_path / "accounts.d" / "acme.toml"
    own.parent.mkdir()
    shared.write_text('[accounts]\ndirectory = "accounts.d"\n[status]\npoll = 20\nlease = 900\n')
    own.write_text(TEXT)
    printed = shown(shared)["accounts"]["acme"]
    settings = found(printed)
    assert printed["file"] == str(own)
    assert settings["status.poll"] == (15, str(own))
    assert settings["status.lease"] == (900, str(shared))
    assert found(shown(shared, "--account", "acme")) == settings
