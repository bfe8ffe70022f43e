"""The next step of one chat towards Deskie: asked, applied, recorded, then asked again.

Because each step is decided from what is recorded, a crash between any two of them only means asking again.
"""

from collections.abc import Callable, Sequence

from chaport_sync.core.ledger import Form, Line, LineState
from chaport_sync.core.model import Author, CaseView, Kind
from chaport_sync.core.transcripts.casework import (
    CLOSED,
    OPEN,
    WAITING,
    CaseRules,
    handover_at,
    look_again_at,
    unanswered_at,
    wanted_status,
)
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.steps import (
    Facts,
    Follow,
    GiveUp,
    HandOver,
    LeaveCase,
    LookAtCase,
    OpenCase,
    ReadBack,
    Rest,
    Search,
    Send,
    SetStatus,
    Silence,
    StatusSettled,
    Step,
)

UNANSWERED = "the visitor is unanswered"
WAITS_IN_OPEN_CASE = "the visitor waits in an open case"
#: After an unclear opening the case is searched for so often before a second one (P1).
SEARCHES = 2
#: Why lines are held back: nothing of them is due before something else happens.
NOT_WRITTEN, BOT_ANSWERS = "the visitor has not written", "a bot may still answer"
NO_WORDS = "the visitor's words are not among what is to be shown"
HELD_BACK = frozenset({NOT_WRITTEN, BOT_ANSWERS, NO_WORDS})
_BEING_SENT = "it is being sent"


def next_step(
    chat: ChatState, case: CaseState | None, lines: Sequence[Line], facts: Facts, rules: CaseRules, now: float
) -> Step:
    """Decide what is to be done for a chat next.

    Args:
        chat: What is remembered of the chat.
        case: What is remembered of its case, None while it has none.
        lines: Its lines that are not displayed yet, in order.
        facts: What this run has found out.
        rules: `[cases]`, `[pending]`, `[transcripts]` deliver.
        now: Unix seconds.
    """
    if chat.silenced:
        return Rest(chat.silenced)
    return (
        _resolve_unclear(chat, case, lines, now)
        or _deliver(chat, case, lines, facts, rules, now)
        or _settle_status(chat, case, facts, rules, now)
    )


def _resolve_unclear(chat: ChatState, case: CaseState | None, lines: Sequence[Line], now: float) -> Step | None:
    """First find out what became of a request without an answer (P1)."""
    sending = tuple(line for line in lines if line.state is LineState.SENDING)
    if not sending:
        return None
    not_before = max(line.not_before for line in sending)
    # Without an error nothing is wrong with it: its answer may still come.
    under_way = not chat.searches and not any(line.error for line in sending)
    if case is not None:
        unclear = "it is not known what became of a delivery"
        return Rest(_BEING_SENT if under_way else unclear, not_before) if now < not_before else ReadBack(unclear)
    if chat.searches >= SEARCHES:
        return GiveUp(sending, "two searches found no case", park=False)
    not_before = max(not_before, chat.search_after)
    unclear = "it is not known whether a case was opened"
    return Rest(_BEING_SENT if under_way else unclear, not_before) if now < not_before else Search(unclear)


def _deliver(
    chat: ChatState, case: CaseState | None, lines: Sequence[Line], facts: Facts, rules: CaseRules, now: float
) -> Step | None:
    new = [line for line in lines if line.state is LineState.NEW and _due(line, case, rules)]
    late = [line for line in lines if line.state is LineState.PARKED and line.not_before <= now]
    if not new and not late:
        return None
    if case is None and not chat.visitor_wrote:
        return Rest(NOT_WRITTEN)
    if rules.handoff and not chat.handed_over:
        begins, reason = handover_at(chat, rules, now)
        return HandOver(reason) if begins <= now else Rest(BOT_ANSWERS, begins)
    if facts.unclear_elsewhere is not None:
        # Whatever is written now would hide, behind its place in the case, what became of the other chat's request.
        return Rest("it is not known what became of a delivery of another chat", facts.unclear_elsewhere)
    if case is None:
        return _find_case(chat, new, late, facts, rules, now)
    return _write_into(case, chat, lines, new or late, facts, rules)


def _write_into(
    case: CaseState, chat: ChatState, lines: Sequence[Line], due: Sequence[Line], facts: Facts, rules: CaseRules
) -> Step:
    if not facts.verified:
        return ReadBack("it is the first delivery since the start")
    if elsewhere := _where_people_put_it(facts.view, "before a delivery"):
        return elsewhere
    first, keys = due[0], {line.key for line in due}
    late = first.state is LineState.PARKED
    form = Form.NOTE if late else form_of(first, chat, case)
    # A note in it reopens nothing and notifies nobody; what was refused so often before would open no other one.
    closed = facts.view is not None and facts.view.status == CLOSED
    unseen = rules.own and closed and form is Form.NOTE and not late
    if unseen and first.is_customers:
        return LeaveCase("the case was closed, and the visitor's words would be a note in it")

    def belongs(line: Line) -> bool:
        if unseen and line.is_customers:
            return False
        # What tells an agent about an answer is no event of the chat, and so no part of what a note refers to.
        alike = (line.kind is Kind.NOTICE) is (first.kind is Kind.NOTICE)
        return line.key in keys and alike and (late or form_of(line, chat, case) is form)

    # From the first one on among all: what lies between a note's first line and its last is in it (T5).
    run = _run(lines[lines.index(first) :], belongs)
    return Send(form, run, late=late, reason="it was parked before" if late else "there is something new")


