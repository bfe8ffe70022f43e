"""Say where and how a chat is shown in Deskie, and what happens next and when (T2 to T5, C1 to C5, R1)."""

from collections.abc import Iterator, Mapping, Sequence

from chaport_sync.core.ledger import Line, LineState, Reply
from chaport_sync.core.text import one_line
from chaport_sync.core.transcripts.cases import OPEN, WAITING, CaseRules
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.next_step import HELD_BACK, WAITS_IN_OPEN_CASE, next_step
from chaport_sync.core.transcripts.steps import (
    Follow,
    GiveUp,
    LeaveCase,
    LookAtCase,
    OpenCase,
    ReadBack,
    Release,
    Rest,
    Search,
    Send,
    SetStatus,
    Snapshot,
    Step,
)
from chaport_sync.core.wording import Clock, gist, number

#: The most characters of a name.
_NAME = 80
#: What Deskie's people call the statuses that the daemon sets.
_STATUSES = {WAITING: "pending", OPEN: "open"}
_WORDS: Mapping[type[Step], str] = {
    Search: "a case is searched for",
    OpenCase: "a case is opened",
    Release: "what was held back is delivered",
    ReadBack: "the case is read back",
    LookAtCase: "the case is looked at",
    Follow: "the case is followed to where it was merged",
    LeaveCase: "another case is searched for, or opened",
    Send: "what waits is sent",
    GiveUp: "what waits is given up",
    SetStatus: "the status of the case is set",
}


def foreseen(at: Snapshot, rules: CaseRules) -> Step:
    """Return the next step of a chat that can be foreseen without a request to Deskie."""
    step = next_step(at, rules)
    due = at.chat.due_at
    if isinstance(step, LookAtCase) and not at.lines and due is not None and due > at.now:
        # The daemon has read the case, and reads it again at this time.
        return Rest(WAITS_IN_OPEN_CASE if at.chat.opened_unanswered else step.reason, due)
    return step


def answer(at: Snapshot, step: Step, shown: int, rules: CaseRules, clock: Clock, *, at_work: bool = True) -> str:
    """Say in one sentence where a chat is shown, why so, and what comes next; the arguments are `explain_chat`'s."""
    chat, case = at.chat, at.case
    visitor = one_line(chat.visitor_name or chat.visitor_email or chat.visitor_id, _NAME)
    if chat.silenced:
        return f"Nothing more of the chat of {visitor} is shown in Deskie: {chat.silenced}."
    place = "has no case yet" if case is None else f"is in case {case.id}{_which_is(case, rules)}"
    events = _events(at.lines, shown, held_back=_holds_back(step)).removesuffix(".")
    who = gist(_who(chat, clock).removesuffix("."))
    return f"The chat of {visitor} {place}: {who[0].lower()}{who[1:]}; {events}; next: {_then(step, clock, at_work)}."


def _which_is(case: CaseState, rules: CaseRules) -> str:
    """Return the words that follow a case and say whose business its status is."""
    if not case.own:
        return ", which was there before"
    if not rules.pending:
        return ""
    if case.left_alone:
        return f", whose status is left alone ({case.left_alone})"
    return f", which is {_STATUSES.get(case.status_ours, 'as it was opened')}"


def explain_chat(
    at: Snapshot,
    step: Step,
    shown: int,
    replies: Sequence[Reply],
    rules: CaseRules,
    clock: Clock,
    *,
    at_work: bool = True,
) -> list[str]:
    """Say where a chat is shown, how much of it, who decides about the case's status, and what comes next.

    `step` is the next one, as `foreseen` returns it, and `shown` is how many lines are displayed. `replies` are the
    parts of agents' answers from its case to its visitor. Unless a daemon is `at_work`, nothing happens.
    """
    chat, case = at.chat, at.case
    return [
        _place(chat, case),
        _who(chat, clock),
        _events(at.lines, shown, held_back=_holds_back(step)),
        *([_status(case)] if case is not None and case.own and rules.pending else []),
        *([_answers(replies)] if replies else []),
        _reading(chat, clock, at.now, at_work=at_work),
        f"Next: {_then(step, clock, at_work)}.",
    ]


def _holds_back(step: Step) -> bool:
    return isinstance(step, Rest) and step.reason in HELD_BACK


def _then(step: Step, clock: Clock, at_work: bool) -> str:  # noqa: FBT001 - as it is known everywhere here
    return _next(step, clock) if at_work else _once_it_runs(step)


def _place(chat: ChatState, case: CaseState | None) -> str:
    if chat.silenced:
        return f"Nothing more of it is shown: {chat.silenced}."
    if case is None:
        return "It has no case."
    return f"It is shown in case {case.id}, {'of our own channel' if case.own else 'which was there before'}."


def _who(chat: ChatState, clock: Clock) -> str:
    if chat.human:
        return "A person has taken part."
    if chat.asked_at is not None and not chat.bot_spoke:
        return "Nobody has answered."
    if chat.bot_spoke:
        return "A bot answers, and no person has taken part."
    # Newer events are not known before the next reading.
    return f"When it was last read, the visitor had not written; its last event was at {clock(chat.last_event_at)}."


def _events(open_lines: Sequence[Line], shown: int, *, held_back: bool) -> str:
    waits = ("is held back", "are held back") if held_back else ("waits", "wait")
    there = number(shown, "line is shown", "lines are shown")
    return f"{', '.join([there, *_not_there(open_lines, waits, ('is parked', 'are parked'))])}."


def _not_there(entries: Sequence[Line | Reply], waits: tuple[str, str], parked: tuple[str, str]) -> Iterator[str]:
    """Say how many entries wait, and how many are parked, each with the last error."""
    for states, words in (((LineState.NEW, LineState.SENDING), waits), ((LineState.PARKED,), parked)):
        if count := sum(entry.state in states for entry in entries):
            errors = [f" ({entry.error})" for entry in entries if entry.state is states[0] and entry.error]
            yield f"{number(count, *words)}{errors[-1] if errors else ''}"


def _status(case: CaseState) -> str:
    if case.left_alone:
        return f"The status of the case is left alone: {case.left_alone}."
    return f"The status of the case is ours, {case.status_ours or 'as it was opened'}."


def _answers(replies: Sequence[Reply]) -> str:
    sent = number(sum(reply.state is LineState.DONE for reply in replies), "answer was sent", "answers were sent")
    return f"From Deskie {', '.join([sent, *_not_there(replies, ('waits', 'wait'), ('was not', 'were not'))])}."


def _reading(chat: ChatState, clock: Clock, now: float, *, at_work: bool) -> str:
    if not at_work:
        return "It is read again once the daemon runs again."
    if chat.next_read_at is None:
        return "It is read again when Chaport shows something new in it."
    if chat.next_read_at <= now:
        return f"It has been due to be read since {clock(chat.next_read_at)}."
    return f"It is read again at {clock(chat.next_read_at)}, or when Chaport shows something new in it."


def _once_it_runs(step: Step) -> str:
    then = f" ({step.reason.words})" if isinstance(step, Rest) else f"; then {_deed(step)}"
    return f"nothing happens until the daemon runs again{then}"


def _next(step: Step, clock: Clock) -> str:
    match step:
        case Rest(reason, None):
            return f"nothing by itself ({reason.words})"
        case Rest(reason, until) if until is not None:
            return f"nothing before {clock(until)} ({reason.words})"
    return _deed(step)


def _deed(step: Step) -> str:
    return f"{_WORDS.get(type(step), 'the status is settled')} ({step.reason.words})"
