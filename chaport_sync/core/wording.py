"""Grammar: what sentences for people have in common."""

from collections.abc import Callable

#: Writes a moment (Unix seconds) as people read it.
Clock = Callable[[float], str]


def number(count: int, one: str, many: str) -> str:
    """Give a number with the words that go with it: `number(1, "line is", "lines are")` is "1 line is"."""
    return f"{count} {one if count == 1 else many}"
