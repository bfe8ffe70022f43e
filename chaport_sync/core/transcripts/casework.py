"""Which case a chat is put into, and whose business its status is (T4, C1 to C5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chaport_sync.core.model import Author, CaseView, User, id_order
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.signature import signature, visitors_own, without_marks
from chaport_sync.core.wording import Reason

OPEN, WAITING, CLOSED = "open", "waiting", "closed"
#: Pauses between searches for a case that is not there yet grow within these bounds (seconds).
SEARCH_PAUSE, SEARCH_PAUSE_MOST = 20.0, 600.0
#: The case of a visitor who waits for a person is not looked at again before so long (seconds).
LOOK_AGAIN = 600.0


@dataclass(frozen=True, slots=True)
class CaseRules:
    """`[cases]` and `[pending]`: durations in seconds; `own` is `create`, `handoff` is `deliver = "handoff"`."""

    own: bool = True
    channel: str = ""
    wait: float = 3600.0
    handoff: bool = False
    ended_after: float = 1800.0
    pending: bool = True
    reopen_on_handoff: bool = True
    unanswered: float = 120.0
    visitor_included: bool = True


def newest_usable(cases: Iterable[CaseView], channels: Sequence[str] = ()) -> CaseView | None:
    """Return the newest case (by `updated_at`) that may take a chat, in one of the channels if any are named (T4)."""
    usable = [case for case in cases if case.usable and (not channels or case.channel in channels)]
    return max(usable, key=lambda case: (case.updated_at, id_order(case.id)), default=None)


def only_person(users: Sequence[User], email: str) -> tuple[User, ...]:
    """Return the profiles of the one person whose e-mail is exactly this; linked profiles are one person (T4c)."""
    exact = tuple(user for user in users if user.email.strip().casefold() == email.strip().casefold())
    if not exact:
        return ()
    reached, found = {exact[0].id}, True
    while found:
        found = False
        for user in exact:
            joined = {user.id, *user.linked}
            if joined & reached and not joined <= reached:
                reached |= joined
                found = True
    return exact if all(user.id in reached for user in exact) else ()


def judge(case: CaseState, view: CaseView) -> CaseState:
    """Return from a reading whether a person has taken the case's status over (C5).

    The daemon never works against a person: an assigned agent, or a status that is neither ours nor the automatic
    `open` after words of the visitor, ends its say for good. While the status is still the `waiting` that we set, an
    assignment does not: a rule may have made it, and nobody but us would show a customer who waits.
    A merged case tells nothing: the merge has closed it.
    """
    if case.left_alone or not case.own or view.parent_id:
        return case
    ours = {case.status_ours, case.status_sent}
    if view.staff_id and not (view.status == WAITING and WAITING in ours):
        return replace(case, left_alone="an agent is assigned")
    if view.status not in ours | ({OPEN} if case.visitor_wrote else set()):
        return taken_over(case, view)
    return case


def taken_over(case: CaseState, view: CaseView) -> CaseState:
    """Return a case whose status a person has set."""
    return replace(case, left_alone=f"its status was set to {view.status} by somebody else")


def wanted_status(chat: ChatState, rules: CaseRules, *, waits_elsewhere: bool) -> str:
    """Return the status that the chat asks of its case, empty if none (C1 to C3).

    A case that its visitor waits in by another chat is not hidden for this one's sake.
    """
    if chat.opened_unanswered:
        return OPEN
    if chat.human:
        return OPEN if rules.reopen_on_handoff else ""
    return WAITING if chat.bot_spoke and not waits_elsewhere else OPEN


def unanswered_at(chat: ChatState, rules: CaseRules) -> float | None:
    """Return the time at which the visitor's wait becomes too long; None while nobody waits or it is settled."""
    if chat.asked_at is None or chat.opened_unanswered:
        return None
    return chat.asked_at + rules.unanswered


def handover_at(chat: ChatState, rules: CaseRules, now: float) -> tuple[float, Reason]:
    """Return when `deliver = "handoff"` begins to deliver, as far as can be told now, and why (T2)."""
    if chat.human:
        return now, Reason("T2", "a human operator took over")
    ended = Reason("T2", "the chat has ended")
    if chat.closed:
        return now, ended
    times = [(chat.last_event_at + rules.ended_after, ended)]
    if chat.asked_at is not None:
        times.append((chat.asked_at + rules.unanswered, Reason("T2", "the visitor is unanswered")))
    return min(times)


def look_again_at(chat: ChatState, now: float) -> float | None:
    """Return when the case of who waits is looked at again: after as long as the wait so far, at least 10 min.

    So a chat that nobody answers costs some ten looks before it is forgotten.
    """
    return None if chat.asked_at is None else now + max(now - chat.asked_at, LOOK_AGAIN)


def search_pause(waited: float) -> float:
    """Return the pause before the next search for a case: as long as the wait so far, within bounds (T4c)."""
    return min(max(waited, SEARCH_PAUSE), SEARCH_PAUSE_MOST)


def header(chat: ChatState, case: CaseState, *, replies: bool) -> str:
    """Return what an agent needs to know first, at the top of a chat's first note (T5)."""
    typed = ", ".join(filter(None, map(visitors_own, (chat.visitor_email, chat.visitor_phone))))
    known = [signature(Author.VISITOR, chat.visitor_name)] if chat.visitor_name or typed else []
    known += [f"{typed} (as typed in the chat, not verified)"] if typed else []
    parts = [f"Chaport chat {chat.chat_id}", ", ".join(known)]
    parts += [f"page {chat.page.replace('·', ' ')}" if chat.page else ""]
    parts += [f"bot {without_marks(chat.bot_name)}" if chat.bot_name else ""]
    lines = [" · ".join(part for part in parts if part)]
    if case.own and not replies:
        lines.append("Answers written here do not reach the visitor: answer in Chaport.")
    if case.own and replies:
        lines.append("Answers written here are sent to the visitor's chat.")
    return "\n".join(lines)
