"""What is remembered of a chat after a reading, and which of its lines are ours to display (T2, T6, C2)."""

from dataclasses import replace

import pytest

from chaport_sync.core.ledger import Line
from chaport_sync.core.model import Author, Chat, Visitor
from chaport_sync.core.transcripts.chats import CaseState, ChatState, merge, merge_again, to_mirror
from chaport_sync.core.transcripts.reading import Reading
from chaport_sync.core.transcripts.watch import WatchRules

NOW = 1_800_000_000.0
RULES = WatchRules(poll=20, idle_poll=300, unanswered=120)
MARY = Visitor("v1", "Mary", "mary@mail.example", "+1 555")
CHAT = Chat("v1", "7", page="https://acme.example/")
#: Read a minute ago, when all was known of it and nothing was due.
KNOWN = ChatState(
    "v1",
    "7",
    since=NOW - 900,
    visitor_name="Mary",
    visitor_email="mary@mail.example",
    visitor_phone="+1 555",
    page="https://acme.example/",
    bot_name="Robin",
    last_event_at=NOW - 100,
    visitor_wrote=True,
    bot_spoke=True,
    human=True,
    case_id="c1",
)


def merged(state: ChatState, reading: Reading, chat: Chat = CHAT, visitor: Visitor = MARY) -> ChatState:
    """Take a reading over."""
    return merge(state, chat, visitor, reading, RULES, NOW)


def test_a_chat_and_a_case_met_for_the_first_time() -> None:
    """T2, T4, T6: nothing is known, due, sent or waited for; a case is taken for one of our own channel."""
    assert ChatState("v1", "7") == ChatState(
        "v1",
        "7",
        since=0,
        visitor_name="",
        visitor_email="",
        visitor_phone="",
        page="",
        bot_name="",
        closed=False,
        last_event_at=0,
        next_read_at=None,
        due_at=None,
        visitor_wrote=False,
        bot_spoke=False,
        human=False,
        asked_at=None,
        handed_over=False,
        note_until=0,
        case_id="",
        introduced=False,
        silenced="",
        opened_unanswered=False,
        status_due="",
        waiting_since=None,
        search_after=0,
        searches=0,
    )
    assert CaseState("c1") == CaseState("c1", "", True, "", "", False, "", ())  # noqa: FBT003 - all parts in their order


def test_a_first_reading() -> None:
    """T2, T5, T7: all that a reading tells is taken over, and when the chat is read and looked after again."""
    reading = Reading(
        visitor_wrote=True, bot_spoke=True, human=True, asked_at=NOW - 40, last_event_at=NOW - 40, bot_name="Robin"
    )
    assert merged(ChatState("v1", "7", since=5.0), reading, replace(CHAT, stage="closed")) == ChatState(
        "v1",
        "7",
        since=5.0,
        visitor_name="Mary",
        visitor_email="mary@mail.example",
        visitor_phone="+1 555",
        page="https://acme.example/",
        bot_name="Robin",
        closed=True,
        last_event_at=NOW - 40,
        next_read_at=NOW + 30,
        due_at=NOW,
        visitor_wrote=True,
        bot_spoke=True,
        human=True,
        asked_at=NOW - 40,
    )


def test_a_reading_that_tells_less() -> None:
    """T5, C2: what was known stays known; that nobody waits and the chat is open again is news."""
    before = replace(KNOWN, closed=True, asked_at=NOW - 100, status_due="the visitor wrote")
    after = merged(before, Reading(), Chat("v1", "7"), Visitor("v1"))
    assert after == replace(before, closed=False, asked_at=None, next_read_at=NOW + 90, due_at=NOW)


@pytest.mark.parametrize(
    ("before", "after"), [(None, NOW), (NOW + 60, NOW), (NOW - 60, NOW - 60)], ids=["not due", "due later", "due"]
)
def test_its_place_in_the_queue(before: float | None, after: float) -> None:
    """P9: what is read is due now; a chat that waits for its turn already keeps its place."""
    assert merged(replace(KNOWN, due_at=before), Reading()).due_at == after


def test_closed_chats_are_read_no_longer_than_a_day() -> None:
    """T7: whether a chat is closed decides how long it is watched."""
    state = replace(KNOWN, last_event_at=NOW - 86400)
    assert merged(state, Reading(), replace(CHAT, stage="closed")).next_read_at is None
    assert merged(state, Reading()).next_read_at == NOW + 290


def test_a_chat_is_read_when_the_wait_becomes_too_long() -> None:
    """T7, C2: while the visitor waits the chat is read again before the case is opened."""
    reading = Reading(asked_at=NOW - 110, last_event_at=NOW - 110)
    assert merged(KNOWN, reading).next_read_at == NOW + 10


def test_what_is_known_is_replaced() -> None:
    """T5: newer particulars replace older ones."""
    sue = Visitor("v1", "Sue", "sue@mail.example", "+1 556")
    after = merged(KNOWN, Reading(bot_name="Sam"), replace(CHAT, page="https://acme.example/buy"), sue)
    assert (after.visitor_name, after.visitor_email, after.visitor_phone, after.page, after.bot_name) == (
        "Sue",
        "sue@mail.example",
        "+1 556",
        "https://acme.example/buy",
        "Sam",
    )


@pytest.mark.parametrize(("extra", "end"), [pytest.param(0, "x", id="fits"), pytest.param(1, "…", id="one too many")])
def test_particulars_are_bounded(extra: int, end: str) -> None:
    """T5: name, e-mail, phone and page take no more room at the top of a note than 80, 120, 40 and 300 characters."""
    name, email, phone, page = ("x" * (limit + extra) for limit in (80, 120, 40, 300))
    after = merged(KNOWN, Reading(), replace(CHAT, page=page), Visitor("v1", name, email, phone))
    found = [after.visitor_name, after.visitor_email, after.visitor_phone, after.page]
    assert [(len(each), each[-1]) for each in found] == [(80, end), (120, end), (40, end), (300, end)]


