"""Records to rows and back: a table's columns are its record's fields."""

import json
import sqlite3
import types
import typing
from collections.abc import Callable
from enum import StrEnum
from functools import cache, lru_cache, partial
from operator import attrgetter, itemgetter
from typing import Any

#: What SQLite takes and gives as it is; a long chat has some ten thousand of them, so no time is spent on each.
_AS_IT_IS = {str, int, float, type(None)}


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
    values = _values_of(columns(type(record)))(record)
    return tuple(value if type(value) in _AS_IT_IS else _to_column(value) for value in values)


class Reader:
    """Makes records of one type of rows; the type is looked at once."""

    def __init__(self, record_type: type[Any]) -> None:
        self._type = record_type
        names, hints = columns(record_type), typing.get_type_hints(record_type)
        self._values = itemgetter(*names)
        made = [(place, _from_column(hints[name])) for place, name in enumerate(names)]
        self._made = [(place, make) for place, make in made if make not in _AS_IT_IS]

    def __call__(self, row: sqlite3.Row) -> Any:
        """Make a record of a row."""
        values = list(self._values(row))
        for place, make in self._made:
            values[place] = None if values[place] is None else make(values[place])
        return self._type(*values)


@cache
def _values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*names)


@lru_cache(maxsize=1000)  # the same few agents drive the same operators all the time
def _tuple(text: str, part: Callable[..., Any] | None = None) -> tuple[Any, ...]:
    make = tuple if part is None else lambda values: part(*values)
    return tuple(make(each) if isinstance(each, list) else each for each in json.loads(text))


def _to_column(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, bool):
        return int(value)
    return json.dumps(value)


def _from_column(hint: Any) -> Callable[[Any], Any]:
    if isinstance(hint, types.UnionType):
        hint = next(option for option in typing.get_args(hint) if option is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        part = typing.get_args(hint)[0]
        # Of named parts each is a list in its column, like any tuple.
        return partial(_tuple, part=part) if hasattr(part, "_fields") else _tuple
    make: Callable[[Any], Any] = hint
    return make
