"""Reads TOML, the environment and credential files into checked, frozen settings.

`load` reads and checks a file. If it cannot be used, `load` raises a `ConfigError` with every problem.
"""

from chaport_sync.config.loading import Loaded, load, load_without_names
from chaport_sync.config.model import Settings
from chaport_sync.config.problems import ConfigError

__all__ = ["ConfigError", "Loaded", "Settings", "load", "load_without_names"]
