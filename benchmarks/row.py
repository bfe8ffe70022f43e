"""What a figure gives: rows that say ours, a reference from the same run, and a goal."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any, Literal

#: What a goal speaks of: our number, our number in references, or what it is above the reference.
Of = Literal["ours", "ratio", "more"]


@dataclass(frozen=True)
class Goal:
    """A bound that a row should keep: at most, or at least."""

    of: Of
    bound: float
    at_least: bool = False

    def met_by(self, row: "Row") -> bool:
        """Return whether a row keeps it."""
        value = {"ours": row.ours, "ratio": row.ratio, "more": row.ours - (row.reference or 0.0)}[self.of]
        assert value is not None, f"{row.figure}: a ratio needs a reference"
        return value >= self.bound if self.at_least else value <= self.bound

    def words(self, unit: str) -> str:
        """Say the bound, with the row's unit unless it is a ratio."""
        bound = f"{'≥' if self.at_least else '≤'} {self.bound:g}"
        return bound if self.of == "ratio" else f"{bound} {unit}{' more' if self.of == 'more' else ''}"


@dataclass(frozen=True)
class Row:
    """One number of ours, the number that it is compared with and whose that is, and the goal; None is only told.

    If it is the median of several runs, `spread` has the lowest and the highest of ours.
    """

    figure: str
    ours: float
    unit: str
    reference: float | None = None
    reference_is: str = ""
    goal: Goal | None = None
    spread: tuple[float, float] | None = None

    @property
    def ratio(self) -> float | None:
        """Ours in references, None without one."""
        return self.ours / self.reference if self.reference else None

    @property
    def met(self) -> bool:
        """Whether the goal is met, if there is one."""
        return self.goal is None or self.goal.met_by(self)

    def as_json(self) -> dict[str, Any]:
        """Return the row for a program."""
        return asdict(self) | {"ratio": self.ratio, "met": self.met}

    def cells(self) -> tuple[str, ...]:
        """Return the row for people: figure, ours, reference, ratio, goal."""
        compared = "" if self.reference is None else f"{shown(self.reference)} {self.unit}, {self.reference_is}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        goal = "" if self.goal is None else f"{self.goal.words(self.unit)}: {'met' if self.met else 'MISSED'}"
        spread = "" if self.spread is None else f" ({shown(self.spread[0])} to {shown(self.spread[1])})"
        return (self.figure, f"{shown(self.ours)}{spread} {self.unit}", compared, ratio, goal)


def middle(runs: Sequence[Row]) -> Row:
    """Return the medians of one row in several runs; with the spread if they are several."""
    if len(runs) == 1:
        return runs[0]
    ours, references = [each.ours for each in runs], [each.reference for each in runs if each.reference is not None]
    reference = median(references) if references else None
    return replace(runs[0], ours=median(ours), reference=reference, spread=(min(ours), max(ours)))


def shown(number: float) -> str:
    """Return a number with three digits that say something."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"  # noqa: PLR2004 - where decimals say nothing
