"""Grammar: what reasons and sentences for people have in common."""

from collections.abc import Callable
from typing import NamedTuple

#: Writes a moment (Unix seconds) as people read it.
Clock = Callable[[float], str]


class Reason(NamedTuple):
    """Why something was decided: the rule's number for programs, and words for people."""

    rule: str
    words: str

    @property
    def fields(self) -> dict[str, str]:
        """Return both under the names that they have in JSON."""
        return {"rule": self.rule, "reason": self.words}


def number(count: int, one: str, many: str) -> str:
    """Return a number with the words that go with it: `number(1, "line is", "lines are")` is "1 line is"."""
    return f"{count} {one if count == 1 else many}"


def nobody(what: str, paired_before: int) -> str:
    """Say of a service with an empty list what it lacks, "agents" or "operators", and what to do if nobody was there.

    The words are the same wherever that is found, so that one fact does not look like several.
    """
    if paired_before:
        return f"it has no {what}, but {number(paired_before, 'was', 'were')} paired before"
    return f"it has no {what}; add them there"
