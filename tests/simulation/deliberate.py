"""What a deliberate fault in the daemon is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: An object, one of its attributes, and what stands there instead.
Replacement = tuple[Any, str, Any]


@dataclass(frozen=True)
class Sabotage:
    """What is replaced, which invariant that breaks, and a seed in which it is seen to; `day` if a whole day's."""

    invariant: str
    replacements: Sequence[Replacement]
    seed: int
    day: bool = False
