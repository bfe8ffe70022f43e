"""The next step for the answers to one visitor: asked, applied, recorded, then asked again (R2)."""

from dataclasses import dataclass, replace

from chaport_sync.core.ledger import UNCLEAR_PAUSE, LineState, Reply, not_sent
from chaport_sync.core.replies.selection import SelectionRules, Why

#: After an unclear outcome the chat is read back so often, 15 s apart, before an answer is sent once more (R2).
LOOKS = 2


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a step is decided from: one visitor's answers as recorded now, and what this run knows.

    Attributes:
        replies: The parts of the answers, in order.
        since: When replies were switched on (Unix seconds).
        run_since: When this run began. What is older and not sent may have been sent by another run, of which the
            state file knows nothing since it is an older copy.
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
    """Nothing to do, until `until` if something is due by itself then."""

    until: float | None = None


@dataclass(frozen=True, slots=True)
class SendReply:
    """Send this part: all before it have arrived or were given up."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class LookAtChat:
    """Read the visitor's chat back: does it show these, of which it is not known whether they were sent?"""

    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Do not send this part, nor what follows it of its answer."""

    reply: Reply
    why: Why


Step = Rest | SendReply | LookAtChat | GiveUp


def next_step(at: Snapshot, rules: SelectionRules) -> Step:
    """Decide what is to be done for the answers to a visitor next (R2, R5)."""
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
    """Return a part that a look at the chat did not find: looked for once more later, then to be sent again."""
    looks = reply.looks + 1
    if looks < LOOKS:
        return replace(reply, looks=looks, not_before=now + UNCLEAR_PAUSE)
    return replace(not_sent([reply])[0], looks=0)


def arrived(reply: Reply, event_id: str) -> Reply:
    """Return a part that has reached the visitor; its words are kept while they alone tell the event that shows it."""
    text = "" if event_id else reply.text
    return replace(reply, state=LineState.DONE, text=text, error="", event_id=event_id)
