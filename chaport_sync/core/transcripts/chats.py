"""The recorded state of a chat and of a case, how a reading changes it, and what is mirrored (T2, T6, T7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chaport_sync.core.ledger import Line
from chaport_sync.core.model import Author, Chat, Visitor, id_order
from chaport_sync.core.text import one_line
from chaport_sync.core.transcripts.reading import Reading
from chaport_sync.core.transcripts.watch import WatchRules, next_read


@dataclass(frozen=True, slots=True)
class ChatState:
    """The recorded state of one chat. Times are Unix seconds.

    Attributes:
        since: Older events are not mirrored (T6).
        next_read_at: When the chat is read again, None if only a change in Chaport or the sweep leads to that (T7).
        due_at: When a step in Deskie may be due for this chat, None if only an event can cause one.
        handed_over: Whether nothing is held back any more while a bot talks, because a person is needed or it ended.
        note_until: The last line that is no longer held back; up to it, the visitor's lines stand in notes (T2).
        gather_from: When the first line after that was read; None if there is none.
        introduced: Whether a note with the visitor's particulars stands in the case (T5).
        silenced: Why nothing is written for this chat any more (T4), else empty.
        opened_unanswered: Whether the case was opened because nobody answered; it stays so (C2).
        status_due: Why the case's status must be checked, else empty.
        waiting_since: Since when deliveries wait for a case to appear (T4c).
        search_after: The time of the next search for a case, at the earliest.
        searches: How many searches were made since an opening with an unclear outcome (P1).
        user_id: The visitor's user in Deskie, empty while it is not known. In a merged case it prevents that words
            appear in another customer's name (T5).
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
    gather_from: float | None = None
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
        """The key of the chat; chat ids are unique only per visitor."""
        return (self.visitor_id, self.chat_id)

    @property
    def fields(self) -> dict[str, str]:
        """The chat and its case, by their names in log events."""
        return {"visitor": self.visitor_id, "chat": self.chat_id, "case": self.case_id}


@dataclass(frozen=True, slots=True)
class CaseState:
    """The recorded state of one case that the daemon writes into.

    Attributes:
        user_id: The case's customer in Deskie.
        own: Whether it is in the daemon's channel, where the customer's words are the customer's messages (T5).
        status_ours: The status that we set last, or found at once after opening the case.
        status_sent: A status that was sent, perhaps without an answer.
        visitor_wrote: Whether the visitor's words were delivered since; then Deskie sets `open` by itself (C5).
        left_alone: Why a person decides about its status now, else empty.
        openings: When (by Deskie's clock) and for which user this case, and each case merged into it, was opened. The
            answer to an opening does not tell the id of its message (P1).
        left_by: The visitor whose chat was shown here and now goes on in another case; empty if there is none (R1).
        words_at: When the visitor's words came to stand in it (by Deskie's clock), until it is seen that it was not
            closed before; else 0 (T4).
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
    words_at: float = 0.0


@dataclass(frozen=True, slots=True)
class NoteRefused:
    """When Deskie last made a message to the customer of a note (Unix seconds), None if that is settled (T5)."""

    at: float | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """When mirroring began, before when chats were forgotten, and when they were last forgotten (Unix seconds)."""

    first: float | None = None
    forgotten_before: float = 0.0
    forgot_at: float = 0.0

    def since(self, configured: float | None, keep: float, now: float) -> float:
        """Return the time from which on chats are mirrored (Unix seconds): after the start, and not the forgotten ones.

        Args:
            configured: `[transcripts] start` (Unix seconds), None if that is the first start.
            keep: For how many seconds of silence a chat is remembered.
            now: Unix seconds.
        """
        first = configured if configured is not None else self.first or 0.0
        # A clock that was ahead may have made the daemon forget too much. Newer events must not be lost as well.
        return max(first, min(self.forgotten_before, now - keep))


def merge(state: ChatState, chat: Chat, visitor: Visitor, reading: Reading, rules: WatchRules, now: float) -> ChatState:
    """Return the state of a chat after a reading."""
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
        # A chat that is due already keeps its place in the queue.
        due_at=now if state.due_at is None else min(now, state.due_at),
        visitor_wrote=reading.visitor_wrote or state.visitor_wrote,
        bot_spoke=reading.bot_spoke or state.bot_spoke,
        human=reading.human or state.human,
        asked_at=asked_at,
        status_due=due,
    )


def merge_again(state: ChatState, rules: WatchRules, now: float) -> ChatState:
    """Return the state of a chat after a reading that shows nothing else than the one before it."""
    asked_at, closed = state.asked_at, state.closed
    return replace(
        state,
        next_read_at=next_read(
            last_event_at=state.last_event_at, closed=closed, asked_at=asked_at, rules=rules, now=now
        ),
    )


def to_mirror(state: ChatState, reading: Reading, *, visitor_included: bool) -> Sequence[Line]:
    """Return the lines of a reading that are to be shown, known ones too (T6).

    Even if the visitor's words are not included, a case needs them as its first message (T3).
    """
    return [
        line
        for line in reading.lines
        if line.at >= state.since
        and (visitor_included or line.author is not Author.VISITOR or (line.is_customers and not state.case_id))
    ]


def older_to_read(chat: Chat, last_known: str | None, since: float) -> tuple[str, ...]:
    """Return the older chats of a visitor that must be read before this one, oldest first (T7).

    From the last known chat on, all chats are read. If none is known, older chats matter only if this one began after
    `since` (Unix seconds) or has no events. Then the newest older one is read, and the same is asked about it.
    """
    older = sorted({other for other in chat.older if id_order(other) < id_order(chat.id)}, key=id_order)
    if last_known is not None:
        between = [other for other in older if id_order(other) > id_order(last_known)]
        return (last_known, *between) if id_order(last_known) < id_order(chat.id) else ()
    first = min((event.at for event in chat.events if event.at is not None), default=None)
    return tuple(older[-1:]) if first is None or first > since else ()
