"""Recognising our own replies in a chat (R2)."""

from dataclasses import replace
from typing import Any

import pytest

from chaport_sync.core.ledger import LineState, Reply
from chaport_sync.core.model import Event
from chaport_sync.core.replies.echoes import AnswerIds, echoes
from chaport_sync.core.skew import CLOCK_SKEW

IDS = AnswerIds("5f3a9c1d")
WRITTEN = 1_793_600_000.0
REPLY = Reply("7001", 0, "v", "2001", "41", "op", WRITTEN, "It left\nthis morning.", state=LineState.SENDING)
EVENT = Event("e1", "operator-message", WRITTEN + 1, "It left this\nmorning.", "op")


def found(
    *events: Event, replies: tuple[Reply, ...] = (REPLY,), run_since: float = WRITTEN
) -> dict[str, tuple[str, int]]:
    """Return which event shows which part."""
    return {event: reply.key for event, reply in echoes(events, replies, IDS, run_since=run_since).items()}


def event(identity: str, **parts: Any) -> Event:
    """Return an event of the operator that says what the reply says."""
    return replace(EVENT, id=identity, text=REPLY.text, **parts)


def test_by_the_answer() -> None:
    """The id that Chaport answered decides, whatever stands there by now."""
    answered = replace(REPLY, state=LineState.DONE, text="", event_id="e1")
    assert found(event("e0"), EVENT, replies=(answered,)) == {"e1": ("7001", 0)}


def test_by_the_external_id() -> None:
    """The id that we gave it decides where the answer never came, whoever the author is said to be."""
    other = replace(EVENT, external_id="deskie-5f3a9c1d-7001", author_id="somebody")
    assert found(event("e0"), other) == {"e1": ("7001", 0)}


def test_by_operator_and_words() -> None:
    """Where no id tells, the operator and the words do, whatever the white space."""
    assert found(event("e1")) == {"e1": ("7001", 0)}


def test_what_is_somebody_elses() -> None:
    """Other words, another operator, another's external id, or a time before it was sent: not ours."""
    early = WRITTEN - CLOCK_SKEW - 1
    assert not found(
        event("e1", author_id="other"),
        event("e2", at=early),
        event("e3", external_id="crm-1"),
        replace(EVENT, id="e4", text="It left this evening."),
    )


def test_somebody_elses_before_ours() -> None:
    """An event of the same words that bears another's id is passed over."""
    assert found(event("e1", external_id="crm-1"), event("e2"), event("e3")) == {"e2": ("7001", 0)}


def test_a_clock_that_differs_a_little() -> None:
    """Both servers' clocks may differ by a few minutes; an event without a time may be ours as well."""
    assert found(event("e1", at=WRITTEN - CLOCK_SKEW)) == {"e1": ("7001", 0)}
    assert found(event("e1", at=None)) == {"e1": ("7001", 0)}


def test_the_same_words_twice() -> None:
    """Two answers of the same words are two events, in order; a third event is a person's."""
    second = replace(REPLY, message_id="7002")
    assert found(event("e1"), event("e2"), event("e3"), replies=(REPLY, second)) == {
        "e1": ("7001", 0),
        "e2": ("7002", 0),
    }


def test_what_was_never_sent_is_not_there() -> None:
    """An answer that is still to be sent shows nowhere, even if an operator says the same in Chaport."""
    assert not found(event("e1"), replies=(replace(REPLY, state=LineState.NEW),))


def test_what_another_run_may_have_sent() -> None:
    """An answer that was written before this run began, and not sent as far as is known, may have been sent."""
    assert found(event("e1"), replies=(replace(REPLY, state=LineState.NEW),), run_since=WRITTEN + 1)


@pytest.mark.parametrize("external_id", ["deskie-0badcafe-7001", "deskie-7001"])
def test_by_the_id_of_another_state_file(external_id: str) -> None:
    """A forgotten run may have sent this answer under another mark or under none: then the words tell."""
    assert found(event("e1", external_id=external_id)) == {"e1": ("7001", 0)}
    assert not found(replace(event("e1", external_id=external_id), text="Something else"))
    assert not found(event("e1", external_id=f"{external_id}-2"))
    assert not found(event("e1", external_id=f"x{external_id}"))


def test_one_by_its_id_and_another_by_its_words() -> None:
    """Each is found by what tells of it."""
    answered = replace(REPLY, message_id="7002", event_id="e9")
    assert found(event("e1"), event("e9"), replies=(REPLY, answered)) == {"e1": ("7001", 0), "e9": ("7002", 0)}


def test_equal_answers_in_any_order_of_times() -> None:
    """An event that is too early for one answer may be another's, whichever is asked for first."""
    late, later = (replace(REPLY, message_id=str(at), at=WRITTEN + at) for at in (900, 2000))
    assert found(event("e1", at=WRITTEN - CLOCK_SKEW), replies=(late, REPLY, later)) == {"e1": ("7001", 0)}
