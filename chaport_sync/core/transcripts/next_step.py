"""The next step of one chat in Deskie: decided, applied, recorded, then decided again.

Each step is decided from what is recorded. So after a crash the same step is decided again, and nothing is lost.
"""

from collections.abc import Callable, Sequence

from chaport_sync.core.ledger import Form, Line, LineState
from chaport_sync.core.model import Author, CaseView, Kind
from chaport_sync.core.transcripts.cases import (
    CLOSED,
    OPEN,
    WAITING,
    CaseRules,
    look_again_at,
    unanswered_at,
    wanted_status,
)
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.closed_cases import look_after_words, open_again
from chaport_sync.core.transcripts.held_back import BOT_ANSWERS, GATHERING, hold_back, is_released
from chaport_sync.core.transcripts.steps import (
    Follow,
    GiveUp,
    LeaveCase,
    LookAtCase,
    OpenCase,
    ReadBack,
    Rest,
    Search,
    Send,
    SetStatus,
    Silence,
    Snapshot,
    StatusSettled,
    Step,
)
from chaport_sync.core.wording import Reason

UNANSWERED = Reason("C2", "the visitor is unanswered")
WAITS_IN_OPEN_CASE = Reason("C2", "the visitor waits in an open case")
#: After an unclear opening the case is searched for so often before it is opened again (P1).
SEARCHES = 2
#: Reasons for which lines are held back until something else happens.
_NOT_WRITTEN = Reason("T3", "the visitor has not written")
_NO_WORDS = Reason("T3", "the visitor's words are not among what is to be shown")
HELD_BACK = frozenset({_NOT_WRITTEN, BOT_ANSWERS, GATHERING, _NO_WORDS})
_BEING_SENT = Reason("P1", "it is being sent")
_UNCLEAR_DELIVERY = Reason("P1", "it is not known what became of a delivery")
_UNCLEAR_OPENING = Reason("P1", "it is not known whether a case was opened")
NO_CASE_YET = Reason("T4", "waiting for a case of the visitor")
_NEW, _PARKED = Reason("T5", "there is something new"), Reason("P3", "it was parked before")
_NOTHING = Reason("T2", "nothing to deliver")
_NOT_OURS = Reason("C1", "the status of this case is not ours")


def next_step(at: Snapshot, rules: CaseRules) -> Step:
    """Return the next step of a chat; `rules` are `[cases]`, `[pending]` and `[transcripts]` deliver."""
    if at.chat.silenced:
        return Rest(Reason("T4", at.chat.silenced))
    step = _resolve_unclear(at) or open_again(at) or _deliver(at, rules)
    if isinstance(step, Rest) and step.reason == GATHERING:
        step = _meanwhile(step, _settle_status(at, rules))
    step = step or _settle_status(at, rules)
    return look_after_words(step, at, rules) if isinstance(step, Rest) else step


def _meanwhile(gathering: Rest, step: Step) -> Step:
    """Return the step for the case's status while lines are gathered; at rest, the chat is due when either is."""
    if not isinstance(step, Rest):
        return step
    return Rest(gathering.reason, min(until for until in (gathering.until, step.until) if until is not None))


def _resolve_unclear(at: Snapshot) -> Step | None:
    """Return the step that finds out what became of a request without an answer, None if there is none (P1)."""
    sending = tuple(line for line in at.lines if line.state is LineState.SENDING)
    if not sending:
        return None
    not_before = max(line.not_before for line in sending)
    # Without an error the request is still under way.
    under_way = not at.chat.searches and not any(line.error for line in sending)
    if at.case is not None:
        waits = Rest(_BEING_SENT if under_way else _UNCLEAR_DELIVERY, not_before)
        return waits if at.now < not_before else ReadBack(_UNCLEAR_DELIVERY)
    if at.chat.searches >= SEARCHES:
        return GiveUp(sending, Reason("P1", "two searches found no case"), park=False)
    not_before = max(not_before, at.chat.search_after)
    waits = Rest(_BEING_SENT if under_way else _UNCLEAR_OPENING, not_before)
    return waits if at.now < not_before else Search(_UNCLEAR_OPENING)


