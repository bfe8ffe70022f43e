"""What is kept of agents, operators and changes: recorded, given back, and forgotten (P7)."""

from dataclasses import replace

import pytest

from chaport_sync.core.health import Beat
from chaport_sync.core.model import Person
from chaport_sync.core.statuses.history import AgentSeen, OperatorSeen, StatusChange
from chaport_sync.core.statuses.lease import OperatorState
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.turns import Lateness, Work
from chaport_sync.store import Store

ANN = AgentSeen("1", "Ann", "ann@acme.example", "120273", 1.5, "keep", "status 120273 is keep")
BOB = AgentSeen("2", "Bob", "bob@acme.example", "", 0.0, "", "it is excluded")
SEAT = OperatorSeen("5ea7", "Seat", "seat@acme.example", "online", 1.5, ("1", "2"), "left as it is", "S2")
DESK = OperatorSeen("de5c")
CHANGE = StatusChange(
    10.5, "5ea7", "Seat", "seat@acme.example", "offline", "online", (Person("1", "Ann"), Person("2")), "S2", "online"
)
BY_HAND = replace(CHANGE, at=20.5, before="online", after="away", agents=(), rule="S7", reason="by hand", by_hand=True)


def seen(ledger: Store) -> tuple[dict[str, AgentSeen], dict[str, OperatorSeen]]:
    """Return all agents and operators."""
    return ledger.statuses.agents_seen(), ledger.statuses.operators_seen()


def test_nobody_was_seen_yet(ledger: Store) -> None:
    """Before the first good poll nothing is known."""
    assert (*seen(ledger), ledger.statuses.changes()) == ({}, {}, [])


def test_who_was_seen(ledger: Store) -> None:
    """All that is known of agents and operators is given back by id as it was recorded."""
    ledger.statuses.record_seen([ANN, BOB], [SEAT, DESK])
    assert seen(ledger) == ({"1": ANN, "2": BOB}, {"5ea7": SEAT, "de5c": DESK})


def test_who_was_found_different(ledger: Store) -> None:
    """Only what is different is recorded; the others stay as they were."""
    ledger.statuses.record_seen([ANN, BOB], [SEAT, DESK])
    ann, desk = replace(ANN, status="2", since=9.5), replace(DESK, status="offline", agents=("2",))
    ledger.statuses.record_seen([ann], [desk])
    assert seen(ledger) == ({"1": ann, "2": BOB}, {"5ea7": SEAT, "de5c": desk})


def test_who_is_gone(ledger: Store) -> None:
    """S3: who is gone is forgotten, on its side only: both services number by themselves."""
    ledger.statuses.record_seen(map(AgentSeen, "123"), map(OperatorSeen, "123"))
    ledger.statuses.record_seen([], [], gone_agents=["1", "9"])
    ledger.statuses.record_seen([], [], gone_operators=["2", "9"])
    assert tuple(set(each) for each in seen(ledger)) == ({"2", "3"}, {"1", "3"})
    ledger.statuses.record_seen([ANN], [], ["2", "3"], ["1", "3"])
    assert seen(ledger) == ({"1": ANN}, {})


def test_changes_as_they_were_recorded(ledger: Store) -> None:
    """Each change with its time, operator, from, to, agents, reason, and whether it was by hand."""
    ledger.statuses.record_operators(changes=[CHANGE])
    ledger.statuses.record_operators(changes=[BY_HAND])
    assert ledger.statuses.changes() == [CHANGE, BY_HAND]


def test_changes_come_in_the_order_in_which_they_happened(ledger: Store) -> None:
    """Oldest first; a clock that was stepped back does not turn what happened around."""
    changes = [replace(CHANGE, at=at, reason=f"{number}") for number, at in enumerate((30.0, 10.0, 20.0))]
    ledger.statuses.record_operators(changes=changes)
    assert ledger.statuses.changes() == changes


