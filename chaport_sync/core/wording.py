"""Reasons, and parts of sentences for people."""

import json
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

#: Writes a moment (Unix seconds) as people read it.
Clock = Callable[[float], str]


class Reason(NamedTuple):
    """Why something was decided: the rule's number for programs, and words for people."""

    rule: str
    words: str

    @property
    def fields(self) -> dict[str, str]:
        """Return rule and words, by their names in JSON."""
        return {"rule": self.rule, "reason": self.words}


def number(count: int, one: str, many: str) -> str:
    """Return a number with the words that go with it: `number(1, "line is", "lines are")` is "1 line is"."""
    return f"{count} {one if count == 1 else many}"


def gist(words: str) -> str:
    """Return what a reason, or a word about what comes next, says before its details, which follow a semicolon."""
    return re.split(r"; (?![^()]*\))", words, maxsplit=1)[0]


def listed(words: Sequence[str], most: int = 3) -> str:
    """Return some words as a list that names at most so many of them: "Ann, Bob", or "Ann, Bob, Cem and 2 more"."""
    named = ", ".join(words[:most])
    return f"{named} and {len(words) - most} more" if len(words) > most else named


def toml_line(key: str, value: str) -> str:
    """Return a line of TOML to paste; a key or a value with special characters is quoted."""
    bare = key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)
    return f"{bare} = {json.dumps(value, ensure_ascii=False)}"


def nobody(what: str, paired_before: int) -> str:
    """Say that a service's list of `what`, "agents" or "operators", is empty, and what to do if it always was.

    All places use the same words, so that one fact does not look like several.
    """
    if paired_before:
        return f"it has no {what}, but {number(paired_before, 'was', 'were')} paired before"
    return f"it has no {what}; add them there"
