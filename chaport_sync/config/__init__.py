"""TOML, environment and credential files, made into checked and frozen settings.

Reading: `find_config` says which file, `load` reads and checks it, `state_path` says where the state file is. A
configuration that cannot be used is a `ConfigError` with every problem in it.
"""

from chaport_sync.config.loading import load
from chaport_sync.config.model import (
    Agents,
    Cases,
    Chaport,
    Deskie,
    Log,
    Pair,
    Pending,
    Settings,
    State,
    Status,
    Transcripts,
)
from chaport_sync.config.paths import find_config, state_path
from chaport_sync.config.problems import ConfigError

__all__ = [
    "Agents",
    "Cases",
    "Chaport",
    "ConfigError",
    "Deskie",
    "Log",
    "Pair",
    "Pending",
    "Settings",
    "State",
    "Status",
    "Transcripts",
    "find_config",
    "load",
    "state_path",
]
