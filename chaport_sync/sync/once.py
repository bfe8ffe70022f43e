"""Logging something only once."""

from collections.abc import Hashable


class Once:
    """Remembers, until the next start, what has been logged."""

    def __init__(self) -> None:
        self._said: set[Hashable] = set()

    def first(self, what: Hashable) -> bool:
        """Return whether this is the first time, and remember it."""
        before = len(self._said)
        self._said.add(what)
        return len(self._said) > before

    def again(self, what: Hashable) -> None:
        """Forget it, so that the next time is the first again."""
        self._said.discard(what)
