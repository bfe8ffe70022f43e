"""Cases that are read for answers once more though nothing in them changes (R1, R3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CasesAgain:
    """For each such case when it is due, and back to when it is to be read (Unix seconds)."""

    due: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def but(self, case_id: str, moments: Sequence[float]) -> "CasesAgain":
        """Return the cases with one of them to be read at, and back to, these moments; not at all if there are none."""
        others = {key: each for key, each in self.due.items() if key != case_id}
        return CasesAgain(others | ({case_id: (moments[0], moments[1])} if moments else {}))
