"""Raw values from the file and from the environment, which wins key by key."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaport_sync.config.model import ENVIRONMENT_PREFIX, NESTED, Section, section_models
from chaport_sync.config.paths import CONFIG_VARIABLE
from chaport_sync.config.problems import unknown_variable

Key = tuple[str, str]


class UnreadableFileError(Exception):
    """The configuration file is not there or cannot be read; the message says why, and what to do."""


@dataclass(frozen=True)
class Overrides:
    """What the environment sets: raw values by section and key, the variable of each, and what was wrong."""

    values: Mapping[str, Mapping[str, Any]]
    variables: Mapping[Key, str]
    problems: tuple[str, ...]


def read_file(path: Path) -> dict[str, Any]:
    """Return the raw tables of a configuration file.

    Raises:
        UnreadableFileError: it is missing, no file, not permitted, not UTF-8 or not TOML.
    """
    try:
        if not path.is_file():
            what = "is not a regular file" if path.exists() else "does not exist"
            raise UnreadableFileError(
                f"the configuration file {what}; name another with --config or ${CONFIG_VARIABLE}"
            )
        return tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise UnreadableFileError(f"the configuration file cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UnreadableFileError(f"the configuration file is not UTF-8 text (at line {line})") from None
    except tomllib.TOMLDecodeError as error:
        raise UnreadableFileError(f"the configuration file is not valid TOML: {error}") from None


def read_environment(environ: Mapping[str, str]) -> Overrides:
    """Return what the environment sets.

    An empty variable counts as unset. One with this program's prefix that names no key is a problem.
    """
    models = section_models()
    keys = {
        f"{ENVIRONMENT_PREFIX}{section}{NESTED}{key}".upper(): (section, key)
        for section, model in models.items()
        for key in model.model_fields
    }
    ours = {name: text for name, text in environ.items() if name.startswith(ENVIRONMENT_PREFIX)}
    ours.pop(CONFIG_VARIABLE, None)
    known = {name: text for name, text in ours.items() if name in keys and text}
    return Overrides(
        values={section: _typed(table, models[section]) for section, table in _tables(known).items()},
        variables={keys[name]: name for name in known},
        problems=tuple(unknown_variable(name, keys) for name in ours if name not in keys),
    )


def _tables(known: Mapping[str, str]) -> Mapping[str, Any]:
    if not known:
        return {}
    from chaport_sync.config.environment import read_variables  # noqa: PLC0415 - most have no variable to be read

    return read_variables(known)


def _typed(table: Mapping[str, Any], model: type[Section]) -> dict[str, Any]:
    # A variable is text; the file's keys have types, and validation insists on them.
    return {
        key: _parsed(value) if model.model_fields[key].annotation in {bool, int, float} else value
        for key, value in table.items()
    }


def _parsed(text: str) -> Any:
    try:
        return json.loads(text.strip().lower())
    except ValueError:
        return text
