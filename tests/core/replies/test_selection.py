"""Which of a case's messages are answers to be sent, as whom, in which words (R1, R4, R5)."""

from dataclasses import replace
from typing import Any

import pytest

from chaport_sync.core.model import Agent, File, Message, Operator
from chaport_sync.core.replies.selection import (
    ANYBODY,
    Due,
    Failed,
    Found,
    Later,
    SelectionRules,
    Why,
    answers,
    digest,
    senders,
)
from chaport_sync.core.statuses.pairing import PairingRules, pair
from chaport_sync.core.text import readable

NOW = 1_793_600_000.0
SINCE = NOW - 86400
REPLY = Message("7001", staff_id="41", text="It left this morning.", created_at=NOW - 10)


def found(*messages: Message, rules: SelectionRules | None = None, **parts: Any) -> list[Found]:
    """Judge messages as they stand in the case of a visitor whom operator `op-ann` answers for agent 41."""
    facts = {"since": SINCE, "theirs": True, "now": NOW, "merged_at": 0.0, "run_since": 0.0}
    known: dict[str, Any] = {"known": (), "own_staff_id": "99", **facts} | parts
    return answers(messages, senders={"41": "op-ann"}, rules=rules or SelectionRules(), **known)


def test_an_agents_message_is_sent() -> None:
    """R1: as the operator that is paired with its agent."""
    assert found(REPLY) == [Due(REPLY, "op-ann", ("It left this morning.",))]


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(replace(REPLY, note=True), id="a note"),
        pytest.param(replace(REPLY, staff_id="", user_id="7"), id="the customer's own words"),
        pytest.param(replace(REPLY, staff_id="99"), id="our own agent's"),
        pytest.param(replace(REPLY, by_rule=True), id="a rule's"),
        pytest.param(replace(REPLY, created_at=SINCE - 1), id="written before replies were switched on"),
        pytest.param(replace(REPLY, staff_id=""), id="nobody's"),
    ],
)
def test_what_is_no_answer(message: Message) -> None:
    """R1, R5: notes, rules, customers, ourselves and the past are never sent, and need no note either."""
    assert found(message) == []


def test_rules_where_they_are_wanted() -> None:
    """R1: with `include_rules` a rule's message is an answer like any other; a note is none."""
    rules = SelectionRules(include_rules=True)
    by_rule = replace(REPLY, by_rule=True)
    assert found(by_rule, replace(by_rule, id="7002", note=True), rules=rules) == [
        Due(by_rule, "op-ann", ("It left this morning.",))
    ]


def test_what_was_dealt_with() -> None:
    """R2: a message that is in the ledger is not found again."""
    assert found(REPLY, known=["7001"]) == []


@pytest.mark.parametrize(
    ("message", "parts", "why"),
    [
        pytest.param(replace(REPLY, staff_id="42"), {}, Why.NO_OPERATOR, id="an agent without an operator"),
        pytest.param(replace(REPLY, created_at=NOW - 3601), {}, Why.TOO_OLD, id="too old"),
        pytest.param(REPLY, {"theirs": False}, Why.NOT_THEIRS, id="a merged case of somebody else"),
        pytest.param(replace(REPLY, text=" \n"), {}, Why.EMPTY, id="nothing to send"),
        pytest.param(replace(REPLY, staff_id="42", created_at=NOW - 3601), {}, Why.TOO_OLD, id="old, and nobody's"),
    ],
)
def test_what_is_not_sent(message: Message, parts: dict[str, Any], why: Why) -> None:
    """R1, R5: what does not reach the visitor has a reason for its agent to read."""
    assert found(message, **parts) == [Failed(message, why)]


def test_what_another_run_may_have_sent() -> None:
    """R2: what was written before this run is not called too old until its chat has been looked at."""
    old = replace(REPLY, created_at=NOW - 4000)
    assert isinstance(found(old, run_since=NOW - 3999)[0], Due)
    assert found(old, run_since=NOW - 4000) == [Failed(old, Why.TOO_OLD)]


def test_as_old_as_allowed() -> None:
    """R5: an answer may be as old as `max_age`."""
    assert isinstance(found(replace(REPLY, created_at=NOW - 3600))[0], Due)


def test_a_delayed_answer_waits_for_its_moment() -> None:
    """R1: an answer that goes out later may still be taken back; its age counts from the moment it is sent."""
    delayed = replace(REPLY, created_at=NOW - 7200, sent_at=NOW + 30)
    assert found(delayed) == [Later(delayed, NOW + 30)]
    assert isinstance(found(delayed, now=NOW + 30)[0], Due)


def test_a_message_without_a_time() -> None:
    """Where Deskie tells no time, an answer is taken for one of now."""
    assert isinstance(found(replace(REPLY, created_at=None))[0], Due)


def test_in_the_order_of_sending() -> None:
    """R2: by the time of sending, then by number; numbers are numbers."""
    second, third = replace(REPLY, id="10001"), replace(REPLY, id="7000", created_at=NOW - 9)
    assert [each.message.id for each in found(third, second, REPLY)] == ["7001", "10001", "7000"]


