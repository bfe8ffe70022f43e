"""Stored moments after the clock was wrong, and what other chats of a case wait for (P1, C2)."""

from dataclasses import replace

import pytest

from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.store import Store
from tests.store.stores import chat, line

KEY = ("v", "9")
NOW = 1_800_000_000.0


def redated(ledger: Store, state: ChatState, *lines: Line) -> tuple[ChatState | None, list[Line]]:
    """Record a chat, bring it within the bounds, and return what is remembered of it."""
    ledger.transcripts.record(state, lines)
    ledger.redate(NOW, unclear=15, parked=86400, search=600, read=300)
    return ledger.transcripts.chat(KEY), ledger.transcripts.open_lines(KEY)


@pytest.mark.parametrize(
    ("extra", "kept"),
    [
        pytest.param(-9.0, -9.0, id="within"),
        pytest.param(0.0, 0.0, id="just"),
        pytest.param(9.0, 0.0, id="beyond"),
    ],
)
def test_every_moment_has_its_bound(ledger: Store, extra: float, kept: float) -> None:
    """T4, T7, P3: no wait is longer than the rules know, whatever clock it was recorded by."""

    def at(more: float) -> tuple[ChatState, Line]:
        moments = chat(
            *KEY,
            since=NOW + 5000,
            due_at=NOW + more,
            next_read_at=NOW + 300 + more,
            waiting_since=NOW + more,
            search_after=NOW + 600 + more,
            last_event_at=NOW + 5000,
            asked_at=NOW + 5000,
        )
        return moments, line("a", state=LineState.PARKED, not_before=NOW + 86400 + more)

    found = redated(ledger, *at(extra))
    assert found == (at(kept)[0], [at(kept)[1]])


def test_what_is_not_due_stays_so(ledger: Store) -> None:
    """T4, T7: where no moment was stored there is none afterwards."""
    assert redated(ledger, chat(*KEY)) == (chat(*KEY), [])


@pytest.mark.parametrize("not_before", [NOW - 900, NOW + 900], ids=["long ago", "far ahead"])
def test_requests_until_just_now(ledger: Store, not_before: float) -> None:
    """P1: no unclear outcome is looked into before 15 s from now: a request was perhaps sent until just now."""
    sending = line("a", seq=1, state=LineState.SENDING, not_before=not_before)
    new, done = line("b", seq=2, not_before=NOW + 900), line("c", seq=3, state=LineState.DONE)
    assert redated(ledger, chat(*KEY), sending, new, done)[1] == [replace(sending, not_before=NOW + 15), new]


WAITS = chat("w", "1", case_id="c1", opened_unanswered=True, asked_at=NOW)


@pytest.mark.parametrize(
    ("other", "waits"),
    [
        pytest.param(WAITS, True, id="another visitor"),
        pytest.param(replace(WAITS, visitor_id="v", chat_id="10"), True, id="the visitor's newer chat"),
        pytest.param(replace(WAITS, visitor_id="v", chat_id="8"), False, id="one that the visitor has left"),
        pytest.param(replace(WAITS, asked_at=0.0), True, id="since the beginning of time"),
        pytest.param(replace(WAITS, visitor_id="v", chat_id="9"), False, id="the chat itself"),
        pytest.param(replace(WAITS, case_id="c2"), False, id="in another case"),
        pytest.param(replace(WAITS, opened_unanswered=False), False, id="it was not opened for that"),
        pytest.param(replace(WAITS, asked_at=None), False, id="answered since"),
        pytest.param(replace(WAITS, silenced="the case was deleted"), False, id="silenced"),
    ],
)
def test_waits_elsewhere(ledger: Store, other: ChatState, waits: bool) -> None:  # noqa: FBT001 - a table
    """C2: a case that was opened for another chat's visitor, who waits still, is not to be hidden."""
    ledger.transcripts.record(chat(*KEY, case_id="c1"))
    ledger.transcripts.record(other)
    assert ledger.transcripts.waits_elsewhere(KEY, "c1") is waits


def test_no_case_no_other_chats(ledger: Store) -> None:
    """C2: chats that have no case yet have none in common."""
    ledger.transcripts.record(replace(WAITS, case_id=""))
    assert ledger.transcripts.waits_elsewhere(KEY, "") is False
