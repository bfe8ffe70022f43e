"""Whether the chat is on the website now, and why not, in words."""

from collections.abc import Iterable

from chaport_sync.core.model import ONLINE, Person
from chaport_sync.core.statuses.timeline import UNKNOWN, Absence, Span, Timeline
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import Clock, listed

#: The most characters of a name.
_NAME = 80


def answer(drawn: Timeline, clock: Clock) -> str:
    """Say whether somebody is online at the end of a timeline, and since when; if nobody is, who left last and why."""
    last = drawn.website[-1]
    if last.status == UNKNOWN:
        return "Whether the chat is on the website is not known: no operator's status is."
    if last.status == ONLINE:
        there = [row.person for row in drawn.operators if row.spans[-1].status == ONLINE]
        are = "is" if len(there) == 1 else "are"
        return f"The chat is on the website {_since(last.start, drawn, clock)}: {names(there)} {are} online."
    gone = drawn.absences[-1]
    since = _since(gone.start, drawn, clock)
    if not gone.left:
        return f"THE CHAT IS OFF THE WEBSITE {since}: nobody has been online since then."
    return f"THE CHAT IS OFF THE WEBSITE {since}: {names(each for each, _ in gone.left)} left last ({why(gone)})."


def names(people: Iterable[Person]) -> str:
    """Return the names of the first few people, and how many more there are."""
    return listed([one_line(each.called, _NAME) for each in people])


def why(absence: Absence) -> str:
    """Return why the last ones left, each reason once."""
    return "; ".join(dict.fromkeys(_reason(span) for _, span in absence.left))


def _reason(span: Span) -> str:
    return f"by hand; {span.reason}" if span.by_hand else span.reason or "nothing is recorded of why"


def _since(at: float, drawn: Timeline, clock: Clock) -> str:
    return f"since {clock(at)}" if at > drawn.start else f"at least since {clock(at)}"