def test_equal_changes_are_all_kept(ledger: Store) -> None:
    """An operator that goes to and fro has an entry for each time, even within a second."""
    ledger.statuses.record_operators(changes=[CHANGE, CHANGE])
    ledger.statuses.record_operators(changes=[CHANGE])
    assert ledger.statuses.changes() == [CHANGE] * 3


def test_changes_since_a_time(ledger: Store) -> None:
    """Those of that very moment are given too."""
    ledger.statuses.record_operators(changes=[CHANGE, BY_HAND])
    found = [ledger.statuses.changes(since) for since in (10.5, 10.6, 20.5, 20.6)]
    assert found == [[CHANGE, BY_HAND], [BY_HAND], [BY_HAND], []]


def test_the_last_changes_of_some(ledger: Store) -> None:
    """Of whom and how many is asked are given, and how many there are."""
    other = replace(CHANGE, operator_id="0ther", at=15.0)
    ledger.statuses.record_operators(changes=[CHANGE, other, BY_HAND])
    of_one = {CHANGE.operator_id}
    assert ledger.statuses.changes(last=2) == [other, BY_HAND]
    assert ledger.statuses.changes(operator_ids=of_one) == [CHANGE, BY_HAND]
    assert ledger.statuses.changes(10.6, of_one, last=2) == [BY_HAND]
    assert ledger.statuses.changes(operator_ids=[]) == []
    assert [ledger.statuses.count_changes(since) for since in (0.0, 15.0, 15.1)] == [3, 2, 1]
    assert [ledger.statuses.count_changes(operator_ids=whose) for whose in (of_one, set[str]())] == [2, 0]


def test_all_changes(ledger: Store) -> None:
    """Without a time all are given, back to the beginning of time."""
    ledger.statuses.record_operators(changes=[replace(CHANGE, at=0.0), CHANGE])
    assert ledger.statuses.changes() == [replace(CHANGE, at=0.0), CHANGE]


@pytest.mark.parametrize(
    ("before", "left"),
    [(10.5, [CHANGE, BY_HAND]), (10.6, [BY_HAND]), (20.5, [BY_HAND]), (20.6, [])],
    ids=["of that moment", "a little older", "of the other moment", "all"],
)
def test_old_changes_are_forgotten(ledger: Store, before: float, left: list[StatusChange]) -> None:
    """P7: changes from before a time are forgotten, those of that very moment are not; nor is who was seen."""
    ledger.statuses.record_seen([ANN], [SEAT])
    ledger.statuses.record_operators(changes=[CHANGE, BY_HAND])
    ledger.statuses.forget_changes(before)
    assert ledger.statuses.changes() == left
    assert seen(ledger) == ({"1": ANN}, {"5ea7": SEAT})


def test_a_status_is_recorded_with_its_change(ledger: Store) -> None:
    """What we wrote, the entry about it and how the operator is seen now are recorded together."""
    state = OperatorState("5ea7", written="online")
    ledger.statuses.record_seen([ANN], [replace(SEAT, status="offline"), DESK])
    ledger.statuses.record_operators([state], changes=[CHANGE, BY_HAND], seen=[SEAT])
    assert (ledger.statuses.operators(), ledger.statuses.changes()) == ({"5ea7": state}, [CHANGE, BY_HAND])
    assert seen(ledger) == ({"1": ANN}, {"5ea7": SEAT, "de5c": DESK})


def test_neither_without_the_other(ledger: Store) -> None:
    """If one of both cannot be recorded, the other is not."""
    with pytest.raises(OverflowError):
        ledger.statuses.record_operators([OperatorState("5ea7")], changes=[CHANGE, replace(CHANGE, at=2**63)])
    assert (ledger.statuses.operators(), ledger.statuses.changes()) == ({}, [])


def test_seen_all_or_nothing(ledger: Store) -> None:
    """Of a poll that cannot be recorded as a whole nothing is."""
    ledger.statuses.record_seen([ANN], [SEAT])
    with pytest.raises(OverflowError):
        ledger.statuses.record_seen([BOB], [replace(DESK, since=2**63)], ["1"])
    assert seen(ledger) == ({"1": ANN}, {"5ea7": SEAT})


