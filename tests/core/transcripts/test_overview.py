"""What became of the chats, as far as it is recorded: outcomes, waits for a person, and who waits now (T2, C2)."""

import pytest

from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.model import Author
from chaport_sync.core.transcripts.cases import CaseRules
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.overview import Outcome, Outline, answer, delivery, outcome, overview, waits_now
from chaport_sync.core.transcripts.steps import Facts, Snapshot

NOW = 10_000.0
RULES = CaseRules(unanswered=120.0, ended_after=1800.0)
#: A chat in which the visitor wrote a minute ago, and nobody else has.
ASKED = Outline(
    "v",
    "1",
    began_at=NOW - 60,
    visitor_wrote=True,
    bot_spoke=False,
    human=False,
    closed=False,
    silenced=False,
    opened_unanswered=False,
    last_event_at=NOW - 60,
    asked_at=NOW - 60,
)
WITH_BOT = ASKED._replace(bot_spoke=True)
PERSON = ASKED._replace(human=True, asked_at=None, first_words_at=NOW - 500)


@pytest.mark.parametrize(
    ("chat", "became", "waiting"),
    [
        (ASKED, Outcome.UNANSWERED, 1),
        (ASKED._replace(closed=True), Outcome.UNANSWERED, 0),
        (ASKED._replace(silenced=True), Outcome.UNANSWERED, 0),
        (ASKED._replace(last_event_at=NOW - 1801), Outcome.UNANSWERED, 0),
        (ASKED._replace(visitor_wrote=False, asked_at=None), Outcome.SILENT, 0),
        (WITH_BOT, Outcome.BOT, 0),
        (WITH_BOT._replace(asked_at=None), Outcome.BOT, 0),
        (WITH_BOT._replace(asked_at=NOW - 120), Outcome.NOBODY_YET, 1),
        (WITH_BOT._replace(asked_at=NOW - 120, closed=True), Outcome.NOBODY_YET, 0),
        (WITH_BOT._replace(asked_at=None, opened_unanswered=True), Outcome.NOBODY_YET, 0),
        (PERSON, Outcome.PERSON, 0),
        (PERSON._replace(asked_at=NOW - 1, bot_spoke=True), Outcome.PERSON, 1),
        (PERSON._replace(opened_unanswered=True), Outcome.PERSON, 0),
    ],
)
def test_each_chat(chat: Outline, became: Outcome, waiting: int) -> None:
    """A bot has its time to answer; then a person is needed, until the chat ends or nothing is shown of it any more."""
    assert (outcome(chat, RULES, NOW), int(waits_now(chat, RULES, NOW))) == (became, waiting)


@pytest.mark.parametrize(
    ("chat", "seconds"),
    [
        (PERSON, None),
        (PERSON._replace(person_at=NOW - 200), 300.0),
        (PERSON._replace(person_at=NOW - 200, bot_at=NOW - 250), 50.0),
        (PERSON._replace(person_at=NOW - 200, bot_at=NOW - 250, unanswered_at=NOW - 240), 40.0),
        (PERSON._replace(person_at=NOW - 501), 0.0),
        (PERSON._replace(person_at=NOW - 200, human=False), None),
    ],
    ids=["unknown", "first words", "hand-off", "unanswered words", "clocks differ", "no person"],
)
def test_the_wait_for_a_person(chat: Outline, seconds: float | None) -> None:
    """It begins with what the bot left unanswered, else with its last words, else with the visitor's first."""
    assert chat.waited == seconds


def test_many_chats() -> None:
    """Outcomes are counted, waits are in order, the middle one is the median, and who asked first waits first."""
    waited = [PERSON._replace(person_at=NOW - 500 + each) for each in (30, 10, 80)]
    late = ASKED._replace(chat_id="2", asked_since=NOW - 90)
    found = overview([ASKED, *waited, late, PERSON, ASKED._replace(closed=True), WITH_BOT], RULES, NOW)
    assert found.chats == {
        Outcome.PERSON: 4,
        Outcome.BOT: 1,
        Outcome.NOBODY_YET: 0,
        Outcome.UNANSWERED: 3,
        Outcome.SILENT: 0,
    }
    assert (found.waits, found.waiting[Outcome.UNANSWERED]) == ((late, ASKED), 2)
    assert (found.waited, found.median, found.unknown, found.unanswered) == ((10.0, 30.0, 80.0), 30.0, 1, 1)
    told = "8 chats since 7: a person answered 4, a bot alone 1, 1 stayed unanswered; 2 wait now."
    assert answer(found, 7, str) == told


def test_no_chats() -> None:
    """Without a chat there is no median, and it is said that there was none."""
    found = overview([], RULES, NOW)
    assert (found.median, answer(found, 7, str)) == (None, "No chat has begun since 7.")


def line(state: LineState = LineState.NEW, error: str = "", not_before: float = 0.0) -> Line:
    """Return words of a visitor that are not shown."""
    return Line("e", 0, Author.VISITOR, "Mary", NOW - 60, "Hi", 1, state, error=error, not_before=not_before)


CHAT = ChatState("v", "1", visitor_wrote=True, due_at=NOW, last_event_at=NOW - 60)


@pytest.mark.parametrize(
    ("chat", "found", "state", "why"),
    [
        (CHAT, line(LineState.PARKED, "too long", NOW + 9), "parked", "too long"),
        (CHAT, line(LineState.SENDING, not_before=NOW + 9), "unclear", "it is being sent"),
        (CHAT, line(), "searching for a case", "the chat has no case"),
        (ChatState("v", "1", last_event_at=NOW), line(), "held back", "the visitor has not written"),
    ],
)
def test_what_is_not_shown(chat: ChatState, found: Line, state: str, why: str) -> None:
    """Each state of words on their way has its reason, a parked one Deskie's."""
    assert delivery(Snapshot(chat, None, (found,), Facts(verified=True), NOW), RULES) == (state, why)
