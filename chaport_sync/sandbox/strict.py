"""Reading requests without forgiveness: what an API does not know or cannot use, it refuses."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from starlette.requests import Request

Check = Callable[[Any], bool]
#: The problem of a path that the API does not have.
NO_ROUTE = "no_route"


class RefusedError(Exception):
    """The API says no. `problem` is a snake-case word and `name` what it is about; each API words them its own way."""

    def __init__(self, status: int, problem: str, name: str = "") -> None:
        super().__init__(status, problem, name)
        self.status = status
        self.problem = problem
        self.name = name


def query(request: Request, single: Collection[str], many: Collection[str] = ()) -> dict[str, list[str]]:
    """The query's values by name; those in `many` may be lists in PHP's spelling, `name[]` or `name[0]`."""
    values: dict[str, list[str]] = {}
    for spelling, value in request.query_params.multi_items():
        name = re.sub(r"\[\d*\]$", "", spelling)
        if name not in many and (spelling not in single or spelling in values):
            raise RefusedError(400, "unknown_parameter", spelling)
        values.setdefault(name, []).append(value)
    return values


def whole(values: Mapping[str, list[str]], name: str, default: int, highest: int) -> int:
    """A whole number from 1 to `highest`."""
    text = values.get(name, [str(default)])[0]
    if not text.isdecimal() or not 1 <= int(text) <= highest:
        raise RefusedError(400, "incorrect", name)
    return int(text)


async def body(request: Request) -> dict[str, Any]:
    """The JSON object that was sent, declared as such."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise RefusedError(400, "incorrect", "content_type")
    try:
        decoded = await request.json()
    except ValueError:
        raise RefusedError(400, "incorrect", "json") from None
    if not isinstance(decoded, dict):
        raise RefusedError(400, "incorrect", "json")
    return decoded


async def wrapped(request: Request, wrapper: str) -> Any:
    """What the body holds under its only key (Deskie reference, section 1)."""
    decoded = await body(request)
    if list(decoded) != [wrapper]:
        raise RefusedError(400, "incorrect", wrapper)
    return decoded[wrapper]


def checked(fields: Any, checks: Mapping[str, Check]) -> dict[str, Any]:
    """The fields of an object, each known and of its type."""
    if not isinstance(fields, dict):
        raise RefusedError(400, "incorrect", "json")
    for name, value in fields.items():
        if name not in checks:
            raise RefusedError(400, "unknown_field", name)
        if not checks[name](value):
            raise RefusedError(400, "incorrect", name)
    return fields


def complete(fields: Any, checks: Mapping[str, Check], *optional: str) -> dict[str, Any]:
    """As `checked`, and none of the fields is missing but perhaps the optional ones."""
    found = checked(fields, checks)
    for name in checks:
        if name not in found and name not in optional:
            raise RefusedError(400, "incorrect", name)
    return found


def text(value: Any) -> bool:
    """A string."""
    return isinstance(value, str)


def filled(value: Any) -> bool:
    """A string with something in it."""
    return isinstance(value, str) and bool(value.strip())


def number(value: Any) -> bool:
    """A whole number; Python counts booleans among them, JSON does not."""
    return isinstance(value, int) and not isinstance(value, bool)


def flag(value: Any) -> bool:
    """True or false."""
    return isinstance(value, bool)


def numbers(value: Any) -> bool:
    """A list of whole numbers."""
    return isinstance(value, list) and all(number(item) for item in value)


def texts(value: Any) -> bool:
    """A list of strings."""
    return isinstance(value, list) and all(text(item) for item in value)


def mapping(value: Any) -> bool:
    """An object."""
    return isinstance(value, dict)


def one_of(*words: str) -> Check:
    """One of these strings."""
    return lambda value: value in words
