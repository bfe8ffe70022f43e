"""What is delivered into a case next, and when it is not (T2, T4, T5, P1, P3)."""

from dataclasses import replace

import pytest

from chaport_sync.core.ledger import Form, Line, LineState
from chaport_sync.core.model import Author, CaseView, Kind
from chaport_sync.core.transcripts.cases import Deliver
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.steps import (
    Facts,
    Follow,
    LeaveCase,
    LookAtCase,
    ReadBack,
    Release,
    Rest,
    Send,
    Silence,
    Step,
)
from chaport_sync.core.wording import Reason
from tests.core.transcripts.conversation import CASE, CHAT, FACTS, NOW, RULES, VIEW, asked, bot, line, visitor

NOTHING = Rest(Reason("T2", "nothing to deliver"))
LEAVE = LeaveCase(Reason("T4", "the case was closed, and the visitor's words would be a note in it"))


def late(number: int, not_before: float = NOW, rejections: int = 0) -> Line:
    """Return a parked line of the visitor."""
    return visitor(number, state=LineState.PARKED, not_before=not_before, rejections=rejections)


def new(form: Form, *lines: Line) -> Send:
    """Return the step that sends new lines."""
    return Send(form, lines, late=False, reason=Reason("T5", "there is something new"))


def parked(*lines: Line) -> Send:
    """Return the step that sends parked lines."""
    return Send(Form.NOTE, lines, late=True, reason=Reason("P3", "it was parked before"))


V1, V2, V3, B1, B2, B3 = visitor(1), visitor(2), visitor(3), bot(1), bot(2), bot(3)
BAD = visitor(2, rejections=1)
TOLD = line(2, Author.UNKNOWN, kind=Kind.NOTICE)


@pytest.mark.parametrize(
    ("lines", "step"),
    [
        pytest.param([], NOTHING, id="nothing"),
        pytest.param([V1], new(Form.CUSTOMER, V1), id="the visitor's words are a customer's message"),
        pytest.param([B1], new(Form.NOTE, B1), id="the bot's are a note"),
        pytest.param([line(1, Author.OPERATOR)], new(Form.NOTE, line(1, Author.OPERATOR)), id="an operator's too"),
        pytest.param([V1, V2, B3], new(Form.CUSTOMER, V1, V2), id="what follows one another in one form"),
        pytest.param([B1, B2, V3], new(Form.NOTE, B1, B2), id="also as a note"),
        pytest.param([V1, B2, V3], new(Form.CUSTOMER, V1), id="in order"),
        pytest.param([V1, BAD, V3], new(Form.CUSTOMER, V1), id="what was rejected does not take others along"),
        pytest.param([BAD, V3], new(Form.CUSTOMER, BAD), id="it goes alone"),
        pytest.param([late(1, NOW + 1)], NOTHING, id="parked, one second early"),
        pytest.param([late(1)], parked(late(1)), id="parked, due"),
        pytest.param([late(1), late(2, NOW - 5)], parked(late(1), late(2, NOW - 5)), id="parked together"),
        pytest.param([late(1), late(2, NOW + 5), late(3)], parked(late(1)), id="of those what is due, without a gap"),
        pytest.param([B1, late(2, NOW + 5), B3], new(Form.NOTE, B1), id="nor do new ones leave one out"),
        pytest.param([B1, TOLD], new(Form.NOTE, B1), id="what tells an agent of an answer stands alone"),
        pytest.param([TOLD, B3], new(Form.NOTE, TOLD), id="and the chat without it"),
        pytest.param([late(1, rejections=5), late(2)], parked(late(1, rejections=5)), id="parked after rejections"),
        pytest.param([late(1), V2], new(Form.CUSTOMER, V2), id="what is new before what was parked"),
        pytest.param([visitor(1, state=LineState.DONE)], NOTHING, id="displayed already"),
    ],
)
def test_what_is_sent(lines: list[Line], step: Step) -> None:
    """T5, P3: in order, what follows one another in one form together; parked lines as a note that says so."""
    assert asked(*lines) == step


@pytest.mark.parametrize(
    ("own", "handed_over", "note_until", "form"),
    [
        pytest.param(True, False, 0, Form.CUSTOMER, id="in an own-channel case"),
        pytest.param(False, False, 0, Form.NOTE, id="in a case of another channel"),
        pytest.param(True, True, 1, Form.NOTE, id="held back until the hand-over"),
        pytest.param(True, True, 2, Form.NOTE, id="the last line of its note"),
        pytest.param(True, True, 0, Form.CUSTOMER, id="after the hand-over"),
        pytest.param(True, False, 2, Form.NOTE, id="gathered while a bot talks"),
    ],
)
def test_the_form_of_the_visitors_words(own: bool, handed_over: bool, note_until: int, form: Form) -> None:  # noqa: FBT001
    """T2, T5: customer messages in own-channel cases, but a note elsewhere and for what a hand-over delivers."""
    chat = replace(CHAT, handed_over=handed_over, note_until=note_until)
    assert asked(V1, chat=chat, case=replace(CASE, own=own)) == new(form, V1)


