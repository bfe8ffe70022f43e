"""When each operator, each agent and the website was online, from the recorded changes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from chaport_sync.core.model import Person
from chaport_sync.core.statuses.coverage import Covered, coverage
from chaport_sync.core.statuses.history import OperatorSeen, StatusChange
from chaport_sync.core.statuses.timeline import UNKNOWN, Absence, Row, Span, Timeline, timeline

ANN, BOB = Person("a", "Ann", "ann@acme.example"), Person("b", "Bob", "bob@acme.example")
AGENTS = {"1": Person("1", "Ann A"), "2": Person("2", "Bob B")}
DRIVERS = {"a": "1", "b": "2"}
LEFT = "its agents left, and the grace is over"


def change(at: float, who: Person, before: str, after: str, *, by_hand: bool = False) -> StatusChange:
    """Return one change of a person's operator, whom the agent of the same name drives."""
    agent = AGENTS[DRIVERS[who.id]]
    return StatusChange(at, *who, before, after, (agent,), "S4", LEFT, by_hand=by_hand)


def seen(who: Person, status: str, since: float = 0.0) -> OperatorSeen:
    """Return how an operator was seen last."""
    return OperatorSeen(*who, status, since, (DRIVERS[who.id],), "S6", "why")


def drawn(*changes: StatusChange, now: tuple[OperatorSeen, ...], start: float = 0.0, known: float = 0.0) -> Timeline:
    """Return the timeline until 100."""
    return timeline(changes, {each.operator_id: each for each in now}, AGENTS, known, start, 100.0)


def blocks(spans: tuple[Span, ...]) -> list[tuple[float, float, str]]:
    """Return beginning, end and status of each stretch."""
    return [span[:3] for span in spans]


def test_an_operator() -> None:
    """Each change begins a stretch, with its agents, its reason and whether somebody did it by hand."""
    (row,) = drawn(
        change(20, ANN, "offline", "online"),
        change(60, ANN, "online", "offline", by_hand=True),
        now=(seen(ANN, "offline", 60),),
    ).operators
    agents = (AGENTS["1"],)
    assert row == Row(
        ANN,
        (
            Span(0, 20, "offline", agents),
            Span(20, 60, "online", agents, LEFT),
            Span(60, 100, "offline", agents, LEFT, by_hand=True),
        ),
    )
    assert row.seconds == {"offline": 60, "online": 40}


@pytest.mark.parametrize(
    ("start", "known", "first"),
    [(10, 0, (10, 20, "offline")), (0, 5, (0, 5, UNKNOWN)), (30, 0, (30, 60, "online"))],
    ids=["after the records begin", "before", "within a stretch"],
)
def test_the_beginning(start: float, known: float, first: tuple[float, float, str]) -> None:
    """It begins with the status from before; nothing is known before the records begin."""
    changes = change(20, ANN, "offline", "online"), change(60, ANN, "online", "offline")
    (row,) = drawn(*changes, now=(seen(ANN, "offline", 60),), start=start, known=known).operators
    assert blocks(row.spans)[0] == first


def test_who_never_changed() -> None:
    """An operator without a change is as it was seen since it was first seen so."""
    (row,) = drawn(now=(seen(ANN, "online", 30),)).operators
    assert row.spans == (Span(0, 30, UNKNOWN), Span(30, 100, "online", (AGENTS["1"],)))


def test_what_is_known_now_comes_last() -> None:
    """A lease that has ended since the last change ends the stretch, and the reason is the operator's."""
    (row,) = drawn(change(20, ANN, "offline", "online"), now=(seen(ANN, "offline", 70),)).operators
    assert blocks(row.spans) == [(0, 20, "offline"), (20, 70, "online"), (70, 100, "offline")]
    assert row.spans[-1].reason == "why"


def test_who_is_gone() -> None:
    """Of an operator that is no longer paired nothing is known since its last change; who is unknown is left out."""
    changes = change(20, ANN, "offline", "online"), change(60, ANN, "online", "offline")
    (row,) = drawn(*changes, now=()).operators
    assert blocks(row.spans) == [(0, 20, "offline"), (20, 60, "online"), (60, 100, UNKNOWN)]
    assert drawn(*changes, now=(), start=70).operators == ()


def test_changes_in_another_order() -> None:
    """A change that is recorded late, such as the end of a lease, has its place by its time."""
    late = change(60, ANN, "online", "offline"), change(20, ANN, "offline", "online")
    (row,) = drawn(*late, now=(seen(ANN, "offline", 60),)).operators
    assert blocks(row.spans) == [(0, 20, "offline"), (20, 60, "online"), (60, 100, "offline")]


