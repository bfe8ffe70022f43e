"""Turns raw tables, the environment and credential files into settings, or into all problems at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from chaport_sync.config.cluster import cluster_problems
from chaport_sync.config.credentials import FILE_NAMES, Credential, find_credentials
from chaport_sync.config.credentials import origins as where_from
from chaport_sync.config.model import Settings, section_models
from chaport_sync.config.problems import ConfigError, unknown_section, wrong_value
from chaport_sync.config.renamed import with_new_names
from chaport_sync.config.sources import Key, Overrides
from chaport_sync.config.values import BY_NAME


@dataclass(frozen=True)
class Loaded:
    """Good settings, and the names in the file that stand where an id is needed; the account can tell those ids.

    Attributes:
        settings: the settings without the values that are such names.
        problems: each such name, in the words of `ConfigError`; empty if there is none.
        statuses: the word ("online", …) that the file gives to each status, by the status's name.
        empty: a sentence for each secret whose file is empty, if secrets are not needed.
    """

    settings: Settings
    problems: tuple[str, ...] = ()
    statuses: Mapping[str, str] = field(default_factory=dict)
    empty: tuple[str, ...] = ()


def check(
    table: Mapping[str, Any],
    path: Path,
    overrides: Overrides,
    environ: Mapping[str, str],
    *,
    account: str = "",
    missing: tuple[str, ...] = (),
    secrets_needed: bool = True,
) -> Loaded:
    """Return the settings of raw tables; `missing` says that there is no file, if that is a problem.

    Raises:
        ConfigError: As `load_without_names`.
    """
    table, outdated = with_new_names(table)
    credentials = find_credentials(table, overrides, path.parent, environ, account)
    values = _merged(table, overrides, credentials)
    unknown, to_choose = [*_unknown_sections(table), *overrides.problems], _channel_problems(values)
    others = [*_reply_problems(values), *_nothing_to_do(values), *_credential_problems(credentials, secrets_needed)]
    origins = {**overrides.variables, **{key: str(found.file) for key, found in credentials.items() if found.file}}
    details = _details(values)
    wrong = [wrong_value(detail, origins.get(_key(detail["loc"]))) for detail in details]
    if unknown or others or any(detail["type"] != BY_NAME for detail in details):
        raise ConfigError(path, (*missing, *wrong, *unknown, *to_choose, *others))

    statuses = _without_names(values, details)
    no_settings = {"account": account, "file": path, "credentials": where_from(credentials, overrides)}
    settings = Settings.model_validate({**values, **no_settings, "outdated": outdated})
    if unfit := tuple(cluster_problems(settings.cluster, settings.status, account)):
        raise ConfigError(path, (*wrong, *to_choose, *unfit))
    empty = tuple(each.problem for each in credentials.values() if each.problem and each.empty)
    return Loaded(settings, (*wrong, *to_choose), statuses, empty)


def _details(values: Mapping[str, Any]) -> list[ErrorDetails]:
    try:
        Settings.model_validate(values)
    except ValidationError as error:
        return error.errors(include_url=False, include_input=False)
    return []


def _without_names(values: dict[str, Any], by_name: Iterable[ErrorDetails]) -> Mapping[str, str]:
    """Remove the names that stand where ids are needed; return the words of the statuses among them, by name."""
    statuses, table = {}, dict(values["status"].get("map", {}))
    for detail in by_name:
        if _key(detail["loc"]) == ("cases", "channel"):
            values["cases"]["channel"] = ""
        else:
            name = str(detail["loc"][2])
            statuses[name] = table.pop(name)
    values["status"]["map"] = table
    return statuses


def _credential_problems(credentials: Mapping[Key, Credential], missing: bool) -> list[str]:  # noqa: FBT001 - internal
    found = [f"[{section}] {key}: {each.problem}" for (section, key), each in credentials.items() if each.problem]
    key, token = (credentials[each] for each in FILE_NAMES)
    if key.value and key.value == token.value:
        return ["[chaport] token: is the same as [deskie] api_key; each service has its own"]
    return found if missing else []


def _merged(table: Mapping[str, Any], overrides: Overrides, credentials: Mapping[Key, Credential]) -> dict[str, Any]:
    """Return the known sections, each with the strongest value of each of its keys."""
    values = {}
    for section in section_models():
        # A missing section counts as empty, so that each required key is reported by its name.
        content = table.get(section, {})
        found = {key: each.value for (home, key), each in credentials.items() if home == section and each.value}
        mergeable = isinstance(content, dict)
        values[section] = {**content, **overrides.values.get(section, {}), **found} if mergeable else content
    return values


def _unknown_sections(table: Mapping[str, Any]) -> list[str]:
    known = section_models()
    return [
        unknown_section(name, is_table=isinstance(value, dict)) for name, value in table.items() if name not in known
    ]


def _nothing_to_do(values: Mapping[str, Any]) -> list[str]:
    sections = [values["status"], values["transcripts"]]
    if any(not isinstance(section, dict) or section.get("enabled") is not False for section in sections):
        return []
    words = "both are false, so that there is nothing to do; set one to true"
    return [f"[status] enabled, [transcripts] enabled: {words}"]


def _channel_problems(values: Mapping[str, Any]) -> list[str]:
    # The raw values are examined, so that this problem is told together with mistakes in either section.
    cases, transcripts = values["cases"], values["transcripts"]
    if not isinstance(cases, dict) or not isinstance(transcripts, dict):
        return []
    if cases.get("channel") or cases.get("create") is False or transcripts.get("enabled") is False:
        return []
    key = 'your custom channel\'s key, such as "cch12" (`chaport-sync check` lists them)'
    return [f"[cases] channel: is missing; set it to {key}, or create to false"]


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
