"""The status of a case: written last, verified, and never against a person (C1 to C5)."""

from dataclasses import replace

import pytest

from chaport_sync.core.model import CaseView
from chaport_sync.core.transcripts.cases import CaseRules, Deliver
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.steps import Facts, Follow, LookAtCase, Rest, SetStatus, Silence, StatusSettled, Step
from chaport_sync.core.wording import Reason
from tests.core.transcripts.conversation import CASE, CHAT, FACTS, NOW, RULES, VIEW, asked, visitor

WROTE = "the visitor wrote"
DUE = replace(CHAT, status_due=WROTE)
OPEN = replace(FACTS, view=CaseView("c1", status="open"))
UNANSWERED = Reason("C2", "the visitor is unanswered")
NOT_OURS = Reason("C1", "the status of this case is not ours")


@pytest.mark.parametrize(
    ("case", "facts", "rules", "reason"),
    [
        pytest.param(replace(CASE, own=False), OPEN, RULES, NOT_OURS, id="a case of another channel"),
        pytest.param(CASE, OPEN, replace(RULES, pending=False), NOT_OURS, id="pending is off"),
        pytest.param(
            replace(CASE, left_alone="an agent is assigned"),
            OPEN,
            RULES,
            Reason("C5", "an agent is assigned"),
            id="a person",
        ),
    ],
)
@pytest.mark.parametrize("asked_at", [None, NOW - 500], ids=["nobody waits", "the visitor waits too long"])
def test_not_ours(case: CaseState, facts: Facts, rules: CaseRules, reason: Reason, asked_at: float | None) -> None:
    """C1, C4, C5: only own-channel cases, only where enabled and not refused, and never against a person."""
    chat = replace(CHAT, asked_at=asked_at)
    assert asked(case=case, facts=facts, rules=rules, chat=chat) == Rest(reason)
    due = replace(chat, status_due=WROTE)
    assert asked(case=case, facts=facts, rules=rules, chat=due) == StatusSettled(reason)


@pytest.mark.parametrize(
    ("asked_at", "step"),
    [
        pytest.param(None, Rest(Reason("T2", "nothing to deliver")), id="nobody waits"),
        pytest.param(NOW - 119, Rest(Reason("T2", "nothing to deliver"), NOW + 1), id="one second early"),
        pytest.param(NOW - 120, StatusSettled(UNANSWERED, unanswered=True), id="unanswered"),
        pytest.param(NOW - 500, StatusSettled(UNANSWERED, unanswered=True), id="for long"),
    ],
)
def test_a_visitor_who_waits(asked_at: float | None, step: Step) -> None:
    """C2: a customer who waits longer than `pending.unanswered` for a person must never be hidden."""
    assert asked(chat=replace(CHAT, asked_at=asked_at)) == step


WAITS = replace(CHAT, opened_unanswered=True, asked_at=NOW - 900)


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        pytest.param(
            replace(FACTS, view=None), LookAtCase(Reason("C4", "before its status is set")), id="not looked at"
        ),
        pytest.param(OPEN, Rest(Reason("C2", "the visitor waits in an open case"), NOW + 900), id="still open"),
        pytest.param(FACTS, SetStatus("open", UNANSWERED), id="hidden meanwhile"),
        pytest.param(
            replace(FACTS, view=CaseView("c1", parent_id="c2")),
            Follow("c2", Reason("T4", "the case was merged")),
            id="merged meanwhile",
        ),
    ],
)
def test_who_waits_is_not_lost_sight_of(facts: Facts, step: Step) -> None:
    """C2: the case of a customer who waits is looked at again, the later the longer the wait: people may merge it."""
    assert asked(chat=WAITS, facts=facts) == step


@pytest.mark.parametrize(("waited", "pause"), [(0, 600), (600, 600), (601, 601), (86400, 86400)])
def test_when_it_is_looked_at_again(waited: float, pause: float) -> None:
    """C2: after as long as the wait so far, at least ten minutes."""
    step = asked(chat=replace(WAITS, asked_at=NOW - waited), facts=OPEN)
    assert step == Rest(Reason("C2", "the visitor waits in an open case"), NOW + pause)


def test_who_was_answered_is_not_looked_after() -> None:
    """C2: once somebody has answered there is nobody to be hidden."""
    assert asked(chat=replace(WAITS, asked_at=None), facts=OPEN) == Rest(Reason("T2", "nothing to deliver"))


def test_unanswered_comes_before_what_is_due() -> None:
    """C2: a wait that became too long is settled before the status is written, so that it opens the case."""
    step = asked(chat=replace(DUE, asked_at=NOW - 120), facts=OPEN)
    assert step == StatusSettled(UNANSWERED, unanswered=True)


def test_settled_does_not_mean_unanswered() -> None:
    """C2: only the wait that became too long says that the visitor is unanswered."""
    assert StatusSettled(NOT_OURS) == StatusSettled(NOT_OURS, unanswered=False)


