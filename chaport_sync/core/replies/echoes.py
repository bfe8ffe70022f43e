"""Which of a chat's events are replies of ours that came back (R2).

Both who looks for a reply without an answer and who shows chats in Deskie ask this; so what was sent is sent once, and
what came back is never shown as somebody else's.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from chaport_sync.core.ledger import LineState, Reply, with_earliest
from chaport_sync.core.model import Event
from chaport_sync.core.replies.answer_ids import AnswerIds, may_be_on
from chaport_sync.core.text import compared_lines

#: Both servers' clocks may differ by so much (seconds).
CLOCK_SKEW = 300.0


def echoes(events: Sequence[Event], replies: Sequence[Reply], ids: AnswerIds, *, run_since: float) -> dict[str, Reply]:
    """Return the replies that a chat's events show, by the event's id.

    The surest sign counts first: the event's id as Chaport answered it, the external id that we gave it, and where
    neither tells, the operator and the words, from the moment of writing on and each event once.

    Args:
        events: A chat's events, in order, without what the visitor wrote.
        replies: The parts of answers to its visitor, in order.
        ids: The external ids that we give them.
        run_since: When this run began. What is older and not sent may have been sent by a run of which the state file
            knows nothing.
    """
    found = _by_id(events, {reply.event_id: reply for reply in replies if reply.event_id})
    found |= _by_external_id(events, {ids.of(reply): reply for reply in replies})
    there = {reply.key for reply in found.values()}
    missing = [reply for reply in replies if reply.key not in there and _may_be_there(reply, run_since)]
    if missing:
        found |= _by_words([event for event in events if event.id not in found], missing)
    return found


def _by_id(events: Sequence[Event], known: Mapping[str, Reply]) -> dict[str, Reply]:
    return {event.id: known[event.id] for event in events if event.id in known}


def _by_external_id(events: Sequence[Event], known: Mapping[str, Reply]) -> dict[str, Reply]:
    return {event.id: known[event.external_id] for event in events if event.external_id in known}


def _may_be_there(reply: Reply, run_since: float) -> bool:
    forgotten = reply.state is LineState.NEW and reply.at < run_since
    return not reply.event_id and (forgotten or reply.state in (LineState.SENDING, LineState.DONE))


def _by_words(events: Sequence[Event], replies: Sequence[Reply]) -> dict[str, Reply]:
    """Pair each reply with the first event of its operator in its words that is late enough and not taken.

    When it was sent is told by this machine's clock alone; an answer and an event have their services' times.
    """
    said: dict[tuple[str, ...], list[Event]] = defaultdict(list)
    for event in reversed(events):
        said[(event.author_id, *compared_lines(event.text))].append(event)
    found = {}
    for reply, first in with_earliest(replies):
        left = said[(reply.operator_id, *compared_lines(reply.text))]
        while left and not _is_late_enough(left[-1], first):
            left.pop()
        fits = (may_be_on(event, reply) and _is_late_enough(event, reply.at) for event in reversed(left))
        place = next((len(left) - 1 - number for number, fit in enumerate(fits) if fit), None)
        if place is not None:
            found[left.pop(place).id] = reply
    return found


def _is_late_enough(event: Event, at: float) -> bool:
    return event.at is None or event.at >= at - CLOCK_SKEW
