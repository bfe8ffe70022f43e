"""`config show`: each setting, its value, and where it comes from."""

import os
from pathlib import Path

from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import has_room, print_json, print_table
from chaport_sync.config import load
from chaport_sync.config.shown import as_toml, shown
from chaport_sync.paths import find_config


def run_show(config: Path | None, *, as_json: bool) -> int:
    """Print all settings; a secret that is missing is no mistake here.

    Raises:
        ConfigError: The configuration cannot be used.
    """
    path = find_config(config, os.environ)
    settings = load(path, secrets_needed=False)
    found = shown(settings, path, os.environ)
    if as_json:
        print_json({"file": str(settings.file or path), "settings": [each._asdict() for each in found]})
        return Code.DONE
    columns = ["Setting", "Value", "From", *(["What it is"] if has_room() else [])]
    rows = [
        [f"[{each.section}] {each.key}", as_toml(each.value), each.origin, *([each.description] if has_room() else [])]
        for each in found
    ]
    print_table(columns, rows)
    return Code.DONE
