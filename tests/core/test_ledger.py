"""The ledger's states: what becomes of a line with each outcome (P1, P3)."""

from dataclasses import replace

import pytest

from chaport_sync.core.ledger import Line, LineState, done, not_sent, parked, rejected, sending, unclear
from chaport_sync.core.model import Author

NOW = 1_800_000_000.0
LINE = Line("e1", 2, Author.VISITOR, "Mary", NOW - 60, "Hello", seq=7)
#: One more line, rejected before.
AGAIN = replace(LINE, event_id="e2", seq=8, rejections=2, error="before")
SENDING = replace(AGAIN, state=LineState.SENDING, not_before=NOW - 5)


def test_a_line_is_known_by_its_event_and_part() -> None:
    """P1: a long event has several lines, and each is displayed once."""
    assert (LINE.key, AGAIN.key) == (("e1", 2), ("e2", 2))


def test_a_line_begins_as_new() -> None:
    """P1: nothing was sent yet, nothing rejected, nothing to wait for."""
    new = replace(
        LINE, seq=0, state=LineState.NEW, rejections=0, not_before=0.0, error="", message_id="", message_rows=0
    )
    assert Line("e1", 2, Author.VISITOR, "Mary", NOW - 60, "Hello") == new


def test_sending() -> None:
    """P1: recorded before it is sent; looked into at the earliest 15 s later."""
    assert sending([LINE, AGAIN], NOW) == (
        replace(LINE, state=LineState.SENDING, not_before=NOW + 15),
        replace(AGAIN, state=LineState.SENDING, not_before=NOW + 15),
    )


def test_done() -> None:
    """P1, P6: displayed for good; a text that is no longer needed is no longer kept, nor what went wrong before."""
    displayed = replace(SENDING, state=LineState.DONE, text="", error="")
    assert done([SENDING]) == (displayed,)
    assert done([SENDING] * 2, "700001", 3) == (replace(displayed, message_id="700001", message_rows=3),) * 2


@pytest.mark.parametrize(
    ("answered", "not_before"),
    [
        pytest.param(False, NOW + 15, id="no answer: it may still be executed"),
        pytest.param(True, NOW, id="an answer such as 500: no need to wait"),
    ],
)
def test_unclear(answered: bool, not_before: float) -> None:  # noqa: FBT001 - a table
    """P1: after an outcome without an answer the read-back is made at the earliest 15 s later; why is kept."""
    assert unclear([SENDING, LINE], NOW, "no answer", answered=answered) == (
        replace(SENDING, not_before=not_before, error="no answer"),
        replace(LINE, not_before=not_before, error="no answer"),
    )


def test_not_sent() -> None:
    """P1: what certainly had no effect is new again; what was counted against it before still counts."""
    assert not_sent([SENDING]) == (replace(AGAIN, state=LineState.NEW, not_before=0.0),)


@pytest.mark.parametrize(
    ("before", "state", "not_before"),
    [
        pytest.param(0, LineState.NEW, 0.0, id="the first time"),
        pytest.param(3, LineState.NEW, 0.0, id="the fourth"),
        pytest.param(4, LineState.PARKED, NOW + 86400, id="the fifth"),
        pytest.param(5, LineState.PARKED, NOW + 86400, id="again a day later"),
    ],
)
def test_rejected(before: int, state: LineState, not_before: float) -> None:
    """P3: a delivery that Deskie rejects is tried 5 times, then parked and retried daily."""
    line = replace(SENDING, rejections=before)
    expected = replace(line, state=state, rejections=before + 1, error="too long", not_before=not_before)
    assert rejected([line], "too long", NOW) == (expected,)


def test_each_line_counts_its_own_rejections() -> None:
    """P3: of lines that were rejected together only those are parked that were tried five times."""
    lines = [replace(SENDING, rejections=4), replace(LINE, state=LineState.SENDING)]
    assert [(line.state, line.rejections) for line in rejected(lines, "no", NOW)] == [
        (LineState.PARKED, 5),
        (LineState.NEW, 1),
    ]


def test_parked() -> None:
    """P3: set aside for a day, with the reason for those who ask."""
    expected = replace(SENDING, state=LineState.PARKED, error="no case", not_before=NOW + 86400)
    assert parked(SENDING, "no case", NOW) == expected
