"""Where the configuration and the state are looked for."""

from pathlib import Path

import pytest

from chaport_sync import paths as places
from chaport_sync.config import load
from chaport_sync.paths import UnreadableFileError, find_config, find_state
from chaport_sync.state_file import state_path
from tests.config.config_files import SECRETS, loaded


def test_config_order() -> None:
    """The configuration is the one named, else the environment's, else the system's."""
    environ = {"CHAPORT_SYNC_CONFIG": "/b.toml"}

    assert find_config(Path("/a.toml"), environ) == Path("/a.toml")
    assert find_config(None, environ) == Path("/b.toml")
    assert find_config(None, {"CHAPORT_SYNC_CONFIG": ""}) == Path("/etc/chaport-sync/config.toml")
    assert find_config(None, {}) == Path("/etc/chaport-sync/config.toml")


def test_load_finds(tmp_path: Path) -> None:
    """Loading without a path finds the file the same way."""
    loaded(tmp_path)

    settings = load(environ={"CHAPORT_SYNC_CONFIG": str(tmp_path / "config.toml")}, secrets_needed=False)

    assert settings.cases.channel == "cch12"


def test_configured_state(tmp_path: Path) -> None:
    """[state] path is the file; if it is a directory, the file is in it."""
    file = loaded(tmp_path, f'state.path = "{tmp_path}/my.db"')
    directory = loaded(tmp_path, f'state.path = "{tmp_path}"')
    own = loaded(tmp_path, 'state.path = "~/my.db"')

    assert state_path(file, {"STATE_DIRECTORY": "/x"}) == tmp_path / "my.db"
    assert state_path(directory, {}) == tmp_path / "state.db"
    assert state_path(own, {"HOME": "/home/ann"}) == Path("/home/ann/my.db")


def test_state_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a configured path: systemd's directory, the system's if it is there, else the user's."""
    settings = loaded(tmp_path)
    system = tmp_path / "var"
    monkeypatch.setattr(places, "_SYSTEM_STATE", system)
    environ = {"HOME": "/home/ann"}

    assert state_path(settings, environ) == Path("/home/ann/.local/state/chaport-sync/state.db")
    assert state_path(settings, {**environ, "XDG_STATE_HOME": "/s"}) == Path("/s/chaport-sync/state.db")
    assert state_path(settings, {**environ, "XDG_STATE_HOME": "relative"}).parts[1] == "home"
    system.mkdir()
    assert state_path(settings, environ) == system / "state.db"
    assert state_path(settings, {**environ, "STATE_DIRECTORY": "/run/a:/run/b"}) == Path("/run/a/state.db")


def test_state_of_a_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service's directory is a link, which counts as being there for those, too, who cannot follow it."""
    system = tmp_path / "var"
    monkeypatch.setattr(places, "_SYSTEM_STATE", system)
    system.symlink_to(tmp_path / "private")

    assert state_path(loaded(tmp_path), {"HOME": "/home/ann"}) == system / "state.db"


def test_instance_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration /etc/chaport-sync/NAME/… keeps its state in /var/lib/chaport-sync-NAME, as its service does.

    It is so even while only the plain service's directory is there, which holds the state of other accounts. The plain
    service's is found before its first start as well.
    """
    etc, system = tmp_path / "etc" / "chaport-sync", tmp_path / "var" / "chaport-sync"
    monkeypatch.setattr(places, "_SYSTEM_CONFIG", etc / "config.toml")
    monkeypatch.setattr(places, "_SYSTEM_STATE", system)
    (etc / "acme").mkdir(parents=True)
    assert state_path(loaded(etc), {"HOME": "/home/ann"}) == system / "state.db"
    system.mkdir(parents=True)
    acme = loaded(etc / "acme")

    assert state_path(acme, {}) == tmp_path / "var" / "chaport-sync-acme" / "state.db"
    assert state_path(acme, {"STATE_DIRECTORY": "/run/a"}) == Path("/run/a/state.db")
    assert state_path(loaded(etc / "acme", 'state.path = "/my.db"'), {}) == Path("/my.db")
    assert state_path(loaded(etc), {}) == system / "state.db"


def test_instance_by_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The configuration is recognised as an instance's from within its directory, too; one further down is not."""
    etc, system = tmp_path / "etc" / "chaport-sync", tmp_path / "var" / "chaport-sync"
    monkeypatch.setattr(places, "_SYSTEM_CONFIG", etc / "config.toml")
    monkeypatch.setattr(places, "_SYSTEM_STATE", system)
    (etc / "acme" / "old").mkdir(parents=True)
    loaded(etc / "acme")
    monkeypatch.chdir(etc / "acme")

    acme = load(Path("config.toml"), environ=SECRETS)

    assert state_path(acme, {}) == tmp_path / "var" / "chaport-sync-acme" / "state.db"
    assert state_path(loaded(etc / "acme" / "old"), {"HOME": "/home/ann"}).is_relative_to("/home/ann")


def test_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without $HOME the account's own directory is taken."""
    monkeypatch.setattr(places, "_SYSTEM_STATE", tmp_path / "none")

    assert state_path(loaded(tmp_path), {}) == Path.home() / ".local/state/chaport-sync/state.db"


@pytest.mark.parametrize("line", ["", 'state.path = "/my.db"', 'state.path = "~/my.db"'])
@pytest.mark.parametrize("environ", [{}, {"CHAPORT_SYNC_STATE__PATH": "/other.db"}, {"STATE_DIRECTORY": "/run/a"}])
def test_commands_find_what_the_daemon_uses(tmp_path: Path, line: str, environ: dict[str, str]) -> None:
    """What only looks for the state file finds the one that the checked settings name."""
    loaded(tmp_path, *filter(None, [line]))
    config, environ = tmp_path / "config.toml", {"HOME": "/home/ann", **environ}

    assert find_state(config, environ) == state_path(load(config, environ={**SECRETS, **environ}), environ)


def test_state_of_a_configuration_under_repair(tmp_path: Path) -> None:
    """The state file is found while the configuration could not be used for anything else."""
    config = tmp_path / "config.toml"
    config.write_text('surprise = 1\n[deskie]\nurl = 5\n[state]\npath = "/my.db"\n')

    assert find_state(config, {}) == Path("/my.db")


@pytest.mark.parametrize("content", ["state = 5", "[state]\npath = 5", "[state]\npath = true"])
def test_state_that_is_no_path(tmp_path: Path, content: str) -> None:
    """What is no text names no file, and that is said."""
    config = tmp_path / "config.toml"
    config.write_text(content)

    with pytest.raises(UnreadableFileError, match=r"\[state\] path: must be text"):
        find_state(config, {})
