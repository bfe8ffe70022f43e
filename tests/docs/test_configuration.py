"""The keys that the pages name are keys of the configuration."""

import re
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from chaport_sync.config.model import section_models
from chaport_sync.config.shown import as_toml, harmless
from tests.docs.pages import PAGES, ROOT, codes, name, rows

#: `[section] key`, `[section.key]` or `[section] key = value`; `[tool.…]` is for pyproject.toml.
_KEY = re.compile(r"\[(?!tool\.)([a-z]+)(?:\.([a-z_]+))?\](?: ([a-z_]+))?(?: ?=.*)?")
_VARIABLE = re.compile(r"CHAPORT_SYNC_([A-Z]+)__([A-Z_]+)(?:=\S+)?")
#: With what the shared file of several accounts may have besides.
KEYS = {section: set(model.model_fields) for section, model in section_models().items()} | {"accounts": {"directory"}}


def named(page: Path) -> list[tuple[str, str]]:
    """Return the keys that a page names, each with its section; an empty key is the section itself."""
    found = [_KEY.fullmatch(code) for code in codes(page)]
    keys = [(match[1], match[2] or match[3] or "") for match in found if match]
    variables = [_VARIABLE.fullmatch(code) for code in codes(page)]
    return keys + [(match[1].lower(), match[2].lower()) for match in variables if match]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_keys_that_are_named_exist(page: Path) -> None:
    """Whoever looks for a key in the configuration finds it."""
    wrong = [(section, key) for section, key in named(page) if section not in KEYS or key not in KEYS[section] | {""}]
    assert wrong == []


@pytest.mark.parametrize("section", sorted(KEYS))
def test_each_section_is_spoken_of(section: str) -> None:
    """The pages say what each section is for by naming a key of it at least."""
    assert any(section == each for page in PAGES for each, _ in named(page))


def test_the_reference_is_the_real_one() -> None:
    """Each key stands there once, in the file's order, with its default and with what the program says of it."""
    real = [
        [f"`[{section}] {key}`", default(field), field.description]
        for section, model in section_models().items()
        for key, field in model.model_fields.items()
    ]
    assert rows(ROOT / "docs" / "configuration.md")[-len(real) :] == real


def default(field: FieldInfo) -> str:
    """Return a default as the page has it."""
    if field.is_required():
        return "none"
    return f"`{as_toml(harmless(field.get_default(call_default_factory=True)))}`"