@pytest.mark.parametrize(
    ("before", "told", "after"),
    [
        pytest.param(NOW - 100, NOW - 5, NOW - 5, id="something new"),
        pytest.param(NOW - 100, 0.0, 0.0, id="a clock that is wrong"),
        pytest.param(NOW - 100, None, NOW - 100, id="no event has a time"),
        pytest.param(0.0, None, NOW, id="none has ever had one"),
    ],
)
def test_the_last_event(before: float, told: float | None, after: float) -> None:
    """T2, T7: how long a chat is silent counts from its newest event, or from when it was met."""
    assert merged(replace(KNOWN, last_event_at=before), Reading(last_event_at=told)).last_event_at == after


@pytest.mark.parametrize(
    ("before", "told", "last_event", "after"),
    [
        pytest.param(None, NOW - 5, NOW - 5, NOW - 5, id="the visitor asks"),
        pytest.param(NOW - 50, NOW - 5, NOW - 5, NOW - 5, id="and asks again"),
        pytest.param(NOW - 50, None, NOW - 5, None, id="somebody answered"),
        pytest.param(None, NOW, None, NOW, id="asks without a time: now"),
        pytest.param(NOW - 50, NOW, None, NOW - 50, id="a later reading does not prolong the wait"),
        pytest.param(NOW + 50, NOW, None, NOW, id="the clock was stepped back"),
    ],
)
def test_how_long_the_visitor_waits(
    before: float | None, told: float | None, last_event: float | None, after: float | None
) -> None:
    """C2: since the visitor's last words that nobody answered; without times since they were first seen."""
    reading = Reading(asked_at=told, last_event_at=last_event)
    assert merged(replace(KNOWN, asked_at=before), reading).asked_at == after


NEITHER = replace(KNOWN, bot_spoke=False, human=False)


@pytest.mark.parametrize(
    ("state", "reading", "due"),
    [
        pytest.param(NEITHER, Reading(bot_spoke=True), "a bot answers", id="a bot"),
        pytest.param(NEITHER, Reading(human=True), "a human operator took over", id="a human"),
        pytest.param(NEITHER, Reading(bot_spoke=True, human=True), "a human operator took over", id="both"),
        pytest.param(NEITHER, Reading(), "", id="neither"),
        pytest.param(KNOWN, Reading(bot_spoke=True, human=True), "", id="both were known"),
        pytest.param(replace(KNOWN, human=False), Reading(bot_spoke=True), "", id="the bot goes on"),
        pytest.param(replace(KNOWN, status_due="the visitor wrote"), Reading(), "the visitor wrote", id="due before"),
        pytest.param(replace(NEITHER, case_id=""), Reading(bot_spoke=True, human=True), "", id="there is no case yet"),
    ],
)
def test_the_status_becomes_due(state: ChatState, reading: Reading, due: str) -> None:
    """C1, C2: the case's status is looked at when a bot begins to answer and when a human takes part."""
    assert merged(state, reading).status_due == due


def line(author: Author, at: float) -> Line:
    """Return a line of this author at this time."""
    return Line(f"{author}{at}", 0, author, "", at, "text")


BEFORE, AT, AFTER = (line(Author.BOT, NOW + second) for second in (-1, 0, 1))
WORDS = line(Author.VISITOR, NOW + 2)


@pytest.mark.parametrize(
    ("case_id", "included", "lines"),
    [
        pytest.param("", True, [AT, AFTER, WORDS], id="all are included"),
        pytest.param("c1", True, [AT, AFTER, WORDS], id="in a case too"),
        pytest.param("", False, [AT, AFTER, WORDS], id="the visitor's words are needed for a case"),
        pytest.param("c1", False, [AT, AFTER], id="and only for that"),
    ],
)
def test_what_is_ours_to_display(case_id: str, included: bool, lines: list[Line]) -> None:  # noqa: FBT001 - a table
    """T3, T6: events from before the start are not mirrored; the visitor's words open a case whatever is included."""
    state = ChatState("v1", "7", since=NOW, case_id=case_id)
    reading = Reading(lines=(BEFORE, AT, AFTER, WORDS))
    assert to_mirror(state, reading, visitor_included=included) == lines


def test_a_chat_is_known_by_its_visitor_and_its_id() -> None:
    """T7: chat ids are unique only per visitor."""
    assert KNOWN.key == ("v1", "7")


@pytest.mark.parametrize(
    ("last_event_at", "closed", "asked_at", "next_read_at"),
    [
        pytest.param(900.0, False, None, 1090.0, id="as long as it was silent, half a poll less"),
        pytest.param(900.0, False, 950.0, 1070.0, id="when the wait becomes too long"),
        pytest.param(1000.0 - 86400, False, None, 1290.0, id="after a day"),
        pytest.param(1000.0 - 86400, True, None, None, id="a day after its end"),
    ],
)
def test_an_unchanged_chat_is_read_again(
    last_event_at: float,
    closed: bool,  # noqa: FBT001 - a table
    asked_at: float | None,
    next_read_at: float | None,
) -> None:
    """T7: the pause grows with the silence; nothing else of the chat changes."""
    state = ChatState("v1", "7", last_event_at=last_event_at, closed=closed, asked_at=asked_at, next_read_at=1.0)
    assert merge_again(state, RULES, 1000.0) == replace(state, next_read_at=next_read_at)
