"""Where a configuration and its keys are to be written, and what stands there now."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaport_sync.config import ConfigError, Loaded
from chaport_sync.config.accounts import NAMED_SO, check_account, is_account_name, merged
from chaport_sync.config.checking import check
from chaport_sync.config.credentials import FILE_NAMES, find_credentials
from chaport_sync.config.sources import Key, Overrides, read_environment
from chaport_sync.paths import UnreadableFileError, accounts_directory, read_file

#: Good values for the keys that are asked for in any case: with them it is seen whether the rest of a file is good.
_GOOD: Mapping[str, Mapping[str, Any]] = {
    "deskie": {"url": "https://acme.deskie.io", "email": "sync@acme.example", "api_key": ""},
    "chaport": {"url": "https://app.chaport.com", "token": ""},
    "cases": {"channel": "cch1"},
}


@dataclass(frozen=True)
class Place:
    """The file to be written, and what is there.

    Attributes:
        config: the configuration that `--config` names.
        file: the file to be written: the same, or the file of one of several accounts.
        text: what it says now, empty if it does not exist.
        shared: the tables that all accounts share, empty if there is only one.
        account: the account's name, empty if there is only one.
        environ: the environment.
    """

    config: Path
    file: Path
    text: str
    shared: Mapping[str, Any]
    account: str
    environ: Mapping[str, str]

    @property
    def table(self) -> Mapping[str, Any]:
        """The raw tables of the file over those that it shares."""
        return merged(self.shared, tomllib.loads(self.text))

    @property
    def secrets(self) -> Mapping[Key, str]:
        """The secrets that are there, unchecked; empty if there is none."""
        found = find_credentials(self.table, self._overrides, self.file.parent, self.environ, self.account)
        return {key: str(found[key].value) for key in FILE_NAMES}

    def key_file(self, key: Key) -> Path | None:
        """Return the file for a secret, None if the secret stands in the configuration file and stays there."""
        section, name = key
        if tomllib.loads(self.text).get(section, {}).get(name):
            return None
        return self.file.with_name(f"{self.account}.{FILE_NAMES[key]}" if self.account else FILE_NAMES[key])

    def loaded(self, text: str, secrets: Mapping[Key, str]) -> Loaded:
        """Return the settings if the file had this text, and these were the secrets.

        Raises:
            ConfigError: They cannot be used.
        """
        given: dict[str, dict[str, Any]] = {}
        for (section, key), secret in secrets.items():
            given.setdefault(section, {})[key] = secret
        return self._check(merged(tomllib.loads(text), given), secrets_needed=True)

    def present(self) -> Loaded:
        """Return the settings that are there, with good values for what is asked for in any case.

        Raises:
            ConfigError: Something else is wrong, which has to be mended by hand first.
        """
        return self._check(merged(tomllib.loads(self.text), _GOOD), secrets_needed=False)

    def _check(self, own: Mapping[str, Any], *, secrets_needed: bool) -> Loaded:
        if self.account:
            return check_account(
                self.account,
                own,
                self.shared,
                self.config,
                self._overrides,
                self.environ,
                secrets_needed=secrets_needed,
            )
        return check(own, self.file, self._overrides, self.environ, secrets_needed=secrets_needed)

    @property
    def _overrides(self) -> Overrides:
        return read_environment(self.environ)


def find_place(config: Path, account: str, environ: Mapping[str, str], asked: tuple[Key, ...]) -> Place:
    """Return the place of a configuration, or of one `account` in a configuration of several.

    Raises:
        UnreadableFileError: What is there cannot be read, or it is of several accounts and none is named.
        ConfigError: The account's name or directory cannot be used, nobody may write there, or the environment has one
            of the keys that are `asked` for, and would win over the file.
    """
    shared: Mapping[str, Any] = {}
    file = config
    if account:
        shared = read_file(config)
        directory = accounts_directory(shared, config)
        if directory is None:
            raise UnreadableFileError(config, f"it is of one account, not of several; leave out --account {account}")
        if not is_account_name(account):
            raise ConfigError(config, (NAMED_SO,))
        if not directory.is_dir():
            raise ConfigError(config, (f"[accounts] directory: {directory} is no directory; make it first",))
        file = directory / f"{account}.toml"
    text = ""
    if file.exists():
        if "accounts" in read_file(file) and not account:
            raise UnreadableFileError(file, "it is of several accounts; name one by --account NAME")
        text = file.read_bytes().decode()
    place = Place(config, file, text, shared, account, environ)
    if problems := [*_not_writable(file.parent), *_in_environment(environ, asked)]:
        raise ConfigError(file, tuple(problems))
    return place


def _not_writable(directory: Path) -> list[str]:
    there = next(each for each in (directory, *directory.absolute().parents) if each.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return []
    return [f"{there} cannot be written by this user; be root, or name another file with --config"]


def _in_environment(environ: Mapping[str, str], asked: tuple[Key, ...]) -> list[str]:
    variables = read_environment(environ).variables
    words = "is set, and would win over what is written; unset it first"
    return [f"{variables[key]}: {words}" for key in asked if key in variables]
