"""The settings as they may be shown: each with its value, its meaning, and where it comes from; secrets are hidden."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, SecretStr

from chaport_sync.config.credentials import find_credentials
from chaport_sync.config.model import Settings, section_models
from chaport_sync.config.renamed import with_new_names
from chaport_sync.config.sources import Key, read_environment
from chaport_sync.paths import accounts_directory, is_left_out, read_file

DEFAULT, HIDDEN = "default", "hidden"


class Shown(NamedTuple):
    """One setting. `value` is as in JSON; `origin` is a variable, a file, or "default"."""

    section: str
    key: str
    value: Any
    origin: str
    description: str


def shown(settings: Settings, path: Path, environ: Mapping[str, str]) -> list[Shown]:
    """Return all settings, in the file's order, which `load` made of the file at `path` and the environment.

    Raises:
        UnreadableFileError: A file cannot be read any more.
    """
    origins = _origins(settings, path, environ)
    return [
        Shown(
            section,
            key,
            harmless(getattr(getattr(settings, section), key)),
            origins.get((section, key), DEFAULT),
            field.description or "",
        )
        for section, model in section_models().items()
        for key, field in model.model_fields.items()
    ]


def as_toml(value: Any) -> str:
    """Return a value as one writes it in the configuration, on one line."""
    match value:
        case dict():
            inner = ", ".join(f"{_key(name)} = {as_toml(each)}" for name, each in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case list():
            return f"[{', '.join(map(as_toml, value))}]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else json.dumps(name)


def harmless(value: Any) -> Any:
    """Return a value as JSON has it; a secret is only said to be there."""
    match value:
        case SecretStr():
            return HIDDEN if value.get_secret_value() else ""
        case None:
            return "now"  # only `start` may be nothing
        case float() if value.is_integer():
            return int(value)
        case frozenset():
            return sorted(value)
        case tuple():
            return [each.model_dump() if isinstance(each, BaseModel) else harmless(each) for each in value]
        case Mapping():
            return {str(name): each for name, each in value.items()}
        case bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def _origins(settings: Settings, path: Path, environ: Mapping[str, str]) -> Mapping[Key, str]:
    """Return where each value comes from that is no default, the weakest place first."""
    overrides = read_environment(environ)
    shared = {} if is_left_out(path, environ) else read_file(path)
    files = [(path, shared)]
    if settings.account and (directory := accounts_directory(shared, path)) is not None:
        own = directory / f"{settings.account}.toml"
        files.append((own, read_file(own)))
    origins: dict[Key, str] = {}
    for file, table in files:
        for section, content in with_new_names(table)[0].items():
            origins |= {(section, key): str(file) for key in content} if isinstance(content, dict) else {}
    origins |= {key: f"${name}" for key, name in overrides.variables.items()}
    last, table = files[-1]
    for key, found in find_credentials(table, overrides, last.parent, environ, settings.account).items():
        if found.file is not None:
            origins[key] = str(found.file)
    return origins
