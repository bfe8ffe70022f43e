"""TOML, environment and credential files, made into checked and frozen settings.

`load` reads and checks a file. A configuration that cannot be used is a `ConfigError` with every problem in it.
"""

from chaport_sync.config.loading import Loaded, load, load_but_names
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
from chaport_sync.config.problems import ConfigError

__all__ = [
    "Agents",
    "Cases",
    "Chaport",
    "ConfigError",
    "Deskie",
    "Loaded",
    "Log",
    "Pair",
    "Pending",
    "Settings",
    "State",
    "Status",
    "Transcripts",
    "load",
    "load_but_names",
]