def test_how_the_flows_get_on(ledger: Store) -> None:
    """P4: each flow by itself, the last word of it; of one that was never recorded nothing is known."""
    ledger.marks.put(Beat(1.5), of="statuses")
    ledger.marks.put(Beat(2.5, 3.5, "Chaport: 503"), of="transcripts")
    ledger.marks.put(Beat(failing_since=4.5, error="Deskie: 401"), of="statuses")
    found = [ledger.marks.get(Beat, flow) for flow in ("statuses", "transcripts", "replies")]
    assert found == [
        Beat(good_at=None, failing_since=4.5, error="Deskie: 401"),
        Beat(good_at=2.5, failing_since=3.5, error="Chaport: 503"),
        Beat(good_at=None, failing_since=None, error=""),
    ]


def test_who_was_there_when_statuses_changed(ledger: Store) -> None:
    """Each operator with its agents of that time, each such pair once, the latest last."""
    ann, bob = Person("1", "Ann", "ann@acme.example"), Person("2", "Bob")
    seat, desk = Person("5ea7", "Seat", "seat@acme.example"), Person("de5c")
    shared = replace(CHANGE, agents=(ann, bob))
    other = StatusChange(1.0, *desk, before="", after="online", agents=(), rule="S2", reason="")
    ledger.statuses.record_operators(changes=[shared, other, replace(shared, agents=(ann,)), shared])
    assert ledger.statuses.people_of_changes() == [(desk, ()), (seat, (ann,)), (seat, (ann, bob))]


def test_the_visitors(ledger: Store) -> None:
    """Each visitor once, as the latest chat names them."""
    ledger.transcripts.record(ChatState("v", "1", visitor_name="Mary", last_event_at=5.0))
    ledger.transcripts.record(
        ChatState("v", "2", visitor_name="Mary Ann", visitor_email="mary@mail.example", last_event_at=9.0)
    )
    ledger.transcripts.record(ChatState("v", "3", visitor_name="M.", last_event_at=7.0))
    ledger.transcripts.record(ChatState("w", "1"))
    assert sorted(ledger.transcripts.visitors()) == [Person("v", "Mary Ann", "mary@mail.example"), Person("w")]


def test_the_chats_of_visitors(ledger: Store) -> None:
    """Of those who are asked for, the latest first."""
    for visitor, number, at in (("v", "1", 5.0), ("w", "1", 7.0), ("v", "2", 9.0), ("u", "1", 8.0)):
        ledger.transcripts.record(ChatState(visitor, number, last_event_at=at))
    assert [chat.key for chat in ledger.transcripts.chats_of(["v", "w"])] == [("v", "2"), ("w", "1"), ("v", "1")]
    assert ledger.transcripts.chats_of([]) == []


def test_how_late_it_was(ledger: Store) -> None:
    """T7, P9: as it was recorded last, reading and delivering each; not at all at first."""
    assert ledger.marks.get(Lateness, Work.READING) == Lateness()
    ledger.marks.put(Lateness(90.5, 12), of=Work.READING)
    assert ledger.marks.get(Lateness, Work.READING) == Lateness(90.5, 12)
    assert ledger.marks.get(Lateness, Work.DELIVERING) == Lateness()


def test_changes_around_a_time(ledger: Store) -> None:
    """All since then, and of each operator the last one before; and since when anything is recorded."""
    assert ledger.statuses.known_since() is None
    first, desk = CHANGE, replace(CHANGE, at=12.0, operator_id="de5c")
    later = [replace(BY_HAND, at=at) for at in (20.5, 30.0, 40.0)]
    ledger.statuses.record_operators(changes=[first, desk, *later])
    assert list(ledger.statuses.changes_around(30.0)) == [desk, *later]
    assert list(ledger.statuses.changes_around(99.0)) == [desk, later[-1]]
    assert ledger.statuses.known_since() == first.at
    ledger.statuses.record_seen([], [SEAT])
    assert ledger.statuses.known_since() == SEAT.since
