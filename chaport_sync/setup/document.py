"""The text of a configuration file with some keys changed: comments and all other lines stay as they are."""

import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import tomlkit

#: A key of the file: the names of its tables, then its own.
KeyPath = tuple[str, ...]

HEADING = """\
# The configuration of chaport-sync. config.example.toml explains every key;
# `chaport-sync config show` prints all keys with their values.
"""
_ANY_TABLE = re.compile(r"\s*\[")


def value_at(table: Mapping[str, Any], path: KeyPath) -> Any:
    """Return the value of a key, None if it is not there."""
    for part in path[:-1]:
        inner = table.get(part)
        if not isinstance(inner, Mapping):
            return None
        table = inner
    return table.get(path[-1])


def edited(text: str, changes: Mapping[KeyPath, Any], notes: Mapping[KeyPath, str]) -> str:
    """Return a file's text with these values, None for a key that goes.

    A new key takes the place of the line that shows its default in a comment, else it comes first in its table. What
    the `notes` say of a new key is a comment above it, or beside it in a table of a table.
    """
    before = tomllib.loads(text)
    changes = {path: value for path, value in changes.items() if value_at(before, path) != value}
    text = text or HEADING
    new = [path for path, value in changes.items() if value is not None and value_at(before, path) is None]
    for tables in dict.fromkeys(path[:-1] for path in new):
        if not isinstance(value_at(before, tables), Mapping):
            text = _if_valid(f"{text.rstrip()}\n\n[{'.'.join(tables)}]\n", text)
    for path in reversed(new):
        text = _with_line(text, path, notes.get(path, ""))
    document = tomlkit.parse(text)
    for path, value in changes.items():
        table: Any = document
        for part in path[:-1]:
            table = table.setdefault(part, tomlkit.table())
        if value is None:
            table.remove(path[-1])
        else:
            table[path[-1]] = _item(value)
    return tomlkit.dumps(document)


def _with_line(text: str, path: KeyPath, note: str) -> str:
    """Return the text with a line for a new key, whose value is still to be set; as it is if there is no good place."""
    *tables, key = path
    lines = text.splitlines(keepends=True)
    header = re.compile(rf"\s*\[\s*{re.escape('.'.join(tables))}\s*\]")
    start = next((number for number, line in enumerate(lines) if header.match(line)), None)
    if start is None:
        return text
    rest = range(start + 1, len(lines))
    end = next((number for number in rest if _ANY_TABLE.match(lines[number])), len(lines))
    shown = re.compile(rf"#{re.escape(key)} = ")
    place = next((number for number in range(start + 1, end) if shown.match(lines[number])), None)
    if place is not None:
        lines[place] = f"{key} = 0\n"
    elif len(tables) > 1:
        lines.insert(start + 1, f"{key} = 0{f'  # {note}' if note else ''}\n")
    else:
        lines.insert(start + 1, f"{f'# {note}{chr(10)}' if note else ''}{key} = 0\n")
    expected = deepcopy(tomllib.loads(text))
    table = expected
    for part in tables:
        table = table.setdefault(part, {})
    table[key] = 0
    found = _if_valid("".join(lines), text)
    return found if tomllib.loads(found) == expected else text


def _if_valid(text: str, otherwise: str) -> str:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return otherwise
    return text


def _item(value: Any) -> Any:
    """Return a value in the form in which people write it: tables in a list, one in a line."""
    if not (isinstance(value, list) and value and isinstance(value[0], Mapping)):
        return tomlkit.item(value)
    listed = tomlkit.array().multiline(multiline=True)
    for each in value:
        row = tomlkit.inline_table()
        row.update(each)
        listed.append(row)
    return listed
