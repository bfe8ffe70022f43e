"""Cases that are read for answers once more, although nothing in them changes (R1, R3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CasesAgain:
    """By case id: when to read the case, and the time from which on to read its messages (both Unix seconds)."""

    due: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def but(self, case_id: str, moments: Sequence[float]) -> "CasesAgain":
        """Return the cases with other moments for one of them: when to read it, and from when on; none removes it."""
        others = {key: each for key, each in self.due.items() if key != case_id}
        return CasesAgain(others | ({case_id: (moments[0], moments[1])} if moments else {}))
