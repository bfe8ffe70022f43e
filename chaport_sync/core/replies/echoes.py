"""Find the events of a chat that are replies which this daemon sent (R2).

The reply flow uses it after an unclear request, so that no reply is sent twice. The transcript flow uses it so that a
reply is not shown in the case again.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from chaport_sync.core.ledger import LineState, Reply, with_earliest
from chaport_sync.core.model import Event
from chaport_sync.core.replies.answer_ids import AnswerIds, may_be_on
from chaport_sync.core.skew import CLOCK_SKEW
from chaport_sync.core.text import compared_lines


def echoes(events: Sequence[Event], replies: Sequence[Reply], ids: AnswerIds, *, run_since: float) -> dict[str, Reply]:
    """Return the replies that a chat's events show, by the event's id.

    The surest sign counts first: the event's id in Chaport's answer, then the external id. Without both, the operator
    and the words count, if the event is not older than the reply. Each event shows one reply at most.

    Args:
        events: The events of the chat that the visitor did not write, in order.
        replies: The parts of answers to its visitor, in order.
        ids: The external ids of this state file's answers.
        run_since: When this run began (Unix seconds). An older run may have sent a reply that the state file has as
            new, if the file is an older copy.
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
    """Pair each reply with the first event of its operator that has its words, is late enough and has no reply yet.

    Deskie's time of the answer is compared with Chaport's time of the event; this machine's clock takes no part.
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
