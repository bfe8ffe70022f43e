"""Turn records into rows of a table, whose columns are their fields, or into JSON, and back."""

import json
import sqlite3
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cache, lru_cache, partial
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar

Record = TypeVar("Record")

#: Types that SQLite stores unchanged. Long chats have some ten thousand such values, so they are not converted.
_AS_IT_IS = {str, int, float, type(None)}
#: The latest valid time (Unix seconds), in the year 9999, the last one that Python can show.
LAST_MOMENT = 253_402_128_000.0


def columns(record_type: type[Any]) -> tuple[str, ...]:
    """Return the columns of a record's table."""
    names: tuple[str, ...] = record_type.__match_args__
    return names


def insert(table: str, names: Iterable[str]) -> str:
    """Return the statement that adds a row of these columns."""
    listed = list(names)
    return f"INSERT INTO {table} ({', '.join(listed)}) VALUES ({', '.join('?' * len(listed))})"  # noqa: S608


def upsert(table: str, record_type: type[Any], *key: str) -> str:
    """Return the statement that writes a record, whose row has this key; columns of the key only come first.

    A row that is there is changed, because a replacement would delete what belongs to it.
    """
    own = columns(record_type)
    changes = ", ".join(f"{name} = excluded.{name}" for name in own if name not in key)
    every = [*(name for name in key if name not in own), *own]
    return f"{insert(table, every)} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}"


def to_row(record: Any) -> tuple[Any, ...]:
    """Return a record's values as SQLite keeps them."""
    values = _values_of(columns(type(record)))(record)
    return tuple(value if type(value) in _AS_IT_IS else _to_column(value) for value in values)


def to_json(record: Any) -> str:
    """Return a record as JSON, by the names of its fields."""
    return json.dumps(record, default=lambda part: {name: getattr(part, name) for name in columns(type(part))})


def from_json(hint: Any, text: str) -> Any:
    """Return the value of this type that was written as JSON; raises `DamagedError`."""
    try:
        return _maker(hint)(json.loads(text))
    except (ValueError, TypeError, LookupError, OverflowError) as error:
        raise DamagedError(str(hint)) from error


class DamagedError(ValueError):
    """A stored value is not one that this program writes."""


class Reader(Generic[Record]):
    """Makes records of one class from rows; the class is examined once, and each combination of column types once.

    `what` says for people what a record describes.
    """

    def __init__(self, record_type: type[Record], what: str) -> None:
        self.what = what
        self._type = record_type
        names, hints = columns(record_type), typing.get_type_hints(record_type)
        self._values = itemgetter(*names)
        made = [(place, _from_column(hints[name])) for place, name in enumerate(names)]
        self._allowed = [_stored_as(hints[name]) for name in names]
        self._moments = [place for place, allowed in enumerate(self._allowed) if float in allowed]
        self._found_right: set[tuple[type[Any], ...]] = set()
        self._made = [(place, make) for place, make in made if make not in _AS_IT_IS]

    def __call__(self, row: sqlite3.Row) -> Record:
        """Return the record of a row; raises `DamagedError`."""
        values = list(self._values(row))
        types_ = tuple(map(type, values))
        if types_ not in self._found_right:
            if not all(found in allowed for found, allowed in zip(types_, self._allowed, strict=True)):
                raise DamagedError(self.what)
            self._found_right.add(types_)
        for place in self._moments:
            if (moment := values[place]) and not -LAST_MOMENT <= moment <= LAST_MOMENT:
                raise DamagedError(self.what)
        try:
            for place, make in self._made:
                values[place] = None if values[place] is None else make(values[place])
            return self._type(*values)
        except (ValueError, TypeError) as error:
            raise DamagedError(self.what) from error


@cache
def _values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*names)


#: The same values, such as the agents of an operator, are read again and again.
_from_column_of_json = lru_cache(maxsize=1000)(from_json)


@cache
def _maker(hint: Any) -> Callable[[Any], Any]:
    """Return a function that makes a value of a type from JSON's value, or raises an error if it does not fit."""
    parts = typing.get_args(hint)
    if isinstance(hint, types.UnionType):
        make = _maker(parts[0])
        return lambda value: None if value is None else make(value)
    if typing.get_origin(hint) is Mapping:
        make = _maker(parts[1])
        return lambda value: {key: make(each) for key, each in _of(dict, value).items()}
    if typing.get_origin(hint) is tuple and parts[-1] is ...:
        make = _maker(parts[0])
        return lambda value: tuple(map(make, _of(list, value)))
    if typing.get_origin(hint) is tuple or hasattr(hint, "_fields"):
        makers = [_maker(each) for each in parts or typing.get_type_hints(hint).values()]
        whole = getattr(hint, "_make", tuple)
        return lambda value: whole(make(each) for make, each in zip(makers, _of(list, value), strict=True))
    if hasattr(hint, "__dataclass_fields__"):
        fields = {name: _maker(each) for name, each in typing.get_type_hints(hint).items()}
        return lambda value: hint(**{name: fields[name](each) for name, each in _of(dict, value).items()})
    if hint is float:
        return _moment
    return hint if issubclass(hint, StrEnum) else partial(_of, hint)


def _of(kind: type[Any], value: Any) -> Any:
    if type(value) is not kind:
        raise DamagedError(f"{kind}")
    return value


def _moment(value: Any) -> float:
    found = float(value) if type(value) is int else float(_of(float, value))
    if not abs(found) <= LAST_MOMENT:
        raise DamagedError("float")
    return found


def _to_column(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return int(value) if isinstance(value, bool) else json.dumps(value)


def _stored_as(hint: Any) -> set[type[Any]]:
    """Return the types that a column of this field may hold."""
    options = set(typing.get_args(hint)) if isinstance(hint, types.UnionType) else {hint}
    kinds = {option if isinstance(option, type) else str for option in options}
    return {int if kind is bool else str if kind not in _AS_IT_IS else kind for kind in kinds}


def _from_column(hint: Any) -> Callable[[Any], Any]:
    if isinstance(hint, types.UnionType):
        hint = next(option for option in typing.get_args(hint) if option is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        return partial(_from_column_of_json, hint)
    make: Callable[[Any], Any] = hint
    return make
