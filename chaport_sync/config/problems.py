"""The problems of a configuration, in words that say what to do.

They repeat keys, but never values (P6).
"""

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic_core import ErrorDetails

from chaport_sync.config.model import section_models
from chaport_sync.config.section import Section
from chaport_sync.paths import PREFIX

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")
#: The most letters of a word, and the most digits of a number, in a key that is certainly no secret.
_LONGEST_WORD, _LONGEST_NUMBER = 24, 9

_WORDING: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "bool_type": lambda _: "must be true or false, without quotes",
    "int_type": lambda _: "must be a whole number, without quotes",
    "int_from_float": lambda _: "must be a whole number, without quotes",
    "float_type": lambda _: "must be a number, without quotes",
    "finite_number": lambda _: "must be a number, without quotes",
    "string_type": lambda _: "must be text, in quotes",
    "literal_error": lambda context: f"must be {context['expected']}".replace("'", '"'),
    "greater_than_equal": lambda context: f"must be at least {context['ge']:.0f}",
    "less_than_equal": lambda context: f"must be at most {context['le']:.0f}",
    "value_error": lambda context: str(context["error"]),
    "tuple_type": lambda _: "must be a list, in square brackets",
    "frozen_set_type": lambda _: "must be a list, in square brackets",
    "dict_type": lambda _: "must be a table",
    "model_type": lambda _: "must be a table",
    "model_attributes_type": lambda _: "must be a table",
}


class ConfigError(Exception):
    """The configuration cannot be used; the program ends with exit code 78.

    Attributes:
        path: the configuration file.
        problems: each problem, as "[section] key: what is wrong and what to do". None holds a secret (P6).
    """

    def __init__(self, path: Path, problems: tuple[str, ...]) -> None:
        super().__init__(path, problems)
        self.path = path
        self.problems = problems

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return f"{self.path}: {self.problems[0]}"
        return "\n  ".join([f"{self.path} has {len(self.problems)} problems:", *self.problems])


def suggestion(wrong: str, known: Iterable[str], show: Callable[[str], str] = str) -> str:
    """Return "; did you mean …?" with the nearest of the `known` names, or "" if none is near."""
    nearest = difflib.get_close_matches(wrong, list(known), n=1)
    return f"; did you mean {show(nearest[0])}?" if nearest else ""


def unknown_section(name: str, *, is_table: bool) -> str:
    """Return the problem that a name at the top level is no section."""
    models = section_models()
    if is_table:
        return f"[{_shown(name, models)}]: no such section" + suggestion(name, models, "[{}]".format)
    homes = [f"[{section}]" for section, model in models.items() if name in model.model_fields]
    below = f"; it belongs below {' or '.join(homes)}" if homes else ""
    return f"{_shown(name)}: stands outside any section{below}"


def unknown_variable(name: str, known: Iterable[str]) -> str:
    """Return the problem that an environment variable has our prefix, but names no key."""
    return f"{_quoted(name)}: no such setting in the environment" + suggestion(name, known)


def wrong_value(error: ErrorDetails, origin: str | None) -> str:
    """Return a validation error as a problem; `origin` is the value's variable or file, None for the TOML file."""
    section, *rest = (str(part) if isinstance(part, str) else part for part in error["loc"])
    model = section_models()[str(section)]
    kind = error["type"]
    if kind == "extra_forbidden" and len(rest) == 1:
        text = _unknown_key(str(rest[0]), str(section), model)
    elif kind == "extra_forbidden":
        text = "no such key"
    elif kind == "missing":
        description = model.model_fields[str(rest[0])].description if len(rest) == 1 else None
        text = f"is missing; set it to {description}" if description else "is missing"
    elif kind in _WORDING:
        text = _WORDING[kind](error.get("ctx", {}))
    else:
        text = error["msg"]
    return f"{_place(str(section), rest)}: {text}{_from(origin, kind)}"


def _from(origin: str | None, kind: str) -> str:
    if origin is None:
        return ""
    is_json = origin.startswith(PREFIX) and kind in {"tuple_type", "frozen_set_type", "dict_type"}
    return f" (from {origin}{', as JSON' if is_json else ''})"


def _unknown_key(key: str, section: str, model: type[Section]) -> str:
    near = suggestion(key, model.model_fields)
    homes = [f"[{name}]" for name, other in section_models().items() if name != section and key in other.model_fields]
    if not near and homes:
        near = f"; it belongs below {' or '.join(homes)}"
    return f"no such key{near}"


def _place(section: str, rest: list[str | int]) -> str:
    field = section_models()[section].model_fields.get(str(rest[0])) if rest else None
    table = field is not None and getattr(field.annotation, "__origin__", None) is Mapping
    keys = [part for part in rest if part != "[key]"]  # pydantic's mark for the key itself
    if table and len(keys) > 1:
        return f"[{section}.{keys[0]}] {_shown(str(keys[1]))}"
    fields = section_models()[section].model_fields
    named = [f"entry {part + 1}" if isinstance(part, int) else _shown(part, fields) for part in keys]
    return f"[{section}] {', '.join(named)}".rstrip()


def _shown(key: str, known: Iterable[str] = ()) -> str:
    """Return a key as it may be shown: it may be a secret that was pasted into the wrong place (P6)."""
    if _is_no_secret(key) or difflib.get_close_matches(key, list(known), n=1):
        return _quoted(key)
    return f"a name of {len(key)} characters"


def _is_no_secret(key: str) -> bool:
    """Return whether a key is a small number or consists of words, and so is no secret of a service."""
    if key.isdecimal():
        return len(key) <= _LONGEST_NUMBER
    return not re.search(r"\d", key) and all(len(word) <= _LONGEST_WORD for word in re.split(r"[\W_]+", key))


def _quoted(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else json.dumps(key[:60], ensure_ascii=not key.isprintable())
