"""What is remembered of a chat and of a case, and how a reading changes it (T2, T6)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chaport_sync.core.ledger import Line
from chaport_sync.core.model import Author, Chat, Visitor
from chaport_sync.core.text import one_line
from chaport_sync.core.transcripts.reading import Reading
from chaport_sync.core.transcripts.watch import WatchRules, next_read


@dataclass(frozen=True, slots=True)
class ChatState:
    """One chat, across restarts. Times are Unix seconds.

    Attributes:
        since: Events before it are not mirrored (T6).
        next_read_at: When Chaport is asked again, None when only the sweep shall find it (T7).
        due_at: When this chat may have something to do in Deskie, None if only an event can change that.
        handed_over: Whether `deliver = "handoff"` has begun to deliver; `note_until` is the last line of its one note.
        introduced: Whether a note with the visitor's particulars stands in the case (T5).
        silenced: Why nothing is written for this chat any more (T4), else empty.
        opened_unanswered: Whether the case was opened because nobody answered; it stays so (C2).
        status_due: Why the case's status is to be looked at, else empty.
        waiting_since: Since when deliveries wait for a case to appear (T4c).
        search_after: The next search for a case is not before it.
        searches: Searches made since an opening with an unclear outcome (P1).
        user_id: Who the visitor is in Deskie, empty while that is not known: nobody's words are put into a case in
            another customer's name, though people merge their cases (T5).
    """

    visitor_id: str
    chat_id: str
    since: float = 0.0
    visitor_name: str = ""
    visitor_email: str = ""
    visitor_phone: str = ""
    page: str = ""
    bot_name: str = ""
    closed: bool = False
    last_event_at: float = 0.0
    next_read_at: float | None = None
    due_at: float | None = None
    visitor_wrote: bool = False
    bot_spoke: bool = False
    human: bool = False
    asked_at: float | None = None
    handed_over: bool = False
    note_until: int = 0
    case_id: str = ""
    introduced: bool = False
    silenced: str = ""
    opened_unanswered: bool = False
    status_due: str = ""
    waiting_since: float | None = None
    search_after: float = 0.0
    searches: int = 0
    user_id: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Chat ids are unique only per visitor."""
        return (self.visitor_id, self.chat_id)


@dataclass(frozen=True, slots=True)
class CaseState:
    """One case that we write into, across restarts.

    Attributes:
        user_id: Deskie's customer of this case.
        own: Whether it is in our own channel, where that customer's words are the customer's messages (T5).
        status_ours: The status that we set last, or found at once after opening the case.
        status_sent: A status that was sent and whose answer we may have missed.
        visitor_wrote: Whether words of the visitor were delivered since: then `open` is automatic (C5).
        left_alone: Why its status is a person's business now, else empty.
        openings: When, by Deskie's clock, and for which user we opened it and those that were merged into it: the
            answer to an opening does not tell the id of its message (P1).
        left_by: The visitor whose chat was shown here and went on in another case; empty while there is none (R1).
    """

    id: str
    user_id: str = ""
    own: bool = True
    status_ours: str = ""
    status_sent: str = ""
    visitor_wrote: bool = False
    left_alone: str = ""
    openings: tuple[tuple[float, str], ...] = ()
    left_by: str = ""


def merge(state: ChatState, chat: Chat, visitor: Visitor, reading: Reading, rules: WatchRules, now: float) -> ChatState:
    """Take over what a reading of the chat told."""
    last_event_at = reading.last_event_at if reading.last_event_at is not None else (state.last_event_at or now)
    asked_at = reading.asked_at
    if asked_at is not None and state.asked_at is not None and reading.last_event_at is None:
        asked_at = min(asked_at, state.asked_at)
    due = state.status_due
    if state.case_id and reading.bot_spoke and not state.bot_spoke:
        due = "a bot answers"
    if state.case_id and reading.human and not state.human:
        due = "a human operator took over"
    return replace(
        state,
        visitor_name=one_line(visitor.name, 80) or state.visitor_name,
        visitor_email=one_line(visitor.email, 120) or state.visitor_email,
        visitor_phone=one_line(visitor.phone, 40) or state.visitor_phone,
        page=one_line(chat.page, 300) or state.page,
        bot_name=reading.bot_name or state.bot_name,
        closed=chat.closed,
        last_event_at=last_event_at,
        next_read_at=next_read(
            last_event_at=last_event_at, closed=chat.closed, asked_at=asked_at, rules=rules, now=now
        ),
        # Who waits already keeps the place in the line.
        due_at=now if state.due_at is None else min(now, state.due_at),
        visitor_wrote=reading.visitor_wrote or state.visitor_wrote,
        bot_spoke=reading.bot_spoke or state.bot_spoke,
        human=reading.human or state.human,
        asked_at=asked_at,
        status_due=due,
    )


def to_mirror(state: ChatState, reading: Reading, *, visitor_included: bool) -> Sequence[Line]:
    """Return the lines of a reading that are ours to display; the ledger knows which of them it has already (T6).

    The visitor's words are needed even where they are not included, as the first message of a case (T3).
    """
    return [
        line
        for line in reading.lines
        if line.at >= state.since
        and (visitor_included or line.author is not Author.VISITOR or (line.is_customers and not state.case_id))
    ]
