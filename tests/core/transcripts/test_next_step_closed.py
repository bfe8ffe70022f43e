"""A closed case: who writes into it, and that no visitor's words stay in it unseen (T4)."""

from dataclasses import replace

import pytest

from chaport_sync.core.ledger import Form, Line, LineState
from chaport_sync.core.model import CaseView
from chaport_sync.core.transcripts.cases import CaseRules, Deliver
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.closed_cases import without_seen_words
from chaport_sync.core.transcripts.held_back import GATHERING
from chaport_sync.core.transcripts.steps import Facts, LeaveCase, LookAtCase, Rest, Send, SetStatus, Step
from chaport_sync.core.wording import Reason
from tests.core.transcripts.conversation import CASE, CHAT, FACTS, NOW, RULES, asked, bot, visitor

ON = replace(RULES, goes_on_closed=True)
CLOSED = replace(FACTS, view=CaseView("c1", status="closed", closed_at=NOW - 50))
LEAVE = LeaveCase(Reason("T4", "the case was closed before the visitor wrote again"))
V1, B2, V3 = visitor(1), bot(2), visitor(3)
LATE = replace(V1, state=LineState.PARKED, not_before=NOW)
ANOTHERS = replace(CHAT, user_id="somebody")


def sent(form: Form, *lines: Line, late: bool = False) -> Send:
    """Return the step that sends these lines."""
    reason = Reason("P3", "it was parked before") if late else Reason("T5", "there is something new")
    return Send(form, lines, late, reason)


@pytest.mark.parametrize(
    ("chat", "case", "rules", "lines", "step"),
    [
        pytest.param(CHAT, CASE, RULES, (V1, B2), LEAVE, id="the visitor's words"),
        pytest.param(ANOTHERS, CASE, RULES, (V1,), LEAVE, id="in another customer's case"),
        pytest.param(CHAT, replace(CASE, own=False), RULES, (V1,), LEAVE, id="in a case of another channel"),
        pytest.param(CHAT, CASE, replace(RULES, own=False), (V1,), LEAVE, id="where no case may be opened"),
        pytest.param(CHAT, CASE, RULES, (B2, V3), sent(Form.NOTE, B2), id="only what comes before them"),
        pytest.param(ANOTHERS, CASE, RULES, (B2, V3), sent(Form.NOTE, B2), id="though all would be notes"),
        pytest.param(CHAT, CASE, RULES, (LATE,), sent(Form.NOTE, LATE, late=True), id="what was refused before"),
        pytest.param(CHAT, CASE, ON, (V1, B2), sent(Form.CUSTOMER, V1), id="it goes on"),
        pytest.param(ANOTHERS, CASE, ON, (B2, V3), sent(Form.NOTE, B2, V3), id="it goes on, by notes"),
    ],
)
def test_what_is_written_into_it(
    chat: ChatState, case: CaseState, rules: CaseRules, lines: tuple[Line, ...], step: Step
) -> None:
    """T4 (a): with "new" the visitor's words go elsewhere, and what follows no such words stays; or all goes on."""
    assert asked(*lines, chat=chat, case=case, facts=CLOSED, rules=rules) == step


WORDS = replace(CASE, words_at=NOW - 10, left_alone="its status was set to closed by somebody else")
REST = Reason("C5", "its status was set to closed by somebody else")
LOOK = LookAtCase(Reason("T4", "the visitor's words must not stand in a closed case"))
OPEN = SetStatus("open", Reason("T4", "it was closed when the visitor wrote"))


@pytest.mark.parametrize(
    ("lines", "chat", "case", "facts", "rules", "step"),
    [
        pytest.param((), CHAT, WORDS, CLOSED, RULES, OPEN, id="a closed case with unseen words"),
        pytest.param((B2,), CHAT, WORDS, CLOSED, RULES, OPEN, id="before anything else"),
        pytest.param((V1,), CHAT, WORDS, CLOSED, RULES, OPEN, id="before the chat leaves it"),
        pytest.param((), CHAT, replace(WORDS, own=False), CLOSED, RULES, OPEN, id="of whatever channel"),
        pytest.param((), CHAT, WORDS, CLOSED, replace(RULES, pending=False), OPEN, id="whoever sets statuses"),
        pytest.param((), CHAT, replace(WORDS, words_at=0.0), CLOSED, RULES, Rest(REST), id="no unseen words"),
        pytest.param(
            (),
            CHAT,
            WORDS,
            replace(CLOSED, opening_refused_until=NOW + 9),
            RULES,
            Rest(REST, NOW + 50),
            id="Deskie has refused, and the look is later",
        ),
        pytest.param(
            (),
            CHAT,
            WORDS,
            replace(CLOSED, opening_refused_until=NOW + 99),
            RULES,
            Rest(REST, NOW + 99),
            id="Deskie has refused",
        ),
        pytest.param((), CHAT, WORDS, replace(CLOSED, opening_refused_until=NOW), ON, OPEN, id="a while ago"),
    ],
)
def test_it_is_opened(
    lines: tuple[Line, ...], chat: ChatState, case: CaseState, facts: Facts, rules: CaseRules, step: Step
) -> None:
    """T4 (a): a case that was closed before the visitor's words is set to open, whoever else decides about it."""
    assert asked(*lines, chat=chat, case=case, facts=facts, rules=rules) == step