def _deliver(at: Snapshot, rules: CaseRules) -> Step | None:
    new = [line for line in at.lines if line.state is LineState.NEW and _due(line, at.case, rules)]
    late = [line for line in at.lines if line.state is LineState.PARKED and line.not_before <= at.now]
    if not new and not late:
        return None
    if at.case is None and not at.chat.visitor_wrote:
        return Rest(_NOT_WRITTEN)
    if new and (held := hold_back(at.chat, rules, at.now)) is not None:
        new = [line for line in new if is_released(line, at.chat)]
        if not new and not late:
            return held
    if at.facts.unclear_elsewhere is not None:
        # Cases are read back in order: a message written now could hide what became of the other chat's request.
        elsewhere = Reason("P1", "it is not known what became of a delivery of another chat")
        return Rest(elsewhere, at.facts.unclear_elsewhere)
    if at.case is None:
        return _find_case(at, new, late, rules)
    return _write_into(at.case, at, new or late, rules)


def _write_into(case: CaseState, at: Snapshot, due: Sequence[Line], rules: CaseRules) -> Step:
    if not at.facts.verified:
        return ReadBack(Reason("P1", "it is the first delivery since the start"))
    if elsewhere := _where_people_put_it(at.facts.view, Reason("T4", "before a delivery")):
        return elsewhere
    first, keys = due[0], {line.key for line in due}
    late = first.state is LineState.PARKED
    form = Form.NOTE if late else form_of(first, at.chat, case)
    # For lines that were parked no new case is opened.
    over = at.facts.view is not None and at.facts.view.status == CLOSED and not (rules.goes_on_closed or late)
    if over and first.is_customers:
        return LeaveCase(Reason("T4", "the case was closed before the visitor wrote again"))

    def belongs(line: Line) -> bool:
        if over and line.is_customers:
            return False
        # A notice about an agent's answer is no event of the chat, so it goes into a note of its own.
        alike = (line.kind is Kind.NOTICE) is (first.kind is Kind.NOTICE)
        return line.key in keys and alike and (late or form_of(line, at.chat, case) is form)

    # The run is taken from all lines: a note has every line between its first and its last (T5).
    run = _run(at.lines[at.lines.index(first) :], belongs)
    return Send(form, run, late, _PARKED if late else _NEW)


def _find_case(at: Snapshot, new: Sequence[Line], late: Sequence[Line], rules: CaseRules) -> Step:
    with_words = [some for some in (new, late) if any(line.is_customers for line in some)]
    pending = tuple(with_words[0] if rules.own and with_words else new or late)
    if rules.own and not with_words:
        return Rest(_NO_WORDS)
    if not at.facts.searched:
        if at.now < at.chat.search_after:
            return Rest(NO_CASE_YET, at.chat.search_after)
        return Search(Reason("T4", "the chat has no case"))
    if not rules.own:
        waited = at.now - (at.chat.waiting_since if at.chat.waiting_since is not None else at.now)
        if waited >= rules.wait or not new:
            return GiveUp(pending, Reason("T4", "no case of the visitor was found"), park=True)
        return Rest(NO_CASE_YET, at.chat.search_after)
    if at.facts.opening_paused_until is not None and at.now < at.facts.opening_paused_until:
        return Rest(Reason("P3", "Deskie lets no case be opened"), at.facts.opening_paused_until)
    first = next(place for place, line in enumerate(pending) if line.is_customers)
    run = _run(pending[first:], lambda line: line.is_customers)
    words = run if rules.visitor_included else run[:1]
    return OpenCase(words, Reason("T3", "the visitor's first words"), _first_status(words, at, rules))


def _first_status(words: Sequence[Line], at: Snapshot, rules: CaseRules) -> str:
    """Return the status with which a case is opened, empty for Deskie's own (C1).

    What was rejected once is sent without a status: that may have been the cause.
    """
    too_long = unanswered_at(at.chat, rules)
    hidden = too_long is not None and too_long <= at.now
    if not rules.pending or hidden or at.facts.pending_refused or any(line.rejections for line in words):
        return ""
    return WAITING if wanted_status(at.chat, rules, waits_elsewhere=False) == WAITING else ""