def test_the_note_of_a_hand_over_ends_where_it_began() -> None:
    """T2: one note with the conversation so far; the visitor's words after it are the customer's again."""
    chat = replace(CHAT, handed_over=True, note_until=2)
    assert asked(V1, B2, V3, chat=chat) == new(Form.NOTE, V1, B2)


def test_a_visitor_who_is_not_included() -> None:
    """T1, T3: words that are not included are needed to open a case, and not shown in one."""
    rules = replace(RULES, visitor_included=False)
    assert asked(V1, rules=rules) == NOTHING
    assert asked(V1, B2, V3, rules=rules) == new(Form.NOTE, B2)


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        pytest.param(
            Facts(),
            ReadBack(Reason("P1", "it is the first delivery since the start")),
            id="not read back since the start",
        ),
        pytest.param(
            Facts(view=VIEW),
            ReadBack(Reason("P1", "it is the first delivery since the start")),
            id="nor if it was looked at",
        ),
        pytest.param(Facts(verified=True), LookAtCase(Reason("T4", "before a delivery")), id="not looked at"),
        pytest.param(
            replace(FACTS, view=CaseView("c1", deleted=True)),
            Silence(Reason("T4", "the case was deleted")),
            id="deleted",
        ),
        pytest.param(
            replace(FACTS, view=CaseView("c1", spam=True)),
            Silence(Reason("T4", "the case was marked as spam")),
            id="spam",
        ),
        pytest.param(
            replace(FACTS, view=CaseView("c1", deleted=True, spam=True, parent_id="c9")),
            Silence(Reason("T4", "the case was deleted")),
            id="all at once",
        ),
        pytest.param(
            replace(FACTS, view=CaseView("c1", parent_id="c9")),
            Follow("c9", Reason("T4", "the case was merged")),
            id="merged",
        ),
        pytest.param(
            replace(FACTS, unclear_elsewhere=NOW - 5),
            Rest(Reason("P1", "it is not known what became of a delivery of another chat"), NOW - 5),
            id="another chat has an unclear outcome",
        ),
    ],
)
def test_before_a_delivery(facts: Facts, step: Step) -> None:
    """T4, P1: before a chat's first write the case is read back, and before each one it is looked at."""
    assert asked(V1, facts=facts) == step
    assert asked(late(1), facts=facts) == (step if not isinstance(step, Send) else parked(late(1)))


HELD = replace(CHAT, last_event_at=NOW - 1799)


@pytest.mark.parametrize(
    ("chat", "step"),
    [
        pytest.param(HELD, Rest(Reason("T2", "a bot may still answer"), NOW + 1), id="one second early"),
        pytest.param(
            replace(HELD, last_event_at=NOW - 1800),
            Release(Reason("T2", "the chat has ended"), live=True),
            id="silent for ended_after",
        ),
        pytest.param(replace(HELD, closed=True), Release(Reason("T2", "the chat has ended"), live=True), id="closed"),
        pytest.param(
            replace(HELD, human=True), Release(Reason("T2", "a human operator took over"), live=True), id="a human"
        ),
        pytest.param(
            replace(HELD, asked_at=NOW - 119),
            Rest(Reason("T2", "a bot may still answer"), NOW + 1),
            id="unanswered, one second early",
        ),
        pytest.param(
            replace(HELD, asked_at=NOW - 120),
            Release(Reason("T2", "the visitor is unanswered"), live=True),
            id="the visitor is unanswered",
        ),
        pytest.param(replace(HELD, handed_over=True), new(Form.CUSTOMER, V1), id="begun already"),
    ],
)
def test_handoff(chat: ChatState, step: Step) -> None:
    """T2: with `deliver = "handoff"` nothing is written while a bot answers the visitor."""
    assert asked(V1, chat=chat, rules=replace(RULES, deliver=Deliver.HANDOFF)) == step


def test_live() -> None:
    """T2: with `deliver = "live"` nothing waits for a hand-over."""
    assert asked(V1, chat=HELD) == new(Form.CUSTOMER, V1)


RATING = visitor(1, kind=Kind.OTHER, text="[rated: 5]")


def test_what_a_visitor_did_is_no_word_of_theirs() -> None:
    """T5: a rating, say, stands in a note under the visitor's name, and not as the customer's own message."""
    words = visitor(2)
    assert asked(RATING, words) == new(Form.NOTE, RATING)
    assert asked(words, replace(RATING, seq=3)) == new(Form.CUSTOMER, words)


def test_what_a_visitor_did_opens_no_case() -> None:
    """T3: a case begins with words."""
    without = replace(CHAT, case_id="")
    assert asked(RATING, chat=without, case=None, facts=Facts()) == Rest(
        Reason("T3", "the visitor's words are not among what is to be shown")
    )