def test_a_long_answer_is_split() -> None:
    """R4: over Chaport's limit it goes in parts, cut at a line's end where there is one."""
    (due,) = found(replace(REPLY, text="one two\nthree"), rules=SelectionRules(max_length=8))
    assert isinstance(due, Due)
    assert due.parts == ("one two", "three")


def test_attachments_become_links() -> None:
    """R4: an attachment is its link, also where it has no name or where there is no text at all."""
    files = (File("Invoice\n7.pdf", "https://acme.deskie.io/f/7"), File("", "https://acme.deskie.io/f/8"), File("lost"))
    assert readable(replace(REPLY, files=files)).splitlines() == [
        "It left this morning.",
        "Invoice 7.pdf: https://acme.deskie.io/f/7",
        "https://acme.deskie.io/f/8",
    ]
    (due,) = found(replace(REPLY, text="", files=files[:1]))
    assert isinstance(due, Due)


def test_an_edit_shows() -> None:
    """A message that was changed after it was sent is told from one that was not."""
    assert digest(REPLY) == digest(replace(REPLY, created_at=NOW))
    assert digest(REPLY) != digest(replace(REPLY, text="It left this evening."))


ANN, BOB, EVE = Agent("41", "ann@a.example"), Agent("42", "bob@a.example"), Agent("43", "eve@a.example")
OPERATORS = (Operator("op-ann", "ann@a.example"), Operator("op-team", "team@a.example"), Operator("bot", is_bot=True))


@pytest.mark.parametrize(
    ("fallback", "expected"),
    [
        pytest.param("", {"41": "op-ann"}, id="none"),
        pytest.param("TEAM@a.example", {"41": "op-ann", ANYBODY: "op-team"}, id="an address"),
        pytest.param("op-team", {"41": "op-ann", ANYBODY: "op-team"}, id="an id"),
        pytest.param("nobody", {"41": "op-ann"}, id="somebody who is not there"),
        pytest.param("bot", {"41": "op-ann"}, id="a bot"),
    ],
)
def test_senders(fallback: str, expected: dict[str, str]) -> None:
    """R1: an agent answers as its own operator, else as the one that is configured; never as a bot."""
    pairing = pair((ANN, BOB, EVE), OPERATORS, PairingRules())
    assert senders(OPERATORS, pairing, SelectionRules(operator=fallback)) == expected


def test_the_past_ends_with_the_second_of_the_switch() -> None:
    """R5: what was written in that second counts."""
    assert found(replace(REPLY, created_at=NOW - 60), since=NOW - 60) != []


def test_what_is_no_answer_ends_nothing() -> None:
    """R1: a note between two answers is passed over."""
    assert [each.message.id for each in found(replace(REPLY, id="7000", note=True), REPLY)] == ["7001"]


def test_before_a_merge_nobody_can_tell_whose_it_was() -> None:
    """R1: what was written until the moment of the merge is for nobody, what was written after it for this visitor."""
    assert found(REPLY, merged_at=NOW - 10) == [Failed(REPLY, Why.MERGED)]
    assert isinstance(found(REPLY, merged_at=NOW - 11)[0], Due)
    assert isinstance(found(replace(REPLY, created_at=None), merged_at=NOW - 1)[0], Due)


def test_ids_without_numbers_and_messages_without_times() -> None:
    """R2: ids that are no numbers come first, and what has no time is of now, thus last."""
    same_time = [replace(REPLY, id=identity) for identity in ("1", "m-1", "²")]
    timeless = replace(REPLY, id="0", created_at=None)
    order = [each.message.id for each in found(timeless, REPLY, *same_time)]
    assert order == ["m-1", "²", "1", "7001", "0"]


def test_who_drives_no_operator() -> None:
    """R1: answers as the operator that stands for everybody else."""
    (due,) = answers(
        [replace(REPLY, staff_id="43")],
        (),
        {"41": "op-ann", ANYBODY: "op-seat"},
        SelectionRules(),
        own_staff_id="99",
        since=SINCE,
        theirs=True,
        now=NOW,
        merged_at=0.0,
        run_since=0.0,
    )
    assert isinstance(due, Due)
    assert due.operator_id == "op-seat"


def test_long_answers_are_cut_between_words() -> None:
    """R4: where there is no end of a line, at a space."""
    (due,) = found(replace(REPLY, text="one twoo three"), rules=SelectionRules(max_length=10))
    assert isinstance(due, Due)
    assert due.parts == ("one twoo", "three")


def test_names_and_addresses_of_any_length() -> None:
    """R4: 200 characters of a file's name and 1000 of its address are shown whole, what is longer is cut."""
    whole = File("n" * 200, "u" * 1000)
    assert readable(replace(REPLY, text="", files=(whole,))) == f"{'n' * 200}: {'u' * 1000}"
    cut = readable(replace(REPLY, text="", files=(File("n" * 201, "u" * 1001),)))
    assert cut == f"{'n' * 199}…: {'u' * 999}…"
