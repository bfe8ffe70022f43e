"""`init --from FILE` asks nobody; without it and without a terminal there is nobody to ask."""

import tomllib
from pathlib import Path

import pytest

from chaport_sync.api.errors import Unauthorised
from chaport_sync.cli import init
from tests.commands.setting_up import EMAIL, URL, Newcomer
from tests.statuses.steps import LUNCH, TRAINING


@pytest.fixture
def prepared(newcomer: Newcomer, tmp_path: Path) -> Path:
    """A file with the answers that have no default."""
    path = tmp_path / "answers.toml"
    path.write_text(
        f'[deskie]\nurl = "{URL}"\nemail = "{EMAIL}"\napi_key = "{newcomer.world.deskie.api_key}"\n'
        f'[chaport]\ntoken = "{newcomer.world.chaport.token}"\n'
    )
    return path


def test_without_a_terminal(newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions that nobody can answer are not asked; 2 is wrong usage."""
    with monkeypatch.context() as patch:
        patch.setattr(init, "has_terminal", lambda: False)
        result = newcomer.sets_up("")
    assert (result.exit_code, newcomer.files()) == (2, {})
    assert "--from FILE" in result.stderr


def test_only_what_has_no_default(newcomer: Newcomer, prepared: Path) -> None:
    """S3, R1: each other answer is its default; nobody is paired by a guess, and nobody is sent replies."""
    newcomer.world.deskie.add_agent("Eve Engel", "eve@acme.example", 1)
    newcomer.world.chaport.add_operator("Eve Engel", "e.engel@acme.example")
    result = newcomer.sets_up("", "--from", str(prepared))
    assert result.exit_code == 0, result.output
    assert tomllib.loads(newcomer.files()["config.toml"]) == {
        "deskie": {"url": URL, "email": EMAIL},
        "status": {"map": {str(TRAINING): "offline", str(LUNCH): "offline"}},
        "cases": {"channel": "cch12"},
    }
    assert newcomer.types("check").exit_code == 0


def test_what_the_file_says_besides(newcomer: Newcomer, prepared: Path) -> None:
    """P8: any other key is written as it stands there, if it is right."""
    text = prepared.read_text()
    prepared.write_text(f'{text}[status]\npoll = 30\n[status.map]\n{LUNCH} = "keep"\n[agents]\nexclude = ["boss"]\n')
    assert newcomer.sets_up("", "--from", str(prepared)).exit_code == 0
    table = tomllib.loads(newcomer.files()["config.toml"])
    assert table["status"] == {"poll": 30, "map": {str(TRAINING): "offline", str(LUNCH): "keep"}}
    assert table["agents"] == {"exclude": ["boss"]}
    prepared.write_text(f"{text}[status]\npol = 30\n")
    before = newcomer.files()
    result = newcomer.sets_up("", "--from", str(prepared))
    assert "[status] pol: no such key; did you mean poll?" in str(result.exception)
    assert newcomer.files() == before


def test_all_that_is_missing(newcomer: Newcomer, tmp_path: Path) -> None:
    """What has no default and no answer is named, all of it, before anything is asked."""
    path = tmp_path / "answers.toml"
    path.write_text('[deskie]\nemail = ""\n')
    result = newcomer.sets_up("", "--from", str(path))
    assert result.exit_code == 2
    missing = "[deskie] url, [deskie] email, [deskie] api_key, [chaport] token"
    assert f"has no answer for {missing}" in result.stderr
    assert newcomer.world.sandbox.journal == []


def test_no_channel_to_take(newcomer: Newcomer, prepared: Path) -> None:
    """C1: a sync channel is nobody's default; that no cases are opened has to be said."""
    newcomer.world.deskie.channels.clear()
    newcomer.world.deskie.add_channel(11, "sync")
    result = newcomer.sets_up("", "--from", str(prepared))
    assert (result.exit_code, newcomer.files()) == (2, {})
    assert "has no answer for [cases] channel" in result.stderr
    prepared.write_text(f'{prepared.read_text()}[cases]\nchannel = "none"\n')
    assert newcomer.sets_up("", "--from", str(prepared)).exit_code == 0
    assert tomllib.loads(newcomer.files()["config.toml"])["transcripts"] == {"enabled": False}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (f'"{URL}"', '"acme"', "[deskie] url: must be an address"),
        (f'"{EMAIL}"', "7", "[deskie] email: must be text, in quotes"),
        ("[deskie]", "[deskie", "is not valid TOML"),
        ("[deskie]", "[desk]", "[desk]: no such section; did you mean [deskie]?"),
        ("[deskie]", "poll = 5\n[deskie]", "poll: stands outside any section"),
    ],
)
def test_answers_that_cannot_be_used(newcomer: Newcomer, prepared: Path, old: str, new: str, words: str) -> None:
    """P6: the question is named, and the answer is not repeated."""
    prepared.write_text(prepared.read_text().replace(old, new))
    result = newcomer.sets_up("", "--from", str(prepared))
    assert (result.exit_code, words in result.stderr, newcomer.files()) == (2, True, {})
    assert newcomer.world.deskie.api_key not in result.output


def test_a_key_that_is_refused(newcomer: Newcomer, prepared: Path) -> None:
    """P4, P6: nobody can be asked again, so it ends, and nothing is written."""
    prepared.write_text(prepared.read_text().replace(newcomer.world.deskie.api_key, "wrong-key"))
    result = newcomer.sets_up("", "--from", str(prepared))
    assert isinstance(result.exception, Unauthorised)
    assert "wrong-key" not in f"{result.output}{result.exception}"
    assert newcomer.files() == {}
