"""The configuration as far as it may be told: what is about people or accounts is hidden as in the answers."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr

from chaport_sync.config import Settings
from chaport_sync.config.model import section_models
from chaport_sync.questions.mask import Mask
from chaport_sync.questions.words import is_ours

#: The vendors' own domains; what stands in front of them is the company's name.
_VENDORS = (".deskie.io", ".omnidesk.ru", ".omnidesk.pro", "app.chaport.com", "app.chaport.ru")
#: Numbers that are ids.
_IDS = frozenset({"group_id", "labels"})


def hidden(settings: Settings, mask: Mask) -> Settings:
    """Return settings for judging hidden answers: the same people, under the names that they have there."""

    def text(value: Any) -> str:
        return mask.identity(str(value))

    pairs = tuple(
        each.model_copy(update={"agent": text(each.agent), "operator": text(each.operator)})
        for each in settings.agents.pairs
    )
    kinds = {mask.body(name, "type"): kind for name, kind in settings.chaport.event_kinds.items()}
    bots = {text(name): text(called) for name, called in settings.chaport.bots.items()}
    channel, operator = settings.cases.channel, settings.replies.operator
    changed: Mapping[str, Mapping[str, Any]] = {
        "deskie": {"email": text(settings.deskie.email)},
        "chaport": {"bots": bots, "event_kinds": kinds},
        "agents": {"exclude": tuple(map(text, settings.agents.exclude)), "pairs": pairs},
        "status": {"map": {mask.body(status): word for status, word in settings.status.map.items()}},
        "cases": {
            "channel": text(channel) if channel else "",
            "search_channels": tuple(mask.body(each, "channel") for each in settings.cases.search_channels),
            "subject": "hidden",
        },
        "replies": {"operator": text(operator) if operator else ""},
    }
    sections = {name: getattr(settings, name).model_copy(update=values) for name, values in changed.items()}
    return settings.model_copy(update={**sections, "credentials": {}})


def told(settings: Settings, mask: Mask) -> list[tuple[str, str]]:
    """Return each key of the configuration with its value, `[section] key`; what is not harmless is hidden."""
    rows: list[tuple[str, str]] = []
    for name in section_models():
        section = getattr(settings, name)
        rows += [(f"[{name}] {key}", _shown(key, getattr(section, key), mask)) for key in type(section).model_fields]
    return rows


def _shown(key: str, value: Any, mask: Mask) -> str:
    match value:
        case SecretStr():
            return "set (hidden)" if value.get_secret_value() else "not set"
        case None:
            return "not set"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(mask.body(value) if key in _IDS else value)
        case str():
            return _text(value, mask)
        case BaseModel():
            return ", ".join(f"{name} = {_shown(name, each, mask)}" for name, each in value)
        case Mapping():
            return (
                "; ".join(f"{_member(each, mask)} = {_shown('', found, mask)}" for each, found in value.items())
                or "none"
            )
        case tuple() | frozenset():
            return "; ".join(sorted(_member(each, mask) for each in value)) or "none"
    return mask.identity(str(value))


def _member(value: Any, mask: Mask) -> str:
    return str(mask.body(value)) if isinstance(value, int) else _shown("", value, mask)


def _text(value: str, mask: Mask) -> str:
    if not value:
        return "empty"
    if is_ours(value):
        return value
    host = urlsplit(value).netloc if value.startswith(("http://", "https://")) else ""
    vendor = next((each for each in _VENDORS if host.endswith(each)), "")
    if vendor:
        return f"https://{vendor}" if host == vendor else f"https://{mask.identity(host)}{vendor}"
    return mask.identity(value)
