"""What people are called on a page: by their names, or by numbers if names are left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from chaport_sync.core.model import Person
from chaport_sync.core.statuses.timeline import Row, Span, Timeline


@dataclass(frozen=True)
class Names:
    """Calls each operator by a number, or by the name if `numbers` is None."""

    numbers: Mapping[str, int] | None = None

    @classmethod
    def left_out(cls, ids: Iterable[str]) -> "Names":
        """Return numbers for these operators' ids."""
        return cls({id_: number for number, id_ in enumerate(sorted(ids), 1)})

    def person(self, operator: Person) -> Person:
        """Return an operator as the page calls this person."""
        if self.numbers is None:
            return operator
        return Person(operator.id, f"Operator {self.numbers.get(operator.id, '')}".rstrip())

    def reason(self, words: str) -> str:
        """Return a reason; what stands in brackets at its end may name an agent."""
        return words if self.numbers is None else words.partition(" (")[0]

    def timeline(self, drawn: Timeline) -> Timeline:
        """Return a timeline whose operators are called so, in the order of what they are called."""
        if self.numbers is None:
            return drawn
        numbers = self.numbers
        rows = [Row(self.person(row.person), tuple(map(self._span, row.spans))) for row in drawn.operators]
        absences = tuple(
            replace(
                each,
                left=tuple((self.person(person), self._span(span)) for person, span in each.left),
                back=tuple(map(self.person, each.back)),
            )
            for each in drawn.absences
        )
        rows.sort(key=lambda row: numbers.get(row.person.id, 0))
        return replace(drawn, operators=tuple(rows), absences=absences)

    def _span(self, span: Span) -> Span:
        return span._replace(agents=(), reason=self.reason(span.reason))
