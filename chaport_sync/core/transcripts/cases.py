"""Which case a chat is put into, and whether the daemon may set the case's status (T4, C1 to C5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from chaport_sync.core.model import CaseView, User, id_order
from chaport_sync.core.transcripts.chats import CaseState, ChatState

OPEN, WAITING, CLOSED = "open", "waiting", "closed"
#: Pauses between two searches for a case grow between these bounds (seconds).
SEARCH_PAUSE, SEARCH_PAUSE_MOST = 20.0, 600.0
#: The case of a visitor who waits for a person is read again after so many seconds at the earliest.
LOOK_AGAIN = 600.0


class Deliver(StrEnum):
    """When lines are delivered: as they are read, gathered while a bot talks, or once a person is needed (T2)."""

    LIVE = "live"
    DIGEST = "digest"
    HANDOFF = "handoff"


@dataclass(frozen=True, slots=True)
class CaseRules:
    """`[cases]`, `[pending]`, and of `[transcripts]` what delays a line; durations in seconds; `own` is `create`.

    `goes_on_closed` is `when_closed = "continue"`.
    """

    own: bool = True
    channel: str = ""
    wait: float = 3600.0
    goes_on_closed: bool = False
    deliver: Deliver = Deliver.DIGEST
    gather: float = 60.0
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
    """Return the profiles of the one person with exactly this e-mail, none if several persons have it (T4c).

    Linked profiles are one person.
    """
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


def judge(case: CaseState, view: CaseView, *, sync: bool = False) -> CaseState:
    """Return the case, with `left_alone` set if its reading shows that a person has taken its status over (C5).

    An assigned agent, or a status that is neither ours nor the automatic `open` after the visitor's words, means that a
    person decides from now on. While the status is still the `waiting` that we set, an assignment does not: a rule may
    have made it, and the customer who waits would stay hidden. In a `sync` channel Deskie opens cases by itself, so
    that `open` is nobody's act. A merged case says nothing: the merge has closed it.
    """
    if case.left_alone or not case.own or view.parent_id:
        return case
    ours = {case.status_ours, case.status_sent}
    if view.staff_id and not (view.status == WAITING and WAITING in ours):
        return replace(case, left_alone="an agent is assigned")
    if view.status not in ours | ({OPEN} if case.visitor_wrote or sync else set()):
        return taken_over(case, view)
    return case


def taken_over(case: CaseState, view: CaseView) -> CaseState:
    """Return a case whose status a person has set."""
    return replace(case, left_alone=f"its status was set to {view.status} by somebody else")


def wanted_status(chat: ChatState, rules: CaseRules, *, waits_elsewhere: bool) -> str:
    """Return the status that the chat needs for its case, empty if any will do (C1 to C3).

    The case is not set to pending while a visitor waits in it in another chat (`waits_elsewhere`).
    """
    if chat.opened_unanswered:
        return OPEN
    if chat.human:
        return OPEN if rules.reopen_on_handoff else ""
    return WAITING if chat.bot_spoke and not waits_elsewhere else OPEN


def unanswered_at(chat: ChatState, rules: CaseRules) -> float | None:
    """Return when the visitor's wait becomes too long (Unix seconds), None if nobody waits or the case was opened."""
    if chat.asked_at is None or chat.opened_unanswered:
        return None
    return chat.asked_at + rules.unanswered


def look_again_at(chat: ChatState, now: float) -> float | None:
    """Return when the case of a waiting visitor is read again (Unix seconds), None if nobody waits.

    The pause is as long as the wait so far, at least 10 minutes. So an unanswered chat costs only some ten readings.
    """
    return None if chat.asked_at is None else now + max(now - chat.asked_at, LOOK_AGAIN)


def search_pause(waited: float) -> float:
    """Return the seconds before the next search for a case: as long as the wait so far, within bounds (T4c)."""
    return min(max(waited, SEARCH_PAUSE), SEARCH_PAUSE_MOST)
