"""Reads the configuration of one account: the file, the environment and the credential files."""

import os
from collections.abc import Mapping
from pathlib import Path

from chaport_sync.config.accounts import load_account
from chaport_sync.config.checking import Loaded, check
from chaport_sync.config.model import Settings
from chaport_sync.config.problems import ConfigError
from chaport_sync.config.sources import read_environment
from chaport_sync.paths import NO_FILE, UnreadableFileError, chosen_account, find_config, is_left_out, read_file


def load(path: Path | None = None, *, environ: Mapping[str, str] = os.environ, secrets_needed: bool = True) -> Settings:
    """Return the settings of a configuration file, overridden by the environment and completed by credential files.

    Args:
        path: the file; None means the one that `find_config` finds.
        environ: the environment.
        secrets_needed: whether a missing secret is a problem; if not, it is left empty.

    Raises:
        ConfigError: the configuration cannot be used; the error holds all problems.
    """
    path = find_config(path, environ)
    loaded = load_without_names(path, environ=environ, secrets_needed=secrets_needed)
    if loaded.problems:
        raise ConfigError(path, loaded.problems)
    return loaded.settings


def load_without_names(
    path: Path | None = None, *, environ: Mapping[str, str] = os.environ, secrets_needed: bool = True
) -> Loaded:
    """Return the settings as `load` does; a name where an id is needed is reported and left out.

    Raises:
        ConfigError: something else is wrong; the error holds all problems, those with names too.
    """
    path = find_config(path, environ)
    overrides = read_environment(environ)
    left_out = is_left_out(path, environ)
    try:
        table = {} if left_out else read_file(path)
        account = chosen_account(table, path, environ)
    except UnreadableFileError as error:
        raise ConfigError(path, (str(error), *overrides.problems)) from None
    if account:
        return load_account(account, table, path, overrides, environ, secrets_needed=secrets_needed)
    missing = (NO_FILE,) if left_out else ()
    return check(table, path, overrides, environ, missing=missing, secrets_needed=secrets_needed)
