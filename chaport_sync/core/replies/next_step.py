"""The next step for the answers to one visitor: decided, applied, recorded, then decided again (R2)."""

from dataclasses import dataclass, replace

from chaport_sync.core.ledger import UNCLEAR_PAUSE, LineState, Reply, not_sent
from chaport_sync.core.replies.selection import SelectionRules, Why

#: After an unclear request the chat is read so often, 15 s apart, before the answer is sent once more (R2).
LOOKS = 2


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The input of a decision: one visitor's answers as recorded now, and what this run knows.

    Attributes:
        replies: The parts of the answers, in order.
        since: When replies were switched on (Unix seconds).
        run_since: When this run began (Unix seconds). An older run may have sent an answer that the state file has as
            new, if the file is an older copy.
        looked_for: The ids of the messages that this run has looked for in the chat.
        now: Unix seconds.
    """

    replies: tuple[Reply, ...]
    since: float
    run_since: float
    looked_for: frozenset[str]
    now: float


@dataclass(frozen=True, slots=True)
class Rest:
    """Do nothing, until the time `until` (Unix seconds) if there is one."""

    until: float | None = None


@dataclass(frozen=True, slots=True)
class SendReply:
    """Send this part; all parts before it have arrived or were given up."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class LookAtChat:
    """Read the visitor's chat, to see whether these parts, which may have been sent, are there."""

    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Send neither this part of an answer nor the parts behind it."""

    reply: Reply
    why: Why


Step = Rest | SendReply | LookAtChat | GiveUp


def next_step(at: Snapshot, rules: SelectionRules) -> Step:
    """Return the next step for the answers to a visitor (R2, R5)."""
    first = next((reply for reply in at.replies if reply.state in (LineState.NEW, LineState.SENDING)), None)
    if first is None:
        return Rest()
    if first.state is LineState.SENDING:
        return _look(at, LineState.SENDING) if first.not_before <= at.now else Rest(first.not_before)
    too_old = at.now - first.at > rules.max_age or first.at < at.since
    if first.not_before > at.now and not too_old:
        return Rest(first.not_before)
    if first.at < at.run_since and first.message_id not in at.looked_for:
        return _look(at, LineState.NEW)
    return GiveUp(first, Why.TOO_OLD) if too_old else SendReply(first)


def _look(at: Snapshot, state: LineState) -> LookAtChat:
    return LookAtChat(tuple(reply for reply in at.replies if reply.state is state))


def looked(reply: Reply, now: float) -> Reply:
    """Return a part that was not found in the chat; it is looked for once more, and then sent again."""
    looks = reply.looks + 1
    if looks < LOOKS:
        return replace(reply, looks=looks, not_before=now + UNCLEAR_PAUSE)
    return replace(not_sent([reply])[0], looks=0)


def arrived(reply: Reply, event_id: str) -> Reply:
    """Return a part that has reached the visitor; without an event id its words are kept, to find the event by them."""
    text = "" if event_id else reply.text
    return replace(reply, state=LineState.DONE, text=text, error="", event_id=event_id)
