"""The section `[notify]`: addresses from each place, and hours that can be understood."""

import json
from pathlib import Path

import pytest

from chaport_sync.config import ConfigError, Settings, load, load_accounts
from chaport_sync.config.rules import notice_rules
from chaport_sync.config.shown import shown
from tests.config.config_files import MINIMAL, SECRETS, loaded, only_problem, with_lines, write

CANARY = "c4nary"
URL = f"json://user:{CANARY}@127.0.0.1"


def urls(settings: Settings) -> tuple[str, ...]:
    """Return the addresses in clear."""
    return settings.notify.addresses


def test_nobody_is_told_by_default(tmp_path: Path) -> None:
    """No address is needed, and no file with addresses."""
    settings = loaded(tmp_path)
    assert urls(settings) == ()
    assert "Apprise" not in settings.credentials


def test_each_place(tmp_path: Path) -> None:
    """As for a secret: the environment, $CREDENTIALS_DIRECTORY, the file, a file beside it with one on each line."""
    given = tmp_path / "credentials"
    given.mkdir()
    (given / "notify_urls").write_text("json://systemd\n")
    (tmp_path / "notify_urls").write_text("json://one\n\n  json://two\r\n")
    path = write(tmp_path, with_lines('notify.urls = ["json://table"]'))
    environ = {
        **SECRETS,
        "CREDENTIALS_DIRECTORY": str(given),
        "CHAPORT_SYNC_NOTIFY__URLS": '["json://a", "json://b"]',
    }
    assert urls(load(path, environ=environ)) == ("json://a", "json://b")
    del environ["CHAPORT_SYNC_NOTIFY__URLS"]
    assert urls(load(path, environ=environ)) == ("json://systemd",)
    del environ["CREDENTIALS_DIRECTORY"]
    assert urls(load(path, environ=environ)) == ("json://table",)
    for empty in (with_lines("notify.urls = []"), with_lines()):
        assert urls(load(write(tmp_path, empty), environ=environ)) == ("json://one", "json://two")
    assert load(path, environ=SECRETS).credentials["Apprise"] == str(tmp_path / "notify_urls")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """It is not passed over, and it is said how the service gets it."""
    (tmp_path / "notify_urls").mkdir()
    assert only_problem(tmp_path) == (
        f"[notify] urls: {tmp_path / 'notify_urls'} cannot be read: Is a directory; "
        f"a drop-in with LoadCredential=notify_urls:{tmp_path / 'notify_urls'} hands it to the service"
    )
    assert urls(load(write(tmp_path), environ=SECRETS, secrets_needed=False)) == ()


@pytest.mark.parametrize("wrong", [CANARY, f" json://{CANARY}", f"json://{CANARY}\\n", ""])
def test_no_address(tmp_path: Path, wrong: str) -> None:
    """P6: it is said which one is none, without repeating it."""
    problem = only_problem(tmp_path, f'notify.urls = ["json://x", "{wrong}"]')
    assert problem == (
        '[notify] urls, entry 2: must be an address that Apprise understands, such as "tgram://TOKEN/CHAT"'
    )


def test_no_list(tmp_path: Path) -> None:
    """P6: one address alone has to stand in a list."""
    problem = only_problem(tmp_path, f'notify.urls = "json://{CANARY}"')
    assert problem == "[notify] urls: must be a list, in square brackets"
    problem = only_problem(tmp_path, environ={"CHAPORT_SYNC_NOTIFY__URLS": f"json://{CANARY}"})
    assert problem == "[notify] urls: must be a list, in square brackets (from CHAPORT_SYNC_NOTIFY__URLS, as JSON)"


def test_hours(tmp_path: Path) -> None:
    """They are in the zone of the notes, and each that cannot be understood is told."""
    rules = notice_rules(loaded(tmp_path, 'notify.hours = ["Mon 09:00-10:00"]', 'transcripts.timezone = "Asia/Tokyo"'))
    assert (rules.nobody_for, str(rules.hours.zone), len(rules.hours.windows)) == (600, "Asia/Tokyo", 1)
    assert only_problem(tmp_path, 'notify.hours = ["Mon 09:00-18:00", "Tue 09:00-09:00"]') == (
        "[notify] hours, entry 2: must not end when it begins; a whole day is 00:00-24:00"
    )
    assert only_problem(tmp_path, "notify.nobody_online_for = -1").endswith("must be at least 0")


def test_they_are_hidden(tmp_path: Path) -> None:
    """P6: `config show` says how many there are and where they come from."""
    (tmp_path / "notify_urls").write_text(f"{URL}\n{URL}x\n")
    path = write(tmp_path)
    found = shown(load(path, environ=SECRETS), path, SECRETS)
    (row,) = (each for each in found if each.key == "urls")
    assert (row.value, row.origin) == (["hidden", "hidden"], str(tmp_path / "notify_urls"))
    assert CANARY not in json.dumps(found)
    assert CANARY not in repr(load(path, environ=SECRETS))


def test_many_accounts(tmp_path: Path) -> None:
    """The shared addresses are everybody's, an account may have its own, and the same ones are allowed."""
    (tmp_path / "accounts.d").mkdir()
    for name in ("acme", "best"):
        text = MINIMAL.replace("acme.", f"{name}.")
        (tmp_path / "accounts.d" / f"{name}.toml").write_text(text)
        (tmp_path / "accounts.d" / f"{name}.deskie_api_key").write_text(f"{name}-key")
        (tmp_path / "accounts.d" / f"{name}.chaport_token").write_text(f"{name}-token")
    shared = '[accounts]\ndirectory = "accounts.d"\n'
    (tmp_path / "accounts.d" / "acme.notify_urls").write_text("json://acme")
    accounts = load_accounts(write(tmp_path, shared), environ={})
    assert accounts is not None
    assert {name: urls(each) for name, each in accounts.settings.items()} == {"acme": ("json://acme",), "best": ()}
    path = write(tmp_path, shared + '[notify]\nurls = ["json://all"]\n')
    accounts = load_accounts(path, environ={})
    assert accounts is not None
    assert {urls(each) for each in accounts.settings.values()} == {("json://all",)}
    assert {notice_rules(each).account for each in accounts.settings.values()} == {"acme", "best"}


def test_every_problem_at_once(tmp_path: Path) -> None:
    """As elsewhere."""
    text = with_lines('notify.urls = ["x"]', 'notify.hours = ["x"]', "notify.url = 1")
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, text), environ=SECRETS)
    assert len(caught.value.problems) == 3
