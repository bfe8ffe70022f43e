"""Records to rows and back: a table's columns are its record's fields."""

import json
import sqlite3
import types
import typing
from collections.abc import Callable
from enum import StrEnum
from functools import cache, lru_cache, partial
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar

Record = TypeVar("Record")

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


class DamagedError(ValueError):
    """A row holds what was never written into it."""


class Reader(Generic[Record]):
    """Makes records of one type of rows; the type is looked at once, and each row's types as well.

    Args:
        record_type: The record's class.
        what: What it is of, for people.
    """

    def __init__(self, record_type: type[Record], what: str) -> None:
        self.what = what
        self._type = record_type
        names, hints = columns(record_type), typing.get_type_hints(record_type)
        self._values = itemgetter(*names)
        made = [(place, _from_column(hints[name])) for place, name in enumerate(names)]
        self._allowed = [_stored_as(hints[name]) for name in names]
        self._found_right: set[tuple[type[Any], ...]] = set()
        self._made = [(place, make) for place, make in made if make not in _AS_IT_IS]

    def __call__(self, row: sqlite3.Row) -> Record:
        """Make a record of a row; raises `DamagedError`."""
        values = list(self._values(row))
        types_ = tuple(map(type, values))
        if types_ not in self._found_right:
            if not all(found in allowed for found, allowed in zip(types_, self._allowed, strict=True)):
                raise DamagedError(self.what)
            self._found_right.add(types_)
        try:
            for place, make in self._made:
                values[place] = None if values[place] is None else make(values[place])
            return self._type(*values)
        except (ValueError, TypeError) as error:
            raise DamagedError(self.what) from error


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


def _stored_as(hint: Any) -> set[type[Any]]:
    """Give the types that a column of this field may hold."""
    options = set(typing.get_args(hint)) if isinstance(hint, types.UnionType) else {hint}
    kinds = {option if isinstance(option, type) else str for option in options}
    return {int if kind is bool else str if kind not in _AS_IT_IS else kind for kind in kinds}


def _from_column(hint: Any) -> Callable[[Any], Any]:
    if isinstance(hint, types.UnionType):
        hint = next(option for option in typing.get_args(hint) if option is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        part = typing.get_args(hint)[0]
        # Of named parts each is a list in its column, like any tuple.
        return partial(_tuple, part=part) if hasattr(part, "_fields") else _tuple
    make: Callable[[Any], Any] = hint
    return make
