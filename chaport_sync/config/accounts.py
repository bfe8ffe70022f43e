"""Several accounts in one configuration: shared settings, and a file for each account that is laid over them."""

import os
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chaport_sync.config.checking import Loaded, check
from chaport_sync.config.credentials import FILE_NAMES
from chaport_sync.config.model import Settings
from chaport_sync.config.problems import ConfigError
from chaport_sync.config.sources import Overrides, read_environment
from chaport_sync.paths import (
    ACCOUNT_VARIABLE,
    UnreadableFileError,
    account_state,
    accounts_directory,
    is_left_out,
    names_in,
    read_file,
)

#: What belongs to the process, and so to the shared file.
SHARED = ("accounts", "cluster", "log", "metrics", "web")
NAMED_SO = "an account's name has up to 63 letters, digits, - and _ of ASCII"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")


@dataclass(frozen=True)
class LoadedAccounts:
    """What was loaded for each account that can be run, by name, and the problems of each that cannot."""

    loaded: Mapping[str, Loaded]
    rejected: Mapping[str, tuple[str, ...]]

    @property
    def settings(self) -> Mapping[str, Settings]:
        """The settings of each account that can be run."""
        return {name: each.settings for name, each in self.loaded.items()}


def load_accounts(
    path: Path, environ: Mapping[str, str] = os.environ, *, secrets_needed: bool = True
) -> LoadedAccounts | None:
    """Return what is configured of all accounts, None if the configuration is of one account, or one is chosen.

    Raises:
        ConfigError: The shared file cannot be used, or no account can.
    """
    if environ.get(ACCOUNT_VARIABLE) or is_left_out(path, environ):
        return None
    try:
        shared = read_file(path)
        directory = accounts_directory(shared, path)
    except UnreadableFileError as error:
        raise ConfigError(path, (str(error),)) from None
    if directory is None:
        return None
    overrides = read_environment(environ)
    if problems := [*overrides.problems, *_shared_problems(shared, overrides, directory)]:
        raise ConfigError(path, tuple(problems))
    loaded: dict[str, Loaded] = {}
    rejected: dict[str, tuple[str, ...]] = {}
    for name in names_in(directory):
        try:
            found = load_account(name, shared, path, overrides, environ, secrets_needed=secrets_needed)
        except ConfigError as error:
            rejected[name] = tuple(f"{error.path.name}: {problem}" for problem in error.problems)
            continue
        if found.problems:
            rejected[name] = tuple(f"{name}.toml: {problem}" for problem in found.problems)
        else:
            loaded[name] = found
    for name, problem in doubled({name: each.settings for name, each in loaded.items()}).items():
        del loaded[name]
        rejected[name] = (f"{name}.toml: {problem}",)
    if not loaded:
        raise ConfigError(path, _told_once(rejected))
    return LoadedAccounts(loaded, rejected)


def load_account(
    name: str,
    shared: Mapping[str, Any],
    path: Path,
    overrides: Overrides,
    environ: Mapping[str, str],
    *,
    secrets_needed: bool = True,
) -> Loaded:
    """Return the settings of one account: its file over the `shared` tables of the file at `path`, key by key.

    Raises:
        ConfigError: They cannot be used.
    """
    file = _file(name, shared, path)
    if not is_account_name(name):
        raise ConfigError(file, (f"{NAMED_SO}; rename the file",))
    try:
        own = read_file(file)
    except UnreadableFileError as error:
        raise ConfigError(file, (str(error),)) from None
    return check_account(name, own, shared, path, overrides, environ, secrets_needed=secrets_needed)


def check_account(
    name: str,
    own: Mapping[str, Any],
    shared: Mapping[str, Any],
    path: Path,
    overrides: Overrides,
    environ: Mapping[str, str],
    *,
    secrets_needed: bool = True,
) -> Loaded:
    """Return the settings of one account as `load_account` does; `own` are the tables of its file.

    Raises:
        ConfigError: They cannot be used.
    """
    file = _file(name, shared, path)
    if wrong := [f"[{section}]: belongs into {path.name}" for section in SHARED if section in own]:
        raise ConfigError(file, tuple(wrong))
    loaded = check(merged(shared, own), file, overrides, environ, account=name, secrets_needed=secrets_needed)
    settings = loaded.settings
    where = str(account_state(settings.state.path, path, environ, name))
    placed = settings.model_copy(update={"state": settings.state.model_copy(update={"path": where})})
    return Loaded(placed, loaded.problems, loaded.statuses, loaded.empty)


def is_account_name(name: str) -> bool:
    """Return whether an account may have this name."""
    return _NAME.fullmatch(name) is not None


def merged(shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return raw tables over others, key by key, without what only the shared file has."""
    table = {section: content for section, content in shared.items() if section != "accounts"}
    for section, content in own.items():
        both = isinstance(content, Mapping) and isinstance(table.get(section), Mapping)
        table[section] = {**table[section], **content} if both else content
    return table


def doubled(settings: Mapping[str, Settings]) -> Mapping[str, str]:
    """Return what is wrong with accounts that share a Deskie account or a token: each would work against the other."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, each in settings.items():
        found["[deskie] url", urlsplit(each.deskie.url).netloc.casefold()].append(name)
        if token := each.chaport.token.get_secret_value():
            found["[chaport] token", token].append(name)
    return {
        name: f"{key}: is the same as of {' and '.join(other for other in names if other != name)}"
        for (key, _), names in found.items()
        if len(names) > 1
        for name in names
    }


def _told_once(rejected: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the problems of all accounts; what is wrong with the shared file comes first, and once."""
    shared = tuple(f"[{section}] " for section in SHARED)
    found: dict[str, None] = {}
    for name, problems in rejected.items():
        for each in problems:
            bare = each.removeprefix(f"{name}.toml: ")
            found[bare if bare.startswith(shared) else each] = None
    return tuple(sorted(found, key=lambda problem: not problem.startswith(shared)))


def _file(name: str, shared: Mapping[str, Any], path: Path) -> Path:
    directory = accounts_directory(shared, path)
    assert directory is not None  # noqa: S101 - only such a configuration has accounts
    return directory / f"{name}.toml"


def _shared_problems(shared: Mapping[str, Any], overrides: Overrides, directory: Path) -> list[str]:
    problems = []
    if not directory.is_dir():
        problems.append(f"[accounts] directory: {directory} is no directory")
    elif not os.access(directory, os.R_OK | os.X_OK):
        problems.append(f"[accounts] directory: {directory} cannot be read by this user")
    elif not names_in(directory):
        problems.append(f"[accounts] directory: there is no account's file (NAME.toml) in {directory}")
    if extra := sorted(shared["accounts"].keys() - {"directory"}):
        problems.append(f"[accounts]: has only the key directory, not {', '.join(extra)}")
    pinged = overrides.variables.get(("health", "ping_url"), "")
    if pinged or (isinstance(health := shared.get("health"), dict) and health.get("ping_url")):
        words = "belongs into each account's file; one account's pings would hide that another one is down"
        problems.append(f"{pinged or '[health] ping_url'}: {words}")
    for key, file_name in FILE_NAMES.items():
        if key in overrides.variables:
            problems.append(
                f"{overrides.variables[key]}: each account has its own; put it into {directory}/NAME.{file_name}"
            )
    return problems
