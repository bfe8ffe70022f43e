"""`init --account NAME`: one more account of a configuration of several."""

import os
import stat
import tomllib
from pathlib import Path

import pytest

from chaport_sync.config import load_accounts
from tests.commands.setting_up import EMAIL, URL, Newcomer
from tests.statuses.steps import LUNCH, TRAINING

SHARED = f"""[accounts]
directory = "accounts.d"
[transcripts]
timezone = "Europe/Istanbul"
[status.map]
{TRAINING} = "online"
{LUNCH} = "keep"
[state]
path = "/nowhere"
"""


@pytest.fixture
def fleet(newcomer: Newcomer) -> Path:
    """A shared configuration without any account yet."""
    newcomer.config.write_text(SHARED)
    directory = newcomer.folder / "accounts.d"
    directory.mkdir(mode=0o750)
    return directory


SAME = {"training": "", "lunch": "", "timezone": ""}


def test_a_first_account(newcomer: Newcomer, fleet: Path) -> None:
    """P8, P6: only what is its own is in its file; all its files are for the directory's group and nobody else."""
    if os.geteuid() == 0:
        os.chown(fleet, -1, 12345)
    result = newcomer.sets_up(newcomer.typed(**SAME), "--account", "acme")
    assert result.exit_code == 0, result.output
    names = {"acme.toml", "acme.deskie_api_key", "acme.chaport_token"}
    assert {each.name for each in fleet.iterdir()} == names
    assert tomllib.loads((fleet / "acme.toml").read_text()) == {
        "deskie": {"url": URL, "email": EMAIL},
        "cases": {"channel": "cch12"},
    }
    found = [each.stat() for each in fleet.iterdir()]
    assert {(stat.S_IMODE(each.st_mode), each.st_gid) for each in found} == {(0o640, fleet.stat().st_gid)}
    assert newcomer.config.read_text() == SHARED
    accounts = load_accounts(newcomer.config, {})
    assert accounts is not None
    assert ([*accounts.loaded], [*accounts.rejected]) == (["acme"], [])


def test_a_meaning_of_its_own(newcomer: Newcomer, fleet: Path) -> None:
    """S2: the account's map takes the place of the shared one, so it has all that stands there."""
    newcomer.config.write_text(SHARED.replace("[status.map]", '[status.map]\n3 = "keep"'))
    newcomer.sets_up(newcomer.typed(**SAME | {"lunch": "offline"}), "--account", "acme")
    table = tomllib.loads((fleet / "acme.toml").read_text())
    assert table["status"]["map"] == {"3": "keep", str(TRAINING): "online", str(LUNCH): "offline"}


def test_the_accounts_of_another(newcomer: Newcomer, fleet: Path) -> None:
    """P8: two accounts with one help desk would be left out, both; so the second one is not written."""
    newcomer.sets_up(newcomer.typed(**SAME), "--account", "acme")
    before = newcomer.files()
    result = newcomer.sets_up(newcomer.typed(**SAME), "--account", "beta")
    assert "is the same as of acme" in str(result.exception)
    assert newcomer.files() == before
    assert newcomer.sets_up(newcomer.typed(**SAME, replies="yes", key="", token=""), "--account", "acme").exit_code == 0
    assert "enabled = true" in (fleet / "acme.toml").read_text()


@pytest.mark.parametrize(
    ("name", "words"), [("../acme", "an account's name has"), ("acme", "is no directory; make it first")]
)
def test_no_place_for_it(newcomer: Newcomer, fleet: Path, name: str, words: str) -> None:
    """P8: a name that cannot be, and a directory that is not there, are said before anything is asked."""
    if name == "acme":
        fleet.rmdir()
    result = newcomer.sets_up(newcomer.typed(**SAME), "--account", name)
    assert words in str(result.exception)
    assert newcomer.files() == {"config.toml": SHARED}


def test_the_only_account(newcomer: Newcomer) -> None:
    """P8: a configuration of one account has no others."""
    newcomer.config.write_text(f'[deskie]\nurl = "{URL}"\n')
    result = newcomer.sets_up(newcomer.typed(), "--account", "acme")
    assert "it is of one account, not of several" in str(result.exception)
