"""What is held back while a bot talks, and until when (T2)."""

from dataclasses import replace

import pytest

from chaport_sync.core.ledger import Form, Line
from chaport_sync.core.model import Kind
from chaport_sync.core.transcripts.cases import Deliver
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.held_back import handover_at, hold_back
from chaport_sync.core.transcripts.next_step import form_of
from chaport_sync.core.transcripts.steps import Release, Rest, Send, SetStatus
from chaport_sync.core.wording import Reason
from tests.core.transcripts.conversation import CASE, CHAT, FACTS, NOW, RULES, VIEW, asked, bot, visitor

DIGEST = replace(RULES, deliver=Deliver.DIGEST, gather=60)
#: A bot talks with the visitor since half a minute.
TALK = replace(CHAT, gather_from=NOW - 30)
GATHERING = Rest(Reason("T2", "it is gathered while a bot talks"), NOW + 30)
NEW = Reason("T5", "there is something new")


@pytest.mark.parametrize(
    ("chat", "result"),
    [
        pytest.param(CHAT, (2800.0, Reason("T2", "the chat has ended")), id="silent for ended_after"),
        pytest.param(
            replace(CHAT, asked_at=1000.0), (1120.0, Reason("T2", "the visitor is unanswered")), id="unanswered"
        ),
        pytest.param(
            replace(CHAT, asked_at=1000.0, closed=True), (1050.0, Reason("T2", "the chat has ended")), id="closed"
        ),
        pytest.param(replace(CHAT, human=True), (1050.0, Reason("T2", "a human operator took over")), id="a human"),
        pytest.param(
            replace(CHAT, opened_unanswered=True),
            (1050.0, Reason("T2", "the visitor is unanswered")),
            id="was unanswered",
        ),
    ],
)
def test_handover_at(chat: ChatState, result: tuple[float, Reason]) -> None:
    """T2: a hand-over begins with a human, with the end of the chat, or with a visitor who stays unanswered."""
    assert handover_at(replace(chat, last_event_at=1000.0, visitor_wrote=True), RULES, now=1050.0) == result


@pytest.mark.parametrize(
    ("chat", "result"),
    [
        pytest.param(TALK, GATHERING, id="half a minute after the first line"),
        pytest.param(replace(TALK, gather_from=NOW - 59.5), replace(GATHERING, until=NOW + 0.5), id="nearly a minute"),
        pytest.param(
            replace(TALK, gather_from=NOW - 60),
            Release(Reason("T2", "it was gathered for long enough"), live=False),
            id="a minute",
        ),
        pytest.param(
            replace(TALK, gather_from=None),
            Release(Reason("T2", "it was gathered for long enough"), live=False),
            id="nobody knows since when",
        ),
        pytest.param(replace(TALK, asked_at=NOW - 110), replace(GATHERING, until=NOW + 10), id="soon unanswered"),
        pytest.param(
            replace(TALK, human=True), Release(Reason("T2", "a human operator took over"), live=True), id="human"
        ),
        pytest.param(replace(TALK, closed=True), Release(Reason("T2", "the chat has ended"), live=True), id="ended"),
        pytest.param(
            replace(TALK, asked_at=NOW - 120), Release(Reason("T2", "the visitor is unanswered"), live=True), id="waits"
        ),
        pytest.param(replace(TALK, handed_over=True), None, id="live from then on"),
        pytest.param(replace(TALK, case_id=""), None, id="the first words open the case"),
        pytest.param(replace(TALK, bot_spoke=False), None, id="no bot talks, so an agent must see it"),
    ],
)
def test_digest(chat: ChatState, result: Rest | Release | None) -> None:
    """T2: while only a bot talks, what follows the first words is gathered, and nothing else is."""
    assert hold_back(chat, DIGEST, NOW) == result


@pytest.mark.parametrize("deliver", list(Deliver))
def test_live(deliver: Deliver) -> None:
    """T2: only `deliver = "live"` holds nothing back."""
    rules = replace(DIGEST, deliver=deliver)
    assert (hold_back(TALK, rules, NOW) is None) is (deliver is Deliver.LIVE)


def test_what_is_released_makes_one_note() -> None:
    """T2, T5: the visitor's lines stand in it too, so that Deskie does not open the case; what follows waits again."""
    released = replace(TALK, note_until=3)
    first = [visitor(1), bot(2), visitor(3)]
    assert asked(*first, bot(4), chat=released, rules=DIGEST) == Send(Form.NOTE, tuple(first), late=False, reason=NEW)
    assert asked(bot(4), chat=released, rules=DIGEST) == GATHERING
    assert form_of(visitor(4), released, CASE) is Form.CUSTOMER


@pytest.mark.parametrize(
    ("chat", "step"),
    [
        pytest.param(
            replace(TALK, status_due="the visitor wrote"),
            SetStatus("waiting", Reason("C1", "the visitor wrote")),
            id="due",
        ),
        pytest.param(replace(TALK, asked_at=NOW - 100), replace(GATHERING, until=NOW + 20), id="until nobody answered"),
        pytest.param(TALK, GATHERING, id="nothing is due"),
    ],
)
def test_the_status_does_not_wait_for_what_is_gathered(chat: ChatState, step: SetStatus | Rest) -> None:
    """T2, C1, C4: after the first words the case is made pending, though lines are still gathered."""
    opened = replace(FACTS, view=replace(VIEW, status="open"))
    assert asked(bot(1), chat=chat, facts=opened, rules=DIGEST) == step


def test_word_about_an_answer_is_not_gathered() -> None:
    """R1: an agent must hear at once that an answer did not reach the visitor."""
    notice: Line = replace(bot(2), kind=Kind.NOTICE)
    assert asked(bot(1), notice, chat=TALK, rules=DIGEST) == Send(Form.NOTE, (notice,), late=False, reason=NEW)
