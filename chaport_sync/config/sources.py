"""Reads raw values from the environment; each of them wins over the same key of the file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chaport_sync.config.model import section_models
from chaport_sync.config.problems import unknown_variable
from chaport_sync.config.renamed import with_new_variables
from chaport_sync.config.section import Section
from chaport_sync.paths import NESTED, NO_SETTINGS, PREFIX

Key = tuple[str, str]


@dataclass(frozen=True)
class Overrides:
    """The environment's raw values by section and key, the variable of each key, and problems."""

    values: Mapping[str, Mapping[str, Any]]
    variables: Mapping[Key, str]
    problems: tuple[str, ...]


def read_environment(environ: Mapping[str, str]) -> Overrides:
    """Return the settings in the environment.

    An empty variable counts as unset. A variable with our prefix that names no key is a problem.
    """
    models = section_models()
    keys = {
        f"{PREFIX}{section}{NESTED}{key}".upper(): (section, key)
        for section, model in models.items()
        for key in model.model_fields
    }
    ours = {name: text for name, text in with_new_variables(environ).items() if name.startswith(PREFIX)}
    for name in NO_SETTINGS:
        ours.pop(name, None)
    known = {name: text for name, text in ours.items() if name in keys and text}
    return Overrides(
        values={section: _typed(table, models[section]) for section, table in _tables(known).items()},
        variables={keys[name]: name for name in known},
        problems=tuple(unknown_variable(name, keys) for name in ours if name not in keys),
    )


def _tables(known: Mapping[str, str]) -> Mapping[str, Any]:
    if not known:
        return {}
    from chaport_sync.config.environment import read_variables  # noqa: PLC0415 - slow, and seldom needed

    return read_variables(known)


def _typed(table: Mapping[str, Any], model: type[Section]) -> dict[str, Any]:
    # A variable is text, but validation wants the types of the file.
    return {
        key: _parsed(value) if model.model_fields[key].annotation in {bool, int, float} else value
        for key, value in table.items()
    }


def _parsed(text: str) -> Any:
    try:
        return json.loads(text.strip().lower())
    except ValueError:
        return text
