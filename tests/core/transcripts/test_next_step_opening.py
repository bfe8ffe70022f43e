"""How a chat comes to a case: searched for, opened with the visitor's first words, or waited for (T3, T4, P3)."""

from dataclasses import replace

import pytest

from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.transcripts.cases import CaseRules, Deliver
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.steps import Facts, GiveUp, OpenCase, Release, Rest, Search, Step
from chaport_sync.core.wording import Reason
from tests.core.transcripts.conversation import CHAT, NOW, RULES, asked, bot, visitor

CASELESS = replace(CHAT, case_id="", bot_spoke=False)
SEARCHED = Facts(searched=True)
OTHERS = replace(RULES, own=False)
FIRST_WORDS = Reason("T3", "the visitor's first words")
V1, V2, V3, B1, B2, B3 = visitor(1), visitor(2), visitor(3), bot(1), bot(2), bot(3)
BAD = visitor(2, rejections=1)


def late(given: Line) -> Line:
    """Return a line as parked and due."""
    return replace(given, state=LineState.PARKED, not_before=NOW)


@pytest.mark.parametrize("facts", [Facts(), SEARCHED], ids=["not searched", "searched"])
@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        pytest.param([], Reason("T2", "nothing to deliver"), id="nothing said"),
        pytest.param([B1], Reason("T3", "the visitor has not written"), id="greeted by a bot"),
        pytest.param([late(B1)], Reason("T3", "the visitor has not written"), id="greetings that were parked"),
    ],
)
def test_greetings_open_nothing(facts: Facts, lines: list[Line], reason: Reason) -> None:
    """T3: a case is opened only once the visitor has written."""
    chat = replace(CASELESS, visitor_wrote=False)
    assert asked(*lines, chat=chat, case=None, facts=facts) == Rest(reason)


@pytest.mark.parametrize(
    ("search_after", "step"),
    [
        pytest.param(0.0, Search(Reason("T4", "the chat has no case")), id="never searched"),
        pytest.param(NOW, Search(Reason("T4", "the chat has no case")), id="after the pause"),
        pytest.param(NOW + 1, Rest(Reason("T4", "waiting for a case of the visitor"), NOW + 1), id="one second early"),
    ],
)
@pytest.mark.parametrize("rules", [RULES, OTHERS], ids=["own", "others"])
def test_a_case_is_searched_for_first(search_after: float, step: Step, rules: CaseRules) -> None:
    """T4: before a case is opened or waited for, the visitor's is searched, with growing pauses."""
    chat = replace(CASELESS, search_after=search_after)
    assert asked(V1, chat=chat, case=None, facts=Facts(), rules=rules) == step


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        pytest.param([V1], (V1,), id="the first words"),
        pytest.param([B1, V2, V3], (V2, V3), id="the bot's lines follow as a note"),
        pytest.param([V1, B2, V3], (V1,), id="until somebody answers"),
        pytest.param([V1, BAD, V3], (V1,), id="what was rejected does not take others along"),
        pytest.param([BAD, V3], (BAD,), id="and goes alone"),
        pytest.param([B1, late(V2), B3], (late(V2),), id="parked words, where the new ones are the bot's"),
        pytest.param([late(V1), B2, V3], (V3,), id="new words before parked ones"),
        pytest.param([late(B1), late(V2), late(V3)], (late(V2), late(V3)), id="all parked"),
    ],
)
def test_the_first_message(lines: list[Line], words: tuple[Line, ...]) -> None:
    """T3: the visitor's first words are the case's first message."""
    assert asked(*lines, chat=CASELESS, case=None, facts=SEARCHED) == OpenCase(words, FIRST_WORDS)


def test_the_first_message_of_a_visitor_who_is_not_included() -> None:
    """T3: the visitor's first words open the case whatever `include` says; no more of them than it needs."""
    rules = replace(RULES, visitor_included=False)
    assert asked(B1, V2, V3, chat=CASELESS, case=None, facts=SEARCHED, rules=rules) == OpenCase((V2,), FIRST_WORDS)


@pytest.mark.parametrize("facts", [Facts(), SEARCHED], ids=["not searched", "searched"])
@pytest.mark.parametrize("lines", [[B1], [late(B1)], [B1, late(B2)]], ids=["new", "parked", "both"])
def test_no_words_to_open_a_case_with(facts: Facts, lines: list[Line]) -> None:
    """T3: words from before the first start are not shown, and nothing else can open a case."""
    rest = Rest(Reason("T3", "the visitor's words are not among what is to be shown"))
    assert asked(*lines, chat=CASELESS, case=None, facts=facts) == rest


@pytest.mark.parametrize(
    ("until", "step"),
    [
        pytest.param(NOW + 1, Rest(Reason("P3", "Deskie lets no case be opened"), NOW + 1), id="one second early"),
        pytest.param(NOW, OpenCase((V1,), FIRST_WORDS), id="the pause is over"),
    ],
)
def test_opening_pauses(until: float, step: Step) -> None:
    """P3: a rejection that concerns every case pauses opening cases."""
    assert asked(V1, chat=CASELESS, case=None, facts=replace(SEARCHED, opening_paused_until=until)) == step


