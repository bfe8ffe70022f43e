"""Saying a thing once."""

from collections.abc import Hashable


class Once:
    """Remembers, until the next start, what was said already."""

    def __init__(self) -> None:
        self._said: set[Hashable] = set()

    def first(self, what: Hashable) -> bool:
        """Return whether it was not said before; from now on it was."""
        before = len(self._said)
        self._said.add(what)
        return len(self._said) > before

    def again(self, what: Hashable) -> None:
        """Let it be said once more."""
        self._said.discard(what)
