"""What a deliberate fault in the daemon is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

#: An object, one of its attributes, and what stands there instead.
Replacement = tuple[Any, str, Any]
#: What a seed decides: a busy half hour, a whole day, a daemon with several accounts, or workers that take over.
Kind = Literal["", "day", "accounts", "cluster"]


@dataclass(frozen=True)
class Sabotage:
    """What is replaced, which invariant that breaks, and a seed of a kind in which it is seen to."""

    invariant: str
    replacements: Sequence[Replacement]
    seed: int
    kind: Kind = ""