def _find_case(
    chat: ChatState, new: Sequence[Line], late: Sequence[Line], facts: Facts, rules: CaseRules, now: float
) -> Step:
    with_words = [some for some in (new, late) if any(line.is_customers for line in some)]
    pending = tuple(with_words[0] if rules.own and with_words else new or late)
    if rules.own and not with_words:
        return Rest(NO_WORDS)
    if not facts.searched:
        if now < chat.search_after:
            return Rest("waiting for a case of the visitor", chat.search_after)
        return Search("the chat has no case")
    if not rules.own:
        waited = now - (chat.waiting_since if chat.waiting_since is not None else now)
        if waited >= rules.wait or not new:
            return GiveUp(pending, "no case of the visitor was found", park=True)
        return Rest("waiting for a case of the visitor", chat.search_after)
    if facts.opening_paused_until is not None and now < facts.opening_paused_until:
        return Rest("Deskie lets no case be opened", facts.opening_paused_until)
    first = next(place for place, line in enumerate(pending) if line.is_customers)
    run = _run(pending[first:], lambda line: line.is_customers)
    return OpenCase(run if rules.visitor_included else run[:1], "the visitor's first words")


def _settle_status(chat: ChatState, case: CaseState | None, facts: Facts, rules: CaseRules, now: float) -> Step:
    """Write the status last (C4)."""
    if case is None:
        return Rest("nothing to deliver")
    if not (case.own and rules.pending) or case.left_alone:
        reason = case.left_alone or "the status of this case is not ours"
        return StatusSettled(reason) if chat.status_due else Rest(reason)
    too_long = unanswered_at(chat, rules)
    if too_long is not None and too_long <= now:
        return StatusSettled(UNANSWERED, unanswered=True)
    still_waits = chat.opened_unanswered and chat.asked_at is not None
    if not chat.status_due and not still_waits:
        return Rest("nothing to deliver", too_long)
    wanted = wanted_status(chat, rules, waits_elsewhere=facts.waits_elsewhere)
    if not wanted:
        return StatusSettled("a human operator takes part")
    if wanted == WAITING and facts.pending_refused:
        return StatusSettled("the channel lets no case be pending")
    if wanted == OPEN and facts.opening_refused_until is not None and now < facts.opening_refused_until:
        # Who is hidden in a pending case is not given up: a refusal may pass.
        return Rest("Deskie refused to open the case", facts.opening_refused_until)
    if elsewhere := _where_people_put_it(facts.view, "before its status is set"):
        return elsewhere
    return _make(wanted, chat, facts.view, now)


def _make(wanted: str, chat: ChatState, view: CaseView | None, now: float) -> Step:
    """Set the status of a case that was looked at, unless it is as wanted."""
    if view is None or view.status != wanted:
        return SetStatus(wanted, chat.status_due or UNANSWERED)
    if chat.status_due:
        return StatusSettled(f"its status is {wanted}")
    # People may merge the case into one that a bot keeps pending: who waits in it must not be hidden by that.
    return Rest(WAITS_IN_OPEN_CASE, look_again_at(chat, now))


def _where_people_put_it(view: CaseView | None, reason: str) -> Step | None:
    """Before anything is written: look at the case, and do what people did with it asks for (T4)."""
    if view is None:
        return LookAtCase(reason)
    if view.deleted or view.spam:
        return Silence("the case was deleted" if view.deleted else "the case was marked as spam")
    return Follow(view.parent_id) if view.parent_id else None


def form_of(line: Line, chat: ChatState, case: CaseState) -> Form:
    """Give the form in which a line is delivered (T5); what a hand-over delivers at once is a note (T2)."""
    held_back = chat.handed_over and line.seq <= chat.note_until
    in_own_name = case.own and chat.user_id in ("", case.user_id)
    return Form.CUSTOMER if in_own_name and line.is_customers and not held_back else Form.NOTE


def _due(line: Line, case: CaseState | None, rules: CaseRules) -> bool:
    return rules.visitor_included or line.author is not Author.VISITOR or case is None


def _run(lines: Sequence[Line], belongs: Callable[[Line], bool]) -> tuple[Line, ...]:
    """Give the lines from the first on that belong together; one that was rejected goes alone (P3)."""
    run: list[Line] = []
    for line in lines:
        if not belongs(line) or (run and (line.rejections or run[0].rejections)):
            break
        run.append(line)
    return tuple(run)


def due_at(rest: Rest, lines: Sequence[Line]) -> float | None:
    """Give the time at which a chat that rests is to be asked again: its own, or that of a parked line (P3)."""
    times = [line.not_before for line in lines if line.state is LineState.PARKED]
    return min([*times, *([rest.until] if rest.until is not None else [])], default=None)
