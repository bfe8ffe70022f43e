"""Reads TOML, the environment and credential files into checked, frozen settings.

`load` reads and checks a file. If it cannot be used, `load` raises a `ConfigError` with every problem.
"""

from chaport_sync.config.accounts import LoadedAccounts, load_accounts
from chaport_sync.config.checking import Loaded
from chaport_sync.config.loading import load, load_without_names
from chaport_sync.config.model import Settings
from chaport_sync.config.problems import ConfigError

__all__ = ["ConfigError", "Loaded", "LoadedAccounts", "Settings", "load", "load_accounts", "load_without_names"]