@pytest.mark.parametrize(
    ("since", "lines", "step"),
    [
        pytest.param(
            None, [V1], Rest(Reason("T4", "waiting for a case of the visitor"), NOW + 20), id="the wait begins"
        ),
        pytest.param(
            NOW - 3599, [V1], Rest(Reason("T4", "waiting for a case of the visitor"), NOW + 20), id="one second early"
        ),
        pytest.param(
            NOW - 3600,
            [V1, B2],
            GiveUp((V1, B2), Reason("T4", "no case of the visitor was found"), park=True),
            id="too long",
        ),
        pytest.param(
            NOW - 3600,
            [B1, late(V2)],
            GiveUp((B1,), Reason("T4", "no case of the visitor was found"), park=True),
            id="parked ones stay so",
        ),
        pytest.param(
            NOW - 5,
            [late(V1), late(B2)],
            GiveUp((late(V1), late(B2)), Reason("T4", "no case of the visitor was found"), park=True),
            id="again",
        ),
        pytest.param(
            None,
            [late(B1)],
            GiveUp((late(B1),), Reason("T4", "no case of the visitor was found"), park=True),
            id="parked ones do not wait",
        ),
        pytest.param(
            0.0,
            [V1],
            GiveUp((V1,), Reason("T4", "no case of the visitor was found"), park=True),
            id="since the beginning of time",
        ),
    ],
)
def test_waiting_for_a_case(since: float | None, lines: list[Line], step: Step) -> None:
    """T4: with `cases.create = false` deliveries wait at most `cases.wait` for a case, and are then parked."""
    chat = replace(CASELESS, waiting_since=since, search_after=NOW + 20)
    assert asked(*lines, chat=chat, case=None, facts=SEARCHED, rules=OTHERS) == step


def test_no_wait_at_all() -> None:
    """T4: with `cases.wait = 0` what has no case is parked at once."""
    step = asked(V1, chat=CASELESS, case=None, facts=SEARCHED, rules=replace(OTHERS, wait=0))
    assert step == GiveUp((V1,), Reason("T4", "no case of the visitor was found"), park=True)


@pytest.mark.parametrize(
    ("chat", "facts", "step"),
    [
        pytest.param(
            replace(CASELESS, visitor_wrote=False),
            SEARCHED,
            Rest(Reason("T3", "the visitor has not written")),
            id="greetings do not wait for a hand-over",
        ),
        pytest.param(
            CASELESS,
            SEARCHED,
            Rest(Reason("T2", "a bot may still answer"), NOW + 1790),
            id="a bot may still answer",
        ),
        pytest.param(
            replace(CASELESS, human=True),
            SEARCHED,
            Release(Reason("T2", "a human operator took over"), live=True),
            id="a human",
        ),
        pytest.param(
            replace(CASELESS, handed_over=True),
            replace(SEARCHED, unclear_elsewhere=NOW + 9),
            Rest(Reason("P1", "it is not known what became of a delivery of another chat"), NOW + 9),
            id="another chat's opening is unclear",
        ),
    ],
)
def test_what_comes_before_a_case(chat: ChatState, facts: Facts, step: Step) -> None:
    """T2, T3, P1: a case is not even searched for before anything may be written."""
    rules = replace(RULES, deliver=Deliver.HANDOFF)
    assert asked(B1, V2, chat=chat, case=None, facts=facts, rules=rules) == step


ANSWERED = replace(CASELESS, bot_spoke=True)


@pytest.mark.parametrize(
    ("chat", "facts", "rules", "words", "status"),
    [
        pytest.param(ANSWERED, SEARCHED, RULES, V1, "waiting", id="a bot has spoken"),
        pytest.param(CASELESS, SEARCHED, RULES, V1, "", id="no bot has"),
        pytest.param(ANSWERED, SEARCHED, replace(RULES, pending=False), V1, "", id="pending is off"),
        pytest.param(replace(ANSWERED, human=True), SEARCHED, RULES, V1, "", id="a human takes part"),
        pytest.param(
            replace(ANSWERED, human=True),
            SEARCHED,
            replace(RULES, reopen_on_handoff=False),
            V1,
            "",
            id="a human takes part, which opens no case",
        ),
        pytest.param(replace(ANSWERED, asked_at=NOW - 119), SEARCHED, RULES, V1, "waiting", id="the wait is short yet"),
        pytest.param(replace(ANSWERED, asked_at=NOW - 120), SEARCHED, RULES, V1, "", id="the visitor waits too long"),
        pytest.param(replace(ANSWERED, opened_unanswered=True), SEARCHED, RULES, V1, "", id="waited too long before"),
        pytest.param(ANSWERED, replace(SEARCHED, pending_refused=True), RULES, V1, "", id="the channel refuses it"),
        pytest.param(ANSWERED, SEARCHED, RULES, visitor(1, rejections=1), "", id="these words were rejected before"),
    ],
)
def test_the_status_of_an_opening(chat: ChatState, facts: Facts, rules: CaseRules, words: Line, status: str) -> None:
    """C1: where a bot spoke before, the case is opened as pending; what holds for its status later holds here too."""
    step = asked(words, chat=chat, case=None, facts=facts, rules=rules)
    assert step == OpenCase((words,), FIRST_WORDS, status)
