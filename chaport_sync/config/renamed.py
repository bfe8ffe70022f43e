"""Keys that have a new name: the former one goes on to work, with a warning."""

from collections.abc import Mapping
from typing import Any

from chaport_sync.paths import NESTED, PREFIX

#: The new section and key, by the former ones.
RENAMED = {("metrics", "listen"): ("web", "listen"), ("metrics", "allow_remote"): ("web", "allow_remote")}


def with_new_names(table: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a raw configuration with the new names, and a sentence for each key that had a former one.

    A key that stands there by both names is left as it is, so that the former one is reported as unknown.
    """
    current, outdated = dict(table), []
    for (section, key), (new_section, new_key) in RENAMED.items():
        old, new = current.get(section), current.get(new_section, {})
        if not isinstance(old, dict) or key not in old or not isinstance(new, dict) or new_key in new:
            continue
        current[new_section] = {**new, new_key: old[key]}
        current[section] = {name: value for name, value in old.items() if name != key}
        outdated.append(f"[{section}] {key} is called [{new_section}] {new_key} now; rename it")
    for section in {section for section, _ in RENAMED} & current.keys():
        if current[section] == {}:
            del current[section]
    return current, tuple(outdated)


def with_new_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which variables with former names have the new ones, unless those are set too."""
    current = dict(environ)
    for old, new in RENAMED.items():
        if (text := current.get(_variable(*old))) is not None and _variable(*new) not in current:
            current[_variable(*new)] = text
            del current[_variable(*old)]
    return current


def _variable(section: str, key: str) -> str:
    return f"{PREFIX}{section}{NESTED}{key}".upper()