def test_the_website() -> None:
    """Visitors meet the best status of all operators; while one is unknown, the others count."""
    found = drawn(
        change(20, ANN, "offline", "online"),
        change(40, ANN, "online", "invisible"),
        change(30, BOB, "offline", "online"),
        change(50, BOB, "online", "busy"),
        change(80, ANN, "invisible", "offline"),
        now=(seen(ANN, "offline", 80), seen(BOB, "busy", 50)),
        known=10,
    )
    assert blocks(found.website) == [
        (0, 10, UNKNOWN),
        (10, 20, "offline"),
        (20, 50, "online"),
        (50, 80, "invisible"),
        (80, 100, "offline"),
    ]


def test_nobody_online() -> None:
    """It says from when to when, who left last and why, and who came back; invisible operators are not online."""
    found = drawn(
        change(20, ANN, "online", "invisible"),
        change(30, BOB, "online", "offline"),
        change(40, ANN, "invisible", "offline"),
        change(70, ANN, "offline", "online"),
        now=(seen(ANN, "online", 70), seen(BOB, "offline", 30)),
    )
    gone = Span(30, 100, "offline", (AGENTS["2"],), LEFT)
    assert found.absences == (Absence(30, 70, ((BOB, gone),), (ANN,)),)


def test_nobody_online_at_the_edges() -> None:
    """What lasted before is without its beginning, what still lasts without its end, and what is unknown is none."""
    found = drawn(
        change(20, ANN, "offline", "online"),
        change(60, ANN, "online", "offline"),
        now=(seen(ANN, "offline", 60),),
        known=5,
    )
    before, now = found.absences
    assert (before.start, before.end, before.left, before.back) == (5, 20, (), (ANN,))
    assert (now.start, now.end, now.back) == (60, None, ())
    assert [person for person, _ in now.left] == [ANN]


def test_all_leave_at_once() -> None:
    """If several leave in one moment, all of them are named."""
    changes = change(50, ANN, "online", "offline"), change(50, BOB, "online", "offline")
    (absence,) = drawn(*changes, now=(seen(ANN, "offline", 50), seen(BOB, "offline", 50))).absences
    assert [person for person, _ in absence.left] == [ANN, BOB]


def test_one_comes_while_another_leaves() -> None:
    """Between two writes of one cycle nobody is online for a moment; that is no absence."""
    changes = change(50, ANN, "online", "offline"), change(50.4, BOB, "offline", "online")
    assert drawn(*changes, now=(seen(ANN, "offline", 50), seen(BOB, "online", 50.4))).absences == ()


def test_agents() -> None:
    """An agent has the best status of the operators that this agent drove, and of no other."""
    desk = Person("d", "Desk")
    changes = [
        change(20, ANN, "offline", "online"),
        change(50, ANN, "online", "offline"),
        StatusChange(40, *desk, "offline", "online", (AGENTS["1"], AGENTS["2"]), "S2", "why"),
        StatusChange(80, *desk, "online", "offline", (AGENTS["2"],), "S2", "why"),
    ]
    now = seen(ANN, "offline", 50), OperatorSeen(*desk, "offline", 80, ("2",))
    found = {row.person.id: row.seconds for row in drawn(*changes, now=now).agents}
    assert found == {"1": {"offline": 40, "online": 60}, "2": {"offline": 60, "online": 40}}


def test_nothing_is_known() -> None:
    """Without a record the website is unknown, and nobody was absent."""
    found = drawn(now=())
    assert (found.operators, found.agents, found.absences) == ((), (), ())
    assert blocks(found.website) == [(0, 100, UNKNOWN)]


def test_coverage() -> None:
    """Each hour of the week has the part of its known time in which somebody was online, by the reader's clock."""
    monday = datetime(2026, 11, 30, 8, 30, tzinfo=UTC).timestamp()
    week = 7 * 86400
    website = (
        Span(monday - week, monday - week + 1800, "online"),
        Span(monday, monday + 900, "online"),
        Span(monday + 900, monday + 3600, "invisible"),
        Span(monday + 3600, monday + 7200, UNKNOWN),
    )
    half_past = timezone(timedelta(hours=5, minutes=30))
    assert coverage(website, lambda at: datetime.fromtimestamp(at, UTC)) == {
        (0, 8): Covered(2700, 3600),
        (0, 9): Covered(0, 1800),
    }
    assert coverage(website, lambda at: datetime.fromtimestamp(at, half_past)) == {(0, 14): Covered(2700, 5400)}
    assert [Covered(0, 0).share, Covered(900, 3600).share] == [None, 0.25]