UNSEEN = replace(FACTS, view=None)


@pytest.mark.parametrize(
    ("words_at", "rules", "step"),
    [
        pytest.param(0.0, RULES, Rest(REST), id="no words"),
        pytest.param(NOW, RULES, Rest(REST, NOW + 60), id="just now"),
        pytest.param(NOW - 59, RULES, Rest(REST, NOW + 1), id="one second early"),
        pytest.param(NOW - 60, RULES, LOOK, id="a minute ago"),
        pytest.param(NOW - 9999, RULES, LOOK, id="long ago"),
        pytest.param(NOW + 2, RULES, Rest(REST, NOW + 62), id="by a clock that is ahead"),
        pytest.param(NOW + 60, RULES, LOOK, id="by a clock that is far ahead"),
        pytest.param(NOW, ON, LOOK, id="where closed cases go on"),
    ],
)
def test_it_is_looked_at_after_the_words(words_at: float, rules: CaseRules, step: Step) -> None:
    """T4 (a): the closing may have crossed the words; if nothing looks before, the case is looked at after a minute."""
    assert asked(case=replace(WORDS, words_at=words_at), facts=UNSEEN, rules=rules) == step


@pytest.mark.parametrize(
    ("words_at", "gather", "step"),
    [
        pytest.param(NOW - 30, 60.0, Rest(GATHERING, NOW + 50), id="they go in soon"),
        pytest.param(NOW - 30, 100.0, Rest(GATHERING, NOW + 90), id="just soon enough"),
        pytest.param(NOW - 70, 60.0, Rest(GATHERING, NOW + 50), id="said long ago"),
        pytest.param(NOW - 30, 120.0, Rest(GATHERING, NOW + 30), id="they go in late"),
        pytest.param(NOW - 70, 120.0, LOOK, id="later than that"),
    ],
)
def test_the_look_before_what_is_gathered_serves(words_at: float, gather: float, step: Step) -> None:
    """T4 (a), T2: lines that are gathered go in after a look at the case; it may come a minute late, not more."""
    chat = replace(CHAT, case_id="c1", gather_from=NOW - 10, bot_spoke=True, last_event_at=NOW)
    rules = replace(RULES, deliver=Deliver.DIGEST, gather=gather)
    case = replace(CASE, words_at=words_at)
    assert asked(bot(1), chat=chat, case=case, facts=UNSEEN, rules=rules) == step


def test_what_comes_first_comes_first() -> None:
    """T4 (a), C2: a look that is due later does not put off what is due before, nor the other way round."""
    case = replace(CASE, words_at=NOW - 10)
    for asked_at, until in ((NOW - 110, NOW + 10), (NOW, NOW + 50)):
        step = asked(chat=replace(CHAT, asked_at=asked_at), case=case, facts=UNSEEN)
        assert step == Rest(Reason("T2", "nothing to deliver"), until)


def test_a_look_for_another_reason_serves() -> None:
    """T4 (a): no case is read twice, if its status is due after the words."""
    step = asked(chat=replace(CHAT, status_due="the visitor wrote"), case=replace(WORDS, left_alone=""), facts=UNSEEN)
    assert step == LookAtCase(Reason("C4", "before its status is set"))


@pytest.mark.parametrize(
    ("view", "words_at"),
    [
        pytest.param(CaseView("c1", status="open"), 0.0, id="open"),
        pytest.param(CaseView("c1", status="waiting"), 0.0, id="pending"),
        pytest.param(CaseView("c1", status="closed", closed_at=NOW - 11), NOW - 10, id="closed before them"),
        pytest.param(CaseView("c1", status="closed", closed_at=NOW - 10), NOW - 10, id="closed in the same second"),
        pytest.param(CaseView("c1", status="closed", closed_at=NOW - 9), 0.0, id="closed after them"),
        pytest.param(CaseView("c1", status="closed"), NOW - 10, id="closed, nobody knows when"),
        pytest.param(CaseView("c1", status="closed", parent_id="c9"), 0.0, id="merged, which closes it"),
    ],
)
def test_who_has_seen_the_words(view: CaseView, words_at: float) -> None:
    """T4 (a), C5: whoever closes a case with the words in it has seen them, and is not worked against."""
    assert without_seen_words(WORDS, view) == replace(WORDS, words_at=words_at)
