"""From a path and an environment to settings, or to every problem there is."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from chaport_sync.config.credentials import Credential, find_credentials
from chaport_sync.config.model import Settings, section_models
from chaport_sync.config.problems import ConfigError, unknown_section, wrong_value
from chaport_sync.config.sources import Key, Overrides, read_environment
from chaport_sync.places import UnreadableFileError, find_config, read_file


def load(path: Path | None = None, *, environ: Mapping[str, str] = os.environ, secrets_needed: bool = True) -> Settings:
    """Return the settings of a configuration file, overridden by the environment and completed by credential files.

    Args:
        path: the file; None is the one that `find_config` finds.
        environ: the environment.
        secrets_needed: whether a secret that is nowhere to be found is a problem; if not, it is left empty.

    Raises:
        ConfigError: the configuration cannot be used; it holds all problems at once.
    """
    path = find_config(path, environ)
    overrides = read_environment(environ)
    try:
        table = read_file(path)
    except UnreadableFileError as error:
        raise ConfigError(path, (str(error), *overrides.problems)) from None

    credentials = find_credentials(table, overrides, path.parent, environ)
    values = _merged(table, overrides, credentials)
    problems = [*_unknown_sections(table), *overrides.problems, *_channel_problems(values), *_reply_problems(values)]
    if secrets_needed:
        problems += [f"[{section}] {key}: {c.problem}" for (section, key), c in credentials.items() if c.problem]
    try:
        settings = Settings.model_validate({**values, "file": path})
    except ValidationError as error:
        origins = {**overrides.variables, **{key: str(found.file) for key, found in credentials.items() if found.file}}
        details = error.errors(include_url=False, include_input=False)
        problems = [wrong_value(detail, origins.get(_key(detail["loc"]))) for detail in details] + problems
    if problems:
        raise ConfigError(path, tuple(problems))
    return settings


def _merged(table: Mapping[str, Any], overrides: Overrides, credentials: Mapping[Key, Credential]) -> Mapping[str, Any]:
    """Return the known sections, each with the strongest value of each of its keys."""
    values = {}
    for section in section_models():
        # An absent section counts as empty: its required keys are to be missed by name.
        content = table.get(section, {})
        found = {key: credential.value for (home, key), credential in credentials.items() if home == section}
        mergeable = isinstance(content, dict)
        values[section] = {**content, **overrides.values.get(section, {}), **found} if mergeable else content
    return values


def _unknown_sections(table: Mapping[str, Any]) -> list[str]:
    known = section_models()
    return [
        unknown_section(name, is_table=isinstance(value, dict)) for name, value in table.items() if name not in known
    ]


def _channel_problems(values: Mapping[str, Any]) -> list[str]:
    # Asked of the raw values: the rule spans two sections, and must not wait until both are right.
    cases, transcripts = values["cases"], values["transcripts"]
    if not isinstance(cases, dict) or not isinstance(transcripts, dict):
        return []
    if cases.get("channel") or cases.get("create") is False or transcripts.get("enabled") is False:
        return []
    return ['[cases] channel: is missing; set it to your custom channel\'s key, such as "cch12", or create to false']


def _reply_problems(values: Mapping[str, Any]) -> list[str]:
    cases, transcripts, replies = values["cases"], values["transcripts"], values["replies"]
    if not all(isinstance(section, dict) for section in (cases, transcripts, replies)) or not replies.get("enabled"):
        return []
    needed = [("transcripts", "enabled", transcripts), ("cases", "create", cases)]
    off = [f"[{name}] {key}" for name, key, section in needed if section.get(key) is False]
    return [f"[replies] enabled: answers are sent from cases of your channel only, but {each} is false" for each in off]


def _key(location: tuple[int | str, ...]) -> Key:
    section, key = (*location, "", "")[:2]
    return str(section), str(key)
