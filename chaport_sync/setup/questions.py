"""What is asked: each question with its words, its default, and what an answer must be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import SecretStr, ValidationError, create_model

from chaport_sync.config.model import section_models
from chaport_sync.config.problems import wrong_value
from chaport_sync.config.section import Section
from chaport_sync.core.model import Agent, Channel, Verdict
from chaport_sync.core.statuses.mapping import BUILT_IN
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import number
from chaport_sync.setup.document import KeyPath

#: The answer that no channel is wanted: only statuses are transferred.
NO_CHANNEL = "none"
_YES, _NO = ("yes", "y", "true"), ("no", "n", "false")


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        key: The key of the configuration that the answer sets.
        words: What it is about.
        read: Returns the value of an answer; raises `ValueError` with what an answer must be ("must be …").
        default: The value if nothing is answered; None if there is none.
        prompt: The short name before the answer.
        secret: Whether nobody may see the answer.
    """

    key: KeyPath
    words: str
    read: Callable[[Any], Any]
    default: Any = None
    prompt: str = ""
    secret: bool = False

    @property
    def name(self) -> str:
        """The key as people write it: `[section] key`."""
        *tables, key = self.key
        return f"[{'.'.join(tables)}] {key}"


def setting(section: str, key: str, default: Any = None) -> Question:
    """Return the question for a setting; its words are those of the setting's description."""
    field = section_models()[section].model_fields[key]
    secret = isinstance(field.default, SecretStr)
    return Question((section, key), sentence(field.description), partial(_checked, section, key), default, key, secret)


def channel(channels: Sequence[Channel], default: str | None) -> Question:
    """Return the question in which channel cases are opened; the default is an async channel, if none is set."""
    usable = {each.key for each in channels if each.active}
    found = default if default in usable or default == NO_CHANNEL or not channels else recommended(channels)
    words = sentence(section_models()["cases"].model_fields["channel"].description)

    def read(answer: Any) -> str:
        wanted = str(answer).strip().lower()
        if wanted == NO_CHANNEL or wanted in usable:
            return wanted
        if channels:
            raise ValueError(f"must be {' or '.join([*sorted(usable), NO_CHANNEL])}")
        return str(_checked("cases", "channel", wanted))

    return Question(("cases", "channel"), f"{words}, or {NO_CHANNEL}: statuses only", read, found, "channel")


def recommended(channels: Sequence[Channel]) -> str | None:
    """Return the channel to take: the first async one that is switched on, None if there is none."""
    return next((each.key for each in channels if each.active and each.kind == "async"), None)


def statuses(
    names: Mapping[int, str], agents: Sequence[Agent], present: Mapping[str, str], default: str
) -> list[Question]:
    """Return a question for each status of the account's own: what does it mean? `present` is the map by id or name."""
    in_it = [agent.status_id for agent in agents if agent.active and agent.status_id is not None]
    meant = {name.strip().casefold(): word for name, word in present.items()}
    found = []
    for status in sorted({*names, *in_it} - BUILT_IN.keys()):
        called = one_line(names.get(status, "unknown"), 40)
        word = meant.get(str(status)) or meant.get(called.casefold()) or default
        words = f"{called} ({status}): {number(in_it.count(status), 'agent is', 'agents are')} in it now"
        read = partial(_checked_word, names=[each.value for each in Verdict])
        found.append(Question(("status", "map", str(status)), words, read, word, called))
    return found


def time_zone(present: str, machine: str) -> Question:
    """Return the question for the time zone; `machine` is this machine's, which an empty setting means."""

    def read(answer: Any) -> Any:
        return present if answer == machine and not present else _checked("transcripts", "timezone", answer)

    words = sentence(section_models()["transcripts"].model_fields["timezone"].description)
    return Question(("transcripts", "timezone"), words, read, present or machine, "timezone")


def switch(section: str, key: str, *, default: bool) -> Question:
    """Return the question for a setting that is true or false."""
    words = sentence(section_models()[section].model_fields[key].description)
    return Question((section, key), words, yes_or_no, default, f"{section}, yes or no")


def yes_or_no(answer: Any) -> bool:
    """Return what yes or no mean; raises `ValueError` for other words."""
    word = str(answer).strip().lower()
    if word not in (*_YES, *_NO):
        raise ValueError("must be yes or no")
    return word in _YES


def sentence(description: str | None) -> str:
    """Return a description as people begin a sentence."""
    return f"{(description or '')[:1].upper()}{(description or '')[1:]}"


def _checked(section: str, key: str, answer: Any) -> Any:
    """Return an answer as the setting accepts it; raises `ValueError` with what is wrong, without repeating it (P6)."""
    field = section_models()[section].model_fields[key]
    definition: dict[str, Any] = {key: (field.annotation, field)}
    only = create_model("Only", __base__=Section, **definition)
    try:
        value = getattr(only.model_validate({key: answer}), key)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(wrong_value({**detail, "loc": (section, key)}, None).partition(": ")[2]) from None
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _checked_word(answer: Any, names: Sequence[str]) -> str:
    word = str(answer).strip().lower()
    if word not in names:
        raise ValueError(f"must be {', '.join(names[:-1])} or {names[-1]}")
    return word
