"""`config.example.toml`: valid, complete and true."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from chaport_sync.config import load
from chaport_sync.config.model import section_models
from chaport_sync.config.section import Section
from tests.config.config_files import SECRETS, write

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
LINES = EXAMPLE.read_text(encoding="utf-8").splitlines()

# By the file's own convention: a "#" that is followed by a key at once shows the key's default.
DEFAULT_LINE = re.compile(r"#([a-z_]+ = .*)")
HEADING = re.compile(r"\[([a-z_.]+)\]")
KEYS = [(section, key) for section, model in section_models().items() for key in model.model_fields]


def with_defaults_set() -> dict[str, Any]:
    """Return the example's tables, the lines that show defaults taken as if they were set."""
    return tomllib.loads("\n".join(DEFAULT_LINE.sub(r"\1", line) for line in LINES))


def as_checked(model: type[Section], key: str, raw: object) -> Any:
    """Return a raw value as the key's section would hold it."""
    others = {"url": "https://acme.deskie.io", "email": "a@b"}
    required = {name: others[name] for name, field in model.model_fields.items() if field.is_required()}
    value = getattr(model.model_validate({**required, key: raw}), key)
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def test_valid(tmp_path: Path) -> None:
    """The example can be used as it is, once the secrets are there, and with every shown default set."""
    shown = "\n".join(
        DEFAULT_LINE.sub(r"\1", line) for line in LINES if "api_key" not in line and "token =" not in line
    )

    as_it_is = load(write(tmp_path, EXAMPLE.read_text(encoding="utf-8")), environ=SECRETS)
    assert as_it_is == load(write(tmp_path, shown), environ=SECRETS)


def test_complete() -> None:
    """Every section and key of the settings is in the example, and nothing else is."""
    tables = with_defaults_set()

    assert {(section, key) for section, table in tables.items() for key in table} == set(KEYS)
    assert list(tables) == list(section_models())


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_true(section: str, key: str) -> None:
    """A default that the example states is the default; what it sets has none, or must be chosen."""
    model = section_models()[section]
    is_set = key in tomllib.loads("\n".join(LINES))[section]
    chosen = model.model_fields[key].is_required() or (section, key) == ("cases", "channel")
    stated = with_defaults_set()[section][key]

    if chosen:
        assert is_set
    else:
        assert not is_set or stated == {}
        usual = model.model_fields[key].get_default(call_default_factory=True)
        usual = usual.get_secret_value() if isinstance(usual, SecretStr) else usual
        assert as_checked(model, key, stated) == usual


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_explained(section: str, key: str) -> None:
    """A sentence at least stands above each key."""
    current = ""
    for number, line in enumerate(LINES):
        heading = HEADING.match(line)
        current = heading[1] if heading else current
        if current == f"{section}.{key}" or (current == section and re.match(rf"#?{key} = ", line)):
            assert re.match(r"#  ? ?\S", LINES[number - 1]), f"line {number + 1}"
            return
    pytest.fail(f"[{section}] {key} is not in the example")


def test_examples_in_prose() -> None:
    """The lines that the prose shows as examples are valid too."""
    prose = [line.removeprefix("#   ") for line in LINES if line.startswith("#   ")]
    bots, kinds, *statuses = prose

    checked = section_models()
    assert as_checked(checked["chaport"], "bots", tomllib.loads(bots)) == {"59747c3ff77948220136b7b3": "Welcome bot"}
    assert as_checked(checked["chaport"], "event_kinds", tomllib.loads(kinds)) == {"order-message": "bot"}
    assert as_checked(checked["status"], "map", tomllib.loads("\n".join(statuses))) == {
        113808: "online",
        120273: "keep",
    }
