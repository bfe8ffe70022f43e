"""What the last answers to some requests meant: an answer whose bytes are the same again is not decoded again."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

#: What makes two requests the same: the path and the query.
Asked = tuple[str, Sequence[tuple[str, str]]]

Record = TypeVar("Record")

#: The most answers that are known, and the most bytes they may have had together; their records take about twice that.
MOST, LARGEST_SUM = 1000, 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer(Generic[Record]):
    """The records that an answer holds, frozen because others get the same ones, and the digest of its bytes."""

    records: Record
    digest: str


class KnownAnswers:
    """The last answer to each request; those that were not asked for the longest time are forgotten first."""

    def __init__(self) -> None:
        self._known: OrderedDict[Asked, tuple[Answer[Any], int]] = OrderedDict()
        self._sum = 0

    def to(self, asked: Asked) -> Answer[Any] | None:
        """Return the last answer to a request, None if it is not known."""
        if asked not in self._known:
            return None
        self._known.move_to_end(asked)
        return self._known[asked][0]

    def learn(self, asked: Asked, answer: Answer[Any], size: int) -> None:
        """Remember an answer whose content had so many bytes."""
        self._forget(asked)
        self._known[asked] = answer, size
        self._sum += size
        while len(self._known) > MOST or self._sum > LARGEST_SUM:
            self._forget(next(iter(self._known)))

    def _forget(self, asked: Asked) -> None:
        self._sum -= self._known.pop(asked, (None, 0))[1]
