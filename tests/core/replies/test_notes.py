"""What a case is told of an answer, and when a case is looked at for answers (R1, R5)."""

from dataclasses import replace
from math import inf

import pytest

from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.ledger import Line, Reply
from chaport_sync.core.model import Author, File, Kind, Message
from chaport_sync.core.replies.selection import Later, beginning, digest, note_on, took_back, when

NOW = 1_793_600_000.0
MESSAGE = Message("7001", staff_id="41", text="It left this morning.", created_at=NOW - 10)
REPLY = Reply("7001", 0, "v", "2001", "41", "op", NOW - 10, "It left\nthis morning.")


def test_why_an_answer_was_not_sent() -> None:
    """R1: the note says why, and how the answer began, in one line; it is one of ours, whatever is sent again."""
    text = "Not sent to the visitor: Chaport refused it. The answer began: It left this morning."
    line = Line("deskie-7001-failed", 0, Author.UNKNOWN, "chaport-sync", NOW, text, kind=Kind.NOTICE)
    assert note_on(REPLY, "Chaport refused it", ENGLISH, NOW) == line


def test_the_rest_of_an_answer() -> None:
    """R4: of an answer in parts the visitor may have got the first ones."""
    found = note_on(replace(REPLY, part=1, text="x" * 61), "Chaport refused it", ENGLISH, NOW)
    assert (found.part, found.text) == (
        1,
        f"Not sent to the visitor: Chaport refused it. The rest of the answer began: {'x' * 59}…",
    )


def test_an_answer_without_words() -> None:
    """R1: what has no text that may be shown is named by its number."""
    assert note_on(replace(REPLY, text=""), "why", ENGLISH, NOW).text == "Not sent to the visitor: why. Answer no. 7001"


@pytest.mark.parametrize(("deleted", "what"), [(True, "deleted"), (False, "changed")])
def test_what_was_taken_back(deleted: bool, what: str) -> None:  # noqa: FBT001 - a table
    """R1: an edit and a deletion are told apart, and neither is taken for a failure."""
    text = f"The visitor keeps the answer that was {what} here."
    line = Line(f"deskie-7001-{what}", 0, Author.UNKNOWN, "chaport-sync", NOW, text, kind=Kind.NOTICE)
    assert took_back(REPLY, ENGLISH, deleted=deleted, now=NOW) == line


def test_an_edit_is_told_by_a_digest_that_stays_the_same() -> None:
    """P7: another digest for the same words, after an update of the program, would call every answer changed."""
    assert digest(MESSAGE) == "ad38eba388bd5f42"
    assert digest(replace(MESSAGE, files=(File("a.pdf", "u"), File("b.pdf", "u")))) == "5fdc265bb30d8395"


@pytest.mark.parametrize(
    ("since", "newest", "now", "found"),
    [
        pytest.param(inf, 50.0, 100.7, 100.0, id="now, in whole seconds"),
        pytest.param(inf, 100.0, 100.0, 100.0, id="a case that was updated in this second"),
        pytest.param(inf, 150.0, 100.7, 151.0, id="our clock is behind: after what Deskie tells"),
        pytest.param(200.0, 50.0, 100.7, 100.0, id="it was told by a clock that was ahead"),
        pytest.param(200.0, 150.0, 100.7, 151.0, id="our clock is behind, and nothing was written since"),
        pytest.param(200.0, 300.0, 100.7, 200.0, id="our clock is behind"),
    ],
)
def test_since_when_answers_count(since: float, newest: float, now: float, found: float) -> None:
    """R5: since replies were switched on, whatever clock says so."""
    assert beginning(since, newest, now) == found


def test_when_a_case_is_looked_at_again() -> None:
    """R1: when the first delayed answer is due, back to when the first of them was written."""
    soon = Later(replace(MESSAGE, created_at=NOW - 10), NOW + 30)
    later = Later(replace(MESSAGE, created_at=NOW - 20), NOW + 40)
    assert when([soon, later], NOW) == [NOW + 30, NOW - 20]
    assert when([], NOW) == []


def test_where_deskie_does_not_say_when_it_is_due() -> None:
    """R1: then every five minutes; and what has no time was written now."""
    assert when([Later(replace(MESSAGE, created_at=None), inf)], NOW) == [NOW + 300, NOW]