@pytest.mark.parametrize(
    ("chat", "facts", "step"),
    [
        pytest.param(DUE, OPEN, SetStatus("waiting", Reason("C1", WROTE)), id="a bot answers, the case is open"),
        pytest.param(DUE, FACTS, StatusSettled(Reason("C4", "its status is waiting")), id="it is so already"),
        pytest.param(
            replace(DUE, asked_at=NOW - 119),
            OPEN,
            SetStatus("waiting", Reason("C1", WROTE)),
            id="the wait is short yet",
        ),
        pytest.param(
            replace(DUE, bot_spoke=False), FACTS, SetStatus("open", Reason("C2", WROTE)), id="no bot has spoken"
        ),
        pytest.param(replace(DUE, human=True), FACTS, SetStatus("open", Reason("C2", WROTE)), id="a human took over"),
        pytest.param(
            replace(DUE, human=True), OPEN, StatusSettled(Reason("C4", "its status is open")), id="it is open already"
        ),
        pytest.param(
            replace(DUE, opened_unanswered=True), FACTS, SetStatus("open", Reason("C2", WROTE)), id="it stays open"
        ),
        pytest.param(CHAT, OPEN, Rest(Reason("T2", "nothing to deliver")), id="nothing is due"),
    ],
)
def test_the_status_that_is_due(chat: ChatState, facts: Facts, step: Step) -> None:
    """C1, C2: pending while a bot answers and no human takes part, else open; compared with what it is."""
    assert asked(chat=chat, facts=facts) == step


@pytest.mark.parametrize(
    ("chat", "facts", "step"),
    [
        pytest.param(DUE, FACTS, SetStatus("open", Reason("C2", WROTE)), id="it must not be hidden"),
        pytest.param(DUE, OPEN, StatusSettled(Reason("C4", "its status is open")), id="it is not"),
        pytest.param(
            replace(DUE, human=True), OPEN, StatusSettled(Reason("C4", "its status is open")), id="a human took over"
        ),
    ],
)
def test_another_visitor_waits_in_the_same_case(chat: ChatState, facts: Facts, step: Step) -> None:
    """C2: a case that was opened for another chat's visitor, who waits still, is not set to pending."""
    assert asked(chat=chat, facts=replace(facts, waits_elsewhere=True)) == step


@pytest.mark.parametrize(
    ("chat", "facts", "step"),
    [
        pytest.param(
            DUE,
            replace(OPEN, pending_refused=True),
            StatusSettled(Reason("C4", "the channel lets no case be pending")),
            id="pending, in a channel that refuses it",
        ),
        pytest.param(
            replace(DUE, human=True),
            replace(FACTS, pending_refused=True),
            SetStatus("open", Reason("C2", WROTE)),
            id="open, there",
        ),
        pytest.param(
            replace(DUE, human=True),
            replace(FACTS, opening_refused_until=NOW + 1),
            Rest(Reason("C4", "Deskie refused to open the case"), NOW + 1),
            id="open, refused lately",
        ),
        pytest.param(
            replace(DUE, human=True),
            replace(FACTS, opening_refused_until=NOW),
            SetStatus("open", Reason("C2", WROTE)),
            id="open, refused a while ago",
        ),
        pytest.param(
            DUE,
            replace(OPEN, opening_refused_until=NOW + 1),
            SetStatus("waiting", Reason("C1", WROTE)),
            id="pending",
        ),
    ],
)
def test_refused_before(chat: ChatState, facts: Facts, step: Step) -> None:
    """C4: a channel that refuses `waiting` is not asked for it; opening a case is put off, not given up."""
    assert asked(chat=chat, facts=facts) == step


def test_without_reopening() -> None:
    """C2: without `reopen_on_handoff` a human operator changes nothing, and the case is not looked at."""
    rules = replace(RULES, reopen_on_handoff=False)
    step = asked(chat=replace(DUE, human=True), facts=Facts(), rules=rules)
    assert step == StatusSettled(Reason("C2", "a human operator takes part"))


@pytest.mark.parametrize(
    ("view", "step"),
    [
        pytest.param(None, LookAtCase(Reason("C4", "before its status is set")), id="not looked at"),
        pytest.param(replace(VIEW, deleted=True), Silence(Reason("T4", "the case was deleted")), id="deleted"),
        pytest.param(replace(VIEW, spam=True), Silence(Reason("T4", "the case was marked as spam")), id="spam"),
        pytest.param(replace(VIEW, parent_id="c9"), Follow("c9", Reason("T4", "the case was merged")), id="merged"),
    ],
)
def test_before_its_status(view: CaseView | None, step: Step) -> None:
    """T4, C4: before the status is written the case is looked at, read back or not."""
    assert asked(chat=DUE, facts=Facts(view=view)) == step


def test_the_status_is_written_last() -> None:
    """C4: not before everything else was delivered."""
    rules = replace(RULES, deliver=Deliver.HANDOFF)
    assert asked(visitor(1), chat=DUE, facts=OPEN, rules=rules) == Rest(
        Reason("T2", "a bot may still answer"), NOW + 1790
    )
