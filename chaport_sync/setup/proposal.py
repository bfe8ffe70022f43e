"""What is to be written: the text of the configuration and the keys' files, from what was answered."""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from chaport_sync.config.model import section_models
from chaport_sync.config.sources import Key
from chaport_sync.core.text import one_line
from chaport_sync.setup.document import KeyPath, edited, value_at
from chaport_sync.setup.files import NewFile
from chaport_sync.setup.place import Place
from chaport_sync.setup.questions import sentence

#: The modes of files that root reads alone, that everybody may read, and that the accounts' group may read.
SECRET, PUBLIC, SHARED = 0o600, 0o644, 0o640
_MAP = ("status", "map")


@dataclass(frozen=True)
class Proposal:
    """What is to be written.

    Attributes:
        text: the configuration's text.
        shown: what is to be shown of it: all if it is new, else the lines that change; no secrets.
        files: what has to be written; empty if all is there already.
    """

    text: str
    shown: str
    files: tuple[NewFile, ...]


def propose(
    place: Place, answers: Mapping[KeyPath, Any], secrets: Mapping[Key, str], named: Mapping[int, str]
) -> Proposal:
    """Return what is to be written; `named` are the names of the statuses, for comments."""
    kept: dict[KeyPath, Any] = {key: secret for key, secret in secrets.items() if place.key_file(key) is None}
    order = list(section_models())
    needed_in_order = sorted(needed(place.table, answers).items(), key=lambda each: order.index(each[0][0]))
    changes = dict(needed_in_order)
    notes = {path: _note(path, named) for path in changes}
    text = edited(place.text, {**changes, **kept}, notes)
    mode, group = (SHARED, place.file.parent.stat().st_gid) if place.account else (PUBLIC, None)
    files = [
        NewFile(file, f"{secret}\n", SHARED if place.account else SECRET, group)
        for key, secret in secrets.items()
        if (file := place.key_file(key)) is not None and secret != place.secrets[key]
    ]
    if text != place.text:
        files.append(NewFile(place.file, text, mode, group, keeps_mode=True))
    return Proposal(text, _changes(place.text, text), tuple(files))


def needed(table: Mapping[str, Any], answers: Mapping[KeyPath, Any]) -> Mapping[KeyPath, Any]:
    """Return the answers that differ from what is in force; a map that accounts share is replaced as a whole."""
    differs = {path: value for path, value in answers.items() if _in_force(table, path) != value}
    if not any(path[:-1] == _MAP for path in differs):
        return differs
    there = {(*_MAP, status): word for status, word in (value_at(table, _MAP) or {}).items()}
    return there | {path: value for path, value in answers.items() if path in differs or path[:-1] == _MAP}


def _in_force(table: Mapping[str, Any], path: KeyPath) -> Any:
    """Return a key's value, else its default; None if it has none."""
    found = value_at(table, path)
    model = section_models().get(path[0])
    if found is not None or model is None or len(path) != len(("section", "key")) or path[1] not in model.model_fields:
        return found
    field = model.model_fields[path[1]]
    return None if field.is_required() else field.get_default(call_default_factory=True)


def _note(path: KeyPath, named: Mapping[int, str]) -> str:
    if path[:-1] == _MAP:
        return one_line(named.get(int(path[-1]), ""), 40) if path[-1].isdecimal() else ""
    if len(path) > len(("section", "key")):
        return ""
    field = section_models()[path[0]].model_fields.get(path[1])
    return sentence(field.description) if field else ""


def _changes(before: str, after: str) -> str:
    """Return a new text, or the lines that change, without secrets."""
    old, new = (_hidden(text).splitlines(keepends=True) for text in (before, after))
    return "".join(list(difflib.unified_diff(old, new, n=2))[2:] if before else new)


def _hidden(text: str) -> str:
    table = tomllib.loads(text)
    secrets: dict[KeyPath, Any] = {
        (section, key): "hidden"
        for section, model in section_models().items()
        for key, field in model.model_fields.items()
        if isinstance(field.default, SecretStr) and value_at(table, (section, key))
    }
    return edited(text, secrets, {})