def _settle_status(at: Snapshot, rules: CaseRules) -> Step:
    """Return the step for the case's status, which is written after all words (C4)."""
    chat, case, facts = at.chat, at.case, at.facts
    if case is None:
        return Rest(_NOTHING)
    if not (case.own and rules.pending) or case.left_alone:
        reason = Reason("C5", case.left_alone) if case.left_alone else _NOT_OURS
        return StatusSettled(reason) if chat.status_due else Rest(reason)
    too_long = unanswered_at(chat, rules)
    if too_long is not None and too_long <= at.now:
        return StatusSettled(UNANSWERED, unanswered=True)
    still_waits = chat.opened_unanswered and chat.asked_at is not None
    if not chat.status_due and not still_waits:
        return Rest(_NOTHING, too_long)
    wanted = wanted_status(chat, rules, waits_elsewhere=facts.waits_elsewhere)
    if not wanted:
        return StatusSettled(Reason("C2", "a human operator takes part"))
    if wanted == WAITING and facts.pending_refused:
        return StatusSettled(Reason("C4", "the channel lets no case be pending"))
    if wanted == OPEN and facts.opening_refused_until is not None and at.now < facts.opening_refused_until:
        # The visitor is still hidden in a pending case, so the daemon tries again later.
        return Rest(Reason("C4", "Deskie refused to open the case"), facts.opening_refused_until)
    if elsewhere := _where_people_put_it(facts.view, Reason("C4", "before its status is set")):
        return elsewhere
    return _make(wanted, at)


def _make(wanted: str, at: Snapshot) -> Step:
    """Set the status of a case that was looked at, unless it is as wanted."""
    due = at.chat.status_due
    if at.facts.view is None or at.facts.view.status != wanted:
        return SetStatus(wanted, Reason("C1" if wanted == WAITING else "C2", due) if due else UNANSWERED)
    if due:
        return StatusSettled(Reason("C4", f"its status is {wanted}"))
    # People may merge the case into a pending one, which must not hide the waiting visitor. So it is read again.
    return Rest(WAITS_IN_OPEN_CASE, look_again_at(at.chat, at.now))


def _where_people_put_it(view: CaseView | None, reason: Reason) -> Step | None:
    """Return the step that a reading of the case, or its lack, needs before anything is written, None if none (T4)."""
    if view is None:
        return LookAtCase(reason)
    if view.deleted or view.spam:
        return Silence(Reason("T4", "the case was deleted" if view.deleted else "the case was marked as spam"))
    return Follow(view.parent_id, Reason("T4", "the case was merged")) if view.parent_id else None


def form_of(line: Line, chat: ChatState, case: CaseState) -> Form:
    """Return the form in which a line is delivered (T5); what was held back stands in a note (T2)."""
    in_own_name = case.own and chat.user_id in ("", case.user_id)
    was_held_back = line.seq <= chat.note_until
    return Form.CUSTOMER if in_own_name and line.is_customers and not was_held_back else Form.NOTE


def _due(line: Line, case: CaseState | None, rules: CaseRules) -> bool:
    return rules.visitor_included or line.author is not Author.VISITOR or case is None


def _run(lines: Sequence[Line], belongs: Callable[[Line], bool]) -> tuple[Line, ...]:
    """Return the first lines that belong together; a line that was rejected goes alone (P3)."""
    run: list[Line] = []
    for line in lines:
        if not belongs(line) or (run and (line.rejections or run[0].rejections)):
            break
        run.append(line)
    return tuple(run)


def due_at(rest: Rest, lines: Sequence[Line]) -> float | None:
    """Return when a resting chat is due again, by its rest or by a parked line (P3), None if neither has a time."""
    times = [line.not_before for line in lines if line.state is LineState.PARKED]
    return min([*times, *([rest.until] if rest.until is not None else [])], default=None)
