"""Small configurations for the tests of this folder."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from chaport_sync.config import ConfigError, Settings, load

MINIMAL = """
[deskie]
url = "https://acme.deskie.io"
email = "sync@acme.example"
[cases]
channel = "cch12"
"""

SECRETS = {"CHAPORT_SYNC_DESKIE__API_KEY": "deskie-key", "CHAPORT_SYNC_CHAPORT__TOKEN": "chaport-token"}


def write(folder: Path, text: str = MINIMAL) -> Path:
    """Return the path of a configuration file with this text."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def with_lines(*lines: str) -> str:
    """Return the minimal configuration with more lines: `section.key = value`."""
    tables: dict[str, list[str]] = {
        "deskie": ['url = "https://acme.deskie.io"', 'email = "sync@acme.example"'],
        "cases": ['channel = "cch12"'],
    }
    for line in lines:
        section, assignment = line.split(".", 1)
        key = assignment.split("=")[0]
        table = tables.setdefault(section, [])
        table[:] = [other for other in table if other.split("=")[0] != key] + [assignment]
    return "\n".join(f"[{section}]\n" + "\n".join(table) for section, table in tables.items())


def loaded(folder: Path, *lines: str, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the minimal configuration with more lines, its secrets in the environment."""
    return load(write(folder, with_lines(*lines)), environ={**SECRETS, **(environ or {})})


def problems(folder: Path, text: str, environ: Mapping[str, str] = SECRETS) -> tuple[str, ...]:
    """Return what is wrong with a configuration that must be refused."""
    with pytest.raises(ConfigError) as caught:
        load(write(folder, text), environ=environ)
    return caught.value.problems


def only_problem(folder: Path, *lines: str, environ: Mapping[str, str] | None = None) -> str:
    """Return the one thing that is wrong with the minimal configuration and these lines."""
    found = problems(folder, with_lines(*lines), {**SECRETS, **(environ or {})})
    assert len(found) == 1, found
    return found[0]


NEEDED = {
    "CHAPORT_SYNC_DESKIE__URL": "https://acme.deskie.io",
    "CHAPORT_SYNC_DESKIE__EMAIL": "sync@acme.example",
    "CHAPORT_SYNC_CASES__CHANNEL": "cch12",
    **SECRETS,
}


def refused(path: Path) -> str:
    """Return the one problem of a file that cannot be used at all."""
    with pytest.raises(ConfigError) as caught:
        load(path, environ=SECRETS)
    assert caught.value.path == path
    (problem,) = caught.value.problems
    return problem
