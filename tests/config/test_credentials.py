"""Where secrets come from, and how it is said where one came from."""

from pathlib import Path

import pytest

from chaport_sync.config import Settings, load
from tests.config.config_files import SECRETS, loaded, only_problem, problems, with_lines, write

IN_TABLE = 'deskie.api_key = "from-table"'


def api_key(settings: Settings) -> str:
    """Return the key in clear."""
    return settings.deskie.api_key.get_secret_value()


def test_secret_order(tmp_path: Path) -> None:
    """A secret comes from the environment, else $CREDENTIALS_DIRECTORY, else the file, else a file beside it."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "deskie_api_key").write_text("from-systemd\n")
    (tmp_path / "deskie_api_key").write_text("from-beside\r\n\n")
    rest = {
        "CHAPORT_SYNC_CHAPORT__TOKEN": "t",
        "CHAPORT_SYNC_DESKIE__API_KEY": "from-environment",
        "CREDENTIALS_DIRECTORY": str(credentials),
    }

    assert api_key(load(write(tmp_path, with_lines(IN_TABLE)), environ=rest)) == "from-environment"
    del rest["CHAPORT_SYNC_DESKIE__API_KEY"]
    assert api_key(load(write(tmp_path, with_lines(IN_TABLE)), environ=rest)) == "from-systemd"
    del rest["CREDENTIALS_DIRECTORY"]
    assert api_key(load(write(tmp_path, with_lines(IN_TABLE)), environ=rest)) == "from-table"
    assert api_key(load(write(tmp_path, with_lines()), environ=rest)) == "from-beside"


def test_empty_places(tmp_path: Path) -> None:
    """An empty file, an empty key and an empty variable hold no secret, and the search goes on."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "deskie_api_key").write_text("\n")
    (tmp_path / "deskie_api_key").write_text("from-beside")
    environ = {**SECRETS, "CHAPORT_SYNC_DESKIE__API_KEY": "", "CREDENTIALS_DIRECTORY": str(credentials)}

    assert api_key(load(write(tmp_path, with_lines('deskie.api_key = ""')), environ=environ)) == "from-beside"


def test_empty_file(tmp_path: Path) -> None:
    """A file that is there but empty is told from one that is not."""
    (tmp_path / "chaport_token").write_text("\n")
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "deskie_api_key").touch()
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path / "given")}

    assert problems(tmp_path, with_lines(), environ) == (
        f"[deskie] api_key: {tmp_path / 'given' / 'deskie_api_key'} is empty; put the secret into it",
        f"[chaport] token: {tmp_path / 'chaport_token'} is empty; put the secret into it",
    )


def test_the_same_secret_twice(tmp_path: Path) -> None:
    """One service's key in the other's place is found without asking anybody."""
    assert only_problem(tmp_path, environ={"CHAPORT_SYNC_CHAPORT__TOKEN": "deskie-key"}) == (
        "[chaport] token: is the same as [deskie] api_key; each service has its own"
    )


def test_where_credentials_come_from(tmp_path: Path) -> None:
    """A login that is refused can be told with the place of the secret that has to be changed."""
    given, beside = tmp_path / "given", tmp_path / "deskie_api_key"
    given.mkdir()
    beside.write_text("from-beside")

    def origin(*lines: str, **environ: str) -> str:
        token = {"CHAPORT_SYNC_CHAPORT__TOKEN": "t"}
        return load(write(tmp_path, with_lines(*lines)), environ={**token, **environ}).credentials["Deskie"]

    assert origin() == f"{beside} and [deskie] email, which belong together"
    assert origin(IN_TABLE) == "[deskie] api_key and [deskie] email, which belong together"
    assert origin(CHAPORT_SYNC_DESKIE__API_KEY="k").startswith("CHAPORT_SYNC_DESKIE__API_KEY and [deskie] email")
    assert origin(CHAPORT_SYNC_DESKIE__EMAIL="b@b").startswith(f"{beside} and CHAPORT_SYNC_DESKIE__EMAIL,")
    (given / "deskie_api_key").write_text("from-systemd")
    copied = origin(CREDENTIALS_DIRECTORY=str(given))
    assert copied.startswith(f"{beside} (the service has a copy of it from its start: restart it after a change) and")
    beside.unlink()
    assert origin(CREDENTIALS_DIRECTORY=str(given)).startswith(f"{given / 'deskie_api_key'} and")
    assert loaded(tmp_path).credentials["Chaport"] == "CHAPORT_SYNC_CHAPORT__TOKEN"


@pytest.mark.parametrize("junk", ["tok en", "tok\nen", "tök", "tok\ten"])
def test_secret_with_junk(tmp_path: Path, junk: str) -> None:
    """What no key contains is refused with the file's name, and without the secret."""
    (tmp_path / "chaport_token").write_text(junk, encoding="utf-8")

    (problem,) = problems(tmp_path, with_lines(IN_TABLE), {})

    assert problem.startswith("[chaport] token: contains blanks, line breaks or letters outside ASCII")
    assert problem.endswith(f"(from {tmp_path / 'chaport_token'})")
    assert junk not in problem


def test_unreadable_credential(tmp_path: Path) -> None:
    """A credential file that is there but cannot be read is not passed over."""
    (tmp_path / "chaport_token").mkdir()
    (tmp_path / "deskie_api_key").write_bytes(b"\xff")

    assert problems(tmp_path, with_lines(), {}) == (
        f"[deskie] api_key: {tmp_path / 'deskie_api_key'} is not text",
        f"[chaport] token: {tmp_path / 'chaport_token'} cannot be read: Is a directory",
    )


def test_secrets_not_needed(tmp_path: Path) -> None:
    """Commands that talk to no API do without the secrets, and read what is there."""
    (tmp_path / "chaport_token").mkdir()
    (tmp_path / "deskie_api_key").write_text("found")

    settings = load(write(tmp_path), environ={}, secrets_needed=False)

    assert api_key(settings) == "found"
    assert settings.chaport.token.get_secret_value() == ""


def test_the_password_of_the_page(tmp_path: Path) -> None:
    """It may stand in a file of its own; without one there is none. One that cannot be read is not passed over."""
    assert loaded(tmp_path).web.password.get_secret_value() == ""
    (tmp_path / "web_password").write_text("correct horse battery\n")
    assert loaded(tmp_path).web.password.get_secret_value() == "correct horse battery"
    (tmp_path / "web_password").write_text("short\n")
    assert only_problem(tmp_path).endswith(f"(from {tmp_path / 'web_password'})")
    (tmp_path / "web_password").unlink()
    (tmp_path / "web_password").mkdir()
    assert only_problem(tmp_path).startswith(f"[web] password: {tmp_path / 'web_password'} cannot be read")
