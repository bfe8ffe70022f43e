"""The shapes of answers: which fields they have, with values of which types, without the values."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chaport_sync.questions.familiar import is_familiar
from chaport_sync.questions.mask import WORD_FIELDS, is_time
from chaport_sync.questions.recorded import Evidence, Exchange
from chaport_sync.questions.words import is_ours

_INDEX, _MANY = re.compile(r"\d+", re.ASCII), "[]"
#: The deepest nesting that is described.
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an answer: the path to it, the types of its values with their numbers, and the words among them."""

    path: str
    types: tuple[tuple[str, int], ...]
    words: tuple[str, ...]
    familiar: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """All answers to one kind of request: their number by HTTP status, and their fields."""

    service: str
    kind: str
    statuses: tuple[tuple[int, int], ...]
    headers: tuple[str, ...]
    fields: tuple[Field, ...]


def shapes(evidence: Evidence) -> list[Shape]:
    """Return the shape of each kind of answer, in the order in which they came; good answers and errors apart."""
    groups: dict[tuple[str, str, bool], list[Exchange]] = {}
    for each in evidence.exchanges:
        groups.setdefault((each.service, each.kind, each.good), []).append(each)
    return [_shape(service, kind, good, group) for (service, kind, good), group in groups.items()]


def unfamiliar(found: Sequence[Shape]) -> Iterator[tuple[str, str]]:
    """Return where an answer has a field, or a type of value, that no documentation and no program has shown."""
    for shape in found:
        for field in shape.fields:
            if not field.familiar:
                yield f"{shape.service} GET {shape.kind}", f"{field.path}: {in_words(field)}"


def in_words(field: Field) -> str:
    """Return a field's types, such as `text (3), null (1)`, and its words."""
    types = ", ".join(f"{name} ({count})" for name, count in field.types)
    return f"{types}: {', '.join(field.words)}" if field.words else types


def _shape(service: str, kind: str, good: bool, group: Sequence[Exchange]) -> Shape:  # noqa: FBT001 - internal
    types: dict[str, Counter[str]] = {}
    words: dict[str, set[str]] = {}
    for each in group:
        for path, type_, word in _fields(each.body, "", "", 0) if each.readable else [("", "no JSON", "")]:
            types.setdefault(path, Counter())[type_] += 1
            words.setdefault(path, set()).update({word} - {""})
    fields = tuple(
        Field(
            path or "(the whole)",
            tuple(sorted(counted.items())),
            tuple(sorted(words[path])),
            not good or all(is_familiar(kind, path, type_) for type_ in counted),
        )
        for path, counted in types.items()
    )
    statuses = tuple(sorted(Counter(each.status for each in group).items()))
    return Shape(service, kind, statuses, tuple(sorted({name for each in group for name in each.headers})), fields)


def _fields(value: Any, path: str, name: str, depth: int) -> Iterator[tuple[str, str, str]]:
    """Return path, type and word of a value and of all in it."""
    if depth > _DEEPEST:
        return
    yield path, _type(value, name), value if isinstance(value, str) and name in WORD_FIELDS and is_ours(value) else ""
    if isinstance(value, dict):
        for key, each in value.items():
            step = _MANY if _INDEX.fullmatch(key) else f".{key}" if path else key
            yield from _fields(each, path + step, key, depth + 1)
    if isinstance(value, list):
        for each in value:
            yield from _fields(each, path + _MANY, name, depth + 1)


def _type(value: Any, name: str) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "time as a number" if is_time(name, value) else "number"
        case list():
            return "list" if value else "empty list"
        case dict():
            return "object" if value else "empty object"
        case str():
            return _text_type(value, name)
    return "unknown"


def _text_type(value: str, name: str) -> str:
    if not value.strip("- "):
        return "dash" if value.strip() else "empty text"
    if is_time(name, value):
        return "time"
    if re.fullmatch(r"-?\d+", value, re.ASCII):
        return "digits"
    if re.fullmatch(r"[0-9a-f]{24}", value, re.ASCII):
        return "id"
    if re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        return "e-mail address"
    return "address" if value.startswith(("http://", "https://", "/")) else "text"
