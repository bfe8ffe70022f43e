"""An answer is sent once, in order, and looked for before it is sent again (R2, R5)."""

from collections.abc import Iterable
from dataclasses import replace

from chaport_sync.core.ledger import LineState, Reply, rejected, sending, unclear
from chaport_sync.core.replies.next_step import (
    GiveUp,
    LookAtChat,
    Rest,
    SendReply,
    Snapshot,
    Step,
    arrived,
    looked,
    next_step,
)
from chaport_sync.core.replies.selection import SelectionRules, Why

NOW = 1_793_600_000.0
FIRST = Reply("7001", 0, "v", "2001", "41", "op", NOW - 60, "One")
SECOND = replace(FIRST, message_id="7002", text="Two")


def step(
    *replies: Reply, since: float = 0.0, now: float = NOW, run_since: float = 0.0, looked_for: Iterable[str] = ()
) -> Step:
    """Return the next step for these answers."""
    return next_step(Snapshot(replies, since, run_since, frozenset(looked_for), now), SelectionRules(max_age=3600.0))


def test_the_first_goes_first() -> None:
    """In order: the second is sent when the first has arrived."""
    assert step(FIRST, SECOND) == SendReply(FIRST)
    assert step(arrived(FIRST, "e1"), SECOND) == SendReply(SECOND)
    assert step(arrived(FIRST, "e1")) == Rest()


def test_nothing_overtakes_an_unclear_outcome() -> None:
    """Until it is known what became of the first, the second waits."""
    (under_way,) = sending([FIRST], NOW)
    assert step(under_way, SECOND) == Rest(NOW + 15)
    assert step(under_way, SECOND, now=NOW + 15) == LookAtChat((under_way,))


def test_two_looks_before_it_is_sent_again() -> None:
    """15 s apart; what Chaport executes late is seen by the second look."""
    (under_way,) = sending([FIRST], NOW)
    once = looked(under_way, NOW + 15)
    assert step(once, now=NOW + 29) == Rest(NOW + 30)
    assert step(once, now=NOW + 30) == LookAtChat((once,))
    twice = looked(once, NOW + 30)
    assert step(twice, now=NOW + 30) == SendReply(twice)
    assert (twice.state, twice.looks) == (LineState.NEW, 0)


def test_an_answered_failure_needs_no_waiting() -> None:
    """P1: a 500 says that nothing is under way, so the chat is looked at right away."""
    (failed,) = unclear(sending([FIRST], NOW), NOW + 1, "500", answered=True)
    assert step(failed, now=NOW + 1) == LookAtChat((failed,))


def test_what_is_refused_five_times_is_given_up() -> None:
    """P3: and then the next one is sent."""
    reply = FIRST
    for _ in range(5):
        assert isinstance(step(reply, SECOND), SendReply)
        (reply,) = rejected([reply], "400 text too long", NOW)
    assert reply.state is LineState.PARKED
    assert step(reply, SECOND) == SendReply(SECOND)


def test_too_old_by_now() -> None:
    """R5: what waited until it was too old is not sent; what may have been sent is looked for first."""
    assert step(FIRST, now=FIRST.at + 3600) == SendReply(FIRST)
    assert step(FIRST, now=FIRST.at + 3601) == GiveUp(FIRST, Why.TOO_OLD)
    (under_way,) = sending([FIRST], FIRST.at + 3500)
    assert step(under_way, now=FIRST.at + 3601) == LookAtChat((under_way,))


def test_from_before_replies_were_switched_on() -> None:
    """R5: what waited when they were switched off is not sent when they are switched on again."""
    assert step(FIRST, since=FIRST.at) == SendReply(FIRST)
    assert step(FIRST, since=FIRST.at + 1) == GiveUp(FIRST, Why.TOO_OLD)


def test_no_text_is_kept() -> None:
    """P7: what has arrived is forgotten, but for what identifies it."""
    done = arrived(FIRST, "e1")
    assert (done.text, done.event_id, done.state) == ("", "e1", LineState.DONE)
    # Chaport may not tell the event's id (U14): then the words are what it is recognised by (R2).
    assert (arrived(FIRST, "").text, arrived(FIRST, "").state) == (FIRST.text, LineState.DONE)


def test_a_pause_before_the_next_try() -> None:
    """P3: what was refused is tried again when its pause is over."""
    later = replace(FIRST, not_before=NOW + 4)
    assert step(later) == Rest(NOW + 4)
    assert step(later, now=NOW + 4) == SendReply(later)


def test_what_arrived_has_no_error_any_more() -> None:
    """R2: what was refused at first and arrived is like what arrived at once."""
    assert arrived(replace(FIRST, error="500"), "e1") == arrived(FIRST, "e1")
    assert arrived(FIRST, "e1").error == ""


def test_what_another_run_may_have_sent() -> None:
    """R2: the state file may be an older copy: what was written before this run is looked for before it is sent."""
    assert step(FIRST, SECOND, run_since=NOW) == LookAtChat((FIRST, SECOND))
    assert step(FIRST, SECOND, run_since=NOW, looked_for=["7001"]) == SendReply(FIRST)
    assert step(FIRST, run_since=FIRST.at) == SendReply(FIRST)


def test_what_another_run_may_have_sent_is_not_called_too_old_before_a_look() -> None:
    """R5: nor what was written before replies were switched on; and a pause after a refusal is no reason to look."""
    late = NOW + 3600.0
    assert step(FIRST, run_since=late, now=late) == LookAtChat((FIRST,))
    assert step(FIRST, run_since=late, now=late, looked_for=["7001"]) == GiveUp(FIRST, Why.TOO_OLD)
    paused = replace(FIRST, not_before=NOW + 1)
    assert step(paused, run_since=NOW) == Rest(NOW + 1)
