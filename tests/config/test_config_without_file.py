"""No configuration file: everything comes from the environment, or the message says what is missing."""

from pathlib import Path

import pytest

from chaport_sync import paths as places
from chaport_sync.config import ConfigError, load
from chaport_sync.paths import find_state
from tests.config.config_files import NEEDED, SECRETS, refused


def test_missing_file(tmp_path: Path) -> None:
    """A missing file that was named is an error, even if the environment sets all that is needed."""
    assert refused(tmp_path / "no.toml") == (
        "the configuration file does not exist; name another with --config or $CHAPORT_SYNC_CONFIG"
    )


def test_missing_file_and_unknown_variable(tmp_path: Path) -> None:
    """A file that cannot be read does not hide what is wrong with the environment."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "no.toml", environ={"CHAPORT_SYNC_X": "1"})

    assert len(caught.value.problems) == 2


def test_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no file was named and the usual one is not there, the environment can say everything."""
    usual = tmp_path / "chaport-sync" / "config.toml"
    monkeypatch.setattr(places, "_SYSTEM_CONFIG", usual)

    settings = load(environ=NEEDED)

    assert (settings.deskie.email, settings.file) == ("sync@acme.example", usual)
    assert find_state(usual, {**NEEDED, "CHAPORT_SYNC_STATE__PATH": "/my.db"}) == Path("/my.db")
    for environ in ({}, {"CHAPORT_SYNC_CONFIG": str(usual), **NEEDED}):
        with pytest.raises(ConfigError, match="does not exist"):
            load(environ=environ)


def test_no_file_and_not_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment leaves out may be meant to stand in the file, so both are said."""
    monkeypatch.setattr(places, "_SYSTEM_CONFIG", tmp_path / "config.toml")
    with pytest.raises(ConfigError) as caught:
        load(environ=SECRETS)
    assert [problem.partition(";")[0] for problem in caught.value.problems] == [
        "the configuration file does not exist",
        "[deskie] url: is missing",
        "[deskie] email: is missing",
        "[cases] channel: is missing",
    ]
