"""The next step for the answers to one visitor: asked, applied, recorded, then asked again (R2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chaport_sync.core.ledger import UNCLEAR_PAUSE, LineState, Reply, not_sent

#: After an unclear outcome the chat is read back so often, 15 s apart, before an answer is sent once more (R2).
LOOKS = 2


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
    """Read the visitor's chat back: does it show these, whose outcome is unclear?"""

    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class GiveUp:
    """A part that was not sent has become too old to be sent now, or replies were switched on after it (R5)."""

    reply: Reply


Step = Rest | SendReply | LookAtChat | GiveUp


def next_step(replies: Sequence[Reply], *, max_age: float, since: float, now: float) -> Step:
    """Choose the next step for the parts of a visitor's answers, in order.

    Args:
        replies: Those that have neither arrived nor been given up.
        max_age: `[replies] max_age` in seconds.
        since: When replies were switched on (Unix seconds).
        now: Unix seconds.
    """
    waiting = [reply for reply in replies if reply.state in (LineState.NEW, LineState.SENDING)]
    if not waiting:
        return Rest()
    first = waiting[0]
    if first.state is LineState.SENDING:
        due = first.not_before <= now
        return LookAtChat(tuple(_unclear(waiting))) if due else Rest(first.not_before)
    if now - first.at > max_age or first.at < since:
        return GiveUp(first)
    return SendReply(first) if first.not_before <= now else Rest(first.not_before)


def looked(reply: Reply, now: float) -> Reply:
    """Give a part that a look at the chat did not find: looked for once more later, then to be sent again."""
    looks = reply.looks + 1
    if looks < LOOKS:
        return replace(reply, looks=looks, not_before=now + UNCLEAR_PAUSE)
    return replace(not_sent([reply])[0], looks=0)


def arrived(reply: Reply, event_id: str) -> Reply:
    """Give a part that has reached the visitor; its words are kept while they alone tell the event that shows it."""
    text = "" if event_id else reply.text
    return replace(reply, state=LineState.DONE, text=text, error="", event_id=event_id)


def _unclear(waiting: Sequence[Reply]) -> list[Reply]:
    return [reply for reply in waiting if reply.state is LineState.SENDING]
