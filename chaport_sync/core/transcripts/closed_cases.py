"""No visitor's words stay in a case that was closed before them, where nobody would see them (T4)."""

from dataclasses import replace

from chaport_sync.core.model import CaseView
from chaport_sync.core.transcripts.cases import CLOSED, OPEN, CaseRules
from chaport_sync.core.transcripts.chats import CaseState
from chaport_sync.core.transcripts.held_back import GATHERING
from chaport_sync.core.transcripts.steps import LookAtCase, Rest, SetStatus, Snapshot, Step
from chaport_sync.core.wording import Reason

#: The words may have crossed the closing of their case, so it is looked at so long after them (seconds).
CROSSED = 60.0


def without_seen_words(case: CaseState, view: CaseView) -> CaseState:
    """Return the case without `words_at`, unless its reading shows that it had been closed before these words.

    If Deskie does not tell when it was closed, it counts as closed before. Who merges or closes a case with the words
    in it has seen them.
    """
    unseen = view.status == CLOSED and not view.parent_id and view.closed_at <= case.words_at
    return case if unseen else replace(case, words_at=0.0)


def open_again(at: Snapshot) -> Step | None:
    """Return the step that opens a case which was closed before the visitor's words, None if there is none."""
    case, view, refused_until = at.case, at.facts.view, at.facts.opening_refused_until or 0.0
    if case is None or not case.words_at or view is None or view.status != CLOSED or at.now < refused_until:
        return None
    return SetStatus(OPEN, Reason("T4", "it was closed when the visitor wrote"))


def look_after_words(rest: Rest, at: Snapshot, rules: CaseRules) -> Step:
    """Return the rest until the case is looked at after the visitor's words, or that look when it is time for it.

    The look before the next delivery is one, too: a chat that goes on needs no other, nor does one whose lines are
    gathered and go in soon. Where chats go on in closed cases it is made at once. The moment of the words is Deskie's;
    by a clock that differs by much there is no wait.
    """
    case = at.case
    if case is None or not case.words_at:
        return rest
    waits = not rules.goes_on_closed and abs(at.now - case.words_at) < CROSSED
    look_at = max(case.words_at + CROSSED if waits else at.now, at.facts.opening_refused_until or 0.0)
    if rest.reason == GATHERING and rest.until is not None and rest.until <= look_at + CROSSED:
        return rest
    if look_at <= at.now:
        return LookAtCase(Reason("T4", "the visitor's words must not stand in a closed case"))
    return replace(rest, until=look_at if rest.until is None else min(look_at, rest.until))
