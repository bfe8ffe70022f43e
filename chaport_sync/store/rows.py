"""Records to rows and back: a table's columns are its record's fields."""

import json
import sqlite3
import types
import typing
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any


def columns(record_type: type[Any]) -> tuple[str, ...]:
    """Give the columns of a record's table."""
    names: tuple[str, ...] = record_type.__match_args__
    return names


def upsert(table: str, record_type: type[Any], key: tuple[str, ...] = ()) -> str:
    """Give the statement that writes a record, with further key columns in front."""
    names = (*key, *columns(record_type))
    return f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608


def to_row(record: Any) -> tuple[Any, ...]:
    """Give a record's values as SQLite keeps them."""
    return tuple(_to_column(getattr(record, name)) for name in columns(type(record)))


class Reader:
    """Makes records of one type of rows; the type is looked at once."""

    def __init__(self, record_type: type[Any]) -> None:
        self._type = record_type
        self._read = {name: _from_column(hint) for name, hint in typing.get_type_hints(record_type).items()}

    def __call__(self, row: sqlite3.Row) -> Any:
        """Make a record of a row."""
        return self._type(**{name: None if row[name] is None else read(row[name]) for name, read in self._read.items()})


@lru_cache(maxsize=1000)  # the same few agents drive the same operators all the time
def _tuple(text: str, part: Callable[..., Any] | None = None) -> tuple[Any, ...]:
    make = tuple if part is None else lambda values: part(*values)
    return tuple(make(each) if isinstance(each, list) else each for each in json.loads(text))


def _to_column(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, bool):
        return int(value)
    return json.dumps(value) if isinstance(value, tuple) else value


def _from_column(hint: Any) -> Callable[[Any], Any]:
    if isinstance(hint, types.UnionType):
        hint = next(option for option in typing.get_args(hint) if option is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        part = typing.get_args(hint)[0]
        # Of named parts each is a list in its column, like any tuple.
        return partial(_tuple, part=part) if hasattr(part, "_fields") else _tuple
    make: Callable[[Any], Any] = hint
    return make
