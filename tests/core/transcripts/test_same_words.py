"""Words without a time and without a reference: looked up, they are found as if one looked through everything (P1)."""

from collections.abc import Sequence
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.model import Author, Message
from chaport_sync.core.skew import CLOCK_SKEW
from chaport_sync.core.text import compared_lines
from chaport_sync.core.transcripts.same_words import AGENTS, CUSTOMERS, Candidate, Window, said

AT = 1_800_000_000.0


def candidate(number: int, text: str, at: float | None = AT, accounted: int = 0) -> Candidate:
    """Return a customer's message."""
    return Candidate(Message(str(number)), at, tuple(compared_lines(text)), accounted)


def line(number: int, text: str, at: float = AT, state: LineState = LineState.NEW) -> Line:
    """Return a visitor's line."""
    return Line(f"e{number}", 0, Author.VISITOR, "Mary", at, text, state=state)


def looked_through(
    lines: Sequence[Line], candidates: Sequence[Candidate], window: Window
) -> list[tuple[str, str, int]]:
    """Find each line by looking through all rows of all messages: what is meant, said in the plainest way."""
    found: list[tuple[str, str, int]] = []
    reached = 0
    for each in lines:
        wanted = tuple(compared_lines(each.text))
        everywhere = [
            (index, row)
            for index, there in enumerate(candidates)
            for row in range(len(there.rows))
            if there.rows[row : row + len(wanted)] == wanted
        ]
        for index, row in everywhere:
            there = candidates[index]
            fits = row >= there.front if each.state is LineState.SENDING else row == there.front
            if index >= reached and fits and window.holds(there.moment, each.at):
                there.accounted = row + len(wanted)
                reached = index if len(everywhere) == 1 else reached
                found.append((each.event_id, there.message.id, there.accounted))
                break
    return found


WORDS = st.lists(st.sampled_from(["ok", "yes", "ok\nok", "no\nyes"]), min_size=1, max_size=4)
TIMES = st.sampled_from([AT, AT + 200, AT + 400, AT + 900, AT + 4300])
STATES = st.sampled_from([LineState.NEW, LineState.NEW, LineState.SENDING])


@given(
    st.lists(st.tuples(WORDS.map(lambda words: words[0]), TIMES, STATES), max_size=8),
    st.lists(st.tuples(WORDS.map("\n".join), TIMES | st.none(), st.integers(0, 2)), max_size=5),
    st.sampled_from([CUSTOMERS, AGENTS]),
)
def test_what_is_looked_up_is_what_looking_through_all_finds(
    spoken: list[tuple[str, float, LineState]], written: list[tuple[str, float | None, int]], window: Window
) -> None:
    """P1: whatever is repeated, in whatever order of times, each line is found where it is first to be found."""
    lines = [line(number, *each) for number, each in enumerate(spoken)]
    once, twice = ([candidate(number, *each) for number, each in enumerate(written)] for _ in range(2))
    found = [(each.event_id, message.id, row) for each, message, row in said(lines, once, window)]
    assert found == looked_through(lines, twice, window)
    assert [each.accounted for each in once] == [each.accounted for each in twice]


@pytest.mark.parametrize(
    ("moment", "customers", "agents"),
    [
        (AT - CLOCK_SKEW, True, True),
        (AT - CLOCK_SKEW - 1, False, True),
        (AT - CLOCK_SKEW - 3600, False, True),
        (AT - CLOCK_SKEW - 3601, False, False),
        (AT + CLOCK_SKEW, True, True),
        (AT + CLOCK_SKEW + 1, True, False),
        (inf, True, False),
        (None, True, True),
    ],
)
def test_by_their_times(moment: float | None, customers: bool, agents: bool) -> None:  # noqa: FBT001 - a table
    """P1, R2, R5: a customer's words stand there after the event, an agent's answer before it, by at most an hour."""
    assert (CUSTOMERS.holds(moment, AT), AGENTS.holds(moment, AT)) == (customers, agents)


def test_who_is_too_early_for_one_line_may_show_another() -> None:
    """P1: events need not come in the order of their times."""
    lines = [line(1, "ok", AT + 900), line(2, "ok", AT), line(3, "ok", AT + 2000)]
    found = list(said(lines, [candidate(1, "ok", AT - CLOCK_SKEW)], CUSTOMERS))
    assert [(each.event_id, message.id) for each, message, _ in found] == [("e2", "1")]
