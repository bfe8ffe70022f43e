"""What comes before anything else: a silenced chat, and requests without an answer (T4, P1)."""

from dataclasses import replace

import pytest

from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.transcripts.next_step import due_at
from chaport_sync.core.transcripts.steps import GiveUp, ReadBack, Rest, Search, Step
from chaport_sync.core.wording import Reason
from tests.core.transcripts.conversation import CHAT, NOW, asked, bot, visitor

CASELESS = replace(CHAT, case_id="")


def sending(number: int, not_before: float, error: str = "") -> Line:
    """Return a line whose request had no answer yet."""
    return visitor(number, state=LineState.SENDING, not_before=not_before, error=error)


def parked(number: int, not_before: float) -> Line:
    """Return a line that was set aside."""
    return visitor(number, state=LineState.PARKED, not_before=not_before)


def test_silenced() -> None:
    """T4: nothing is written for a silenced chat any more, not even what was under way; why is said."""
    chat = replace(CHAT, silenced="the case was deleted", status_due="a bot answers")
    assert asked(visitor(1), sending(2, NOW), chat=chat) == Rest(Reason("T4", "the case was deleted"))


@pytest.mark.parametrize(
    ("lines", "step"),
    [
        pytest.param(
            [sending(1, NOW + 1)], Rest(Reason("P1", "it is being sent"), NOW + 1), id="its answer may still come"
        ),
        pytest.param(
            [sending(1, NOW + 1, error="no answer")],
            Rest(Reason("P1", "it is not known what became of a delivery"), NOW + 1),
            id="one second early",
        ),
        pytest.param(
            [sending(1, NOW)], ReadBack(Reason("P1", "it is not known what became of a delivery")), id="in time"
        ),
        pytest.param(
            [sending(1, NOW - 9)], ReadBack(Reason("P1", "it is not known what became of a delivery")), id="later"
        ),
        pytest.param(
            [sending(1, NOW - 9), sending(2, NOW + 5, error="no answer"), sending(3, NOW)],
            Rest(Reason("P1", "it is not known what became of a delivery"), NOW + 5),
            id="the last request of several counts",
        ),
        pytest.param(
            [sending(1, NOW), parked(2, NOW + 900), visitor(3, not_before=NOW + 900)],
            ReadBack(Reason("P1", "it is not known what became of a delivery")),
            id="only what is under way counts",
        ),
    ],
)
def test_unclear_outcome(lines: list[Line], step: Step) -> None:
    """P1: after an unclear outcome the case is read back, not before its time, and nothing is sent before."""
    assert asked(*lines, bot(9)) == step


@pytest.mark.parametrize(
    ("not_before", "search_after", "step"),
    [
        pytest.param(
            NOW + 1,
            0.0,
            Rest(Reason("P1", "it is not known whether a case was opened"), NOW + 1),
            id="the request may still be executed",
        ),
        pytest.param(
            NOW - 5,
            NOW + 1,
            Rest(Reason("P1", "it is not known whether a case was opened"), NOW + 1),
            id="the pause between two searches",
        ),
        pytest.param(
            NOW + 2,
            NOW + 1,
            Rest(Reason("P1", "it is not known whether a case was opened"), NOW + 2),
            id="the later of both",
        ),
        pytest.param(NOW, 0.0, Search(Reason("P1", "it is not known whether a case was opened")), id="in time"),
        pytest.param(
            NOW - 5,
            NOW,
            Search(Reason("P1", "it is not known whether a case was opened")),
            id="in time for the second search",
        ),
    ],
)
@pytest.mark.parametrize("searches", [0, 1])
def test_unclear_opening(not_before: float, search_after: float, step: Step, searches: int) -> None:
    """P1: after an unclear opening of a case it is searched for, twice, each time after a pause."""
    chat = replace(CASELESS, searches=searches, search_after=search_after)
    assert asked(sending(1, not_before, error="no answer"), chat=chat, case=None) == step


def test_an_opening_under_way() -> None:
    """P1: while its answer may still come nothing is wrong with it; after a search that is not said any more."""
    assert asked(sending(1, NOW + 1), chat=CASELESS, case=None) == Rest(Reason("P1", "it is being sent"), NOW + 1)
    searched = asked(sending(1, NOW + 1), chat=replace(CASELESS, searches=1), case=None)
    assert searched == Rest(Reason("P1", "it is not known whether a case was opened"), NOW + 1)


@pytest.mark.parametrize("searches", [2, 3])
def test_two_searches_found_nothing(searches: int) -> None:
    """P1: after two searches the opening counts as not executed: its lines, and no others, are new again."""
    chat = replace(CASELESS, searches=searches, search_after=NOW + 900)
    lines = [sending(1, NOW + 900), bot(2), sending(3, NOW)]
    given_up = GiveUp((lines[0], lines[2]), Reason("P1", "two searches found no case"), park=False)
    assert asked(*lines, chat=chat, case=None) == given_up


WHY = Reason("T2", "nothing to deliver")


@pytest.mark.parametrize(
    ("rest", "lines", "at"),
    [
        pytest.param(Rest(WHY), [], None, id="nothing"),
        pytest.param(Rest(WHY, NOW), [], NOW, id="its own time"),
        pytest.param(Rest(WHY), [parked(1, NOW + 5)], NOW + 5, id="a parked line's"),
        pytest.param(Rest(WHY, NOW + 9), [parked(1, NOW + 7), parked(2, NOW + 5)], NOW + 5, id="the first of all"),
        pytest.param(Rest(WHY, NOW + 1), [parked(1, NOW + 7)], NOW + 1, id="its own comes first"),
        pytest.param(Rest(WHY, 0.0), [parked(1, NOW)], 0.0, id="the beginning of time is a time"),
        pytest.param(Rest(WHY), [visitor(1, not_before=NOW)], None, id="only parked lines ask by themselves"),
    ],
)
def test_attention(rest: Rest, lines: list[Line], at: float | None) -> None:
    """P3: a chat that rests is asked again at its own time, or when a parked line is to be tried again."""
    assert due_at(rest, lines) == at
