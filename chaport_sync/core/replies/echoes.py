"""Find the events of a chat that are replies which this daemon sent (R2).

The reply flow uses it after an unclear request, so that no reply is sent twice. The transcript flow uses it so that a
reply is not shown in the case again.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from chaport_sync.core.ledger import LineState, Reply, with_earliest
from chaport_sync.core.model import Event
from chaport_sync.core.skew import CLOCK_SKEW
from chaport_sync.core.text import compared_lines

#: The external ids of every chaport-sync begin with this.
_PREFIX = "deskie-"


@dataclass(frozen=True, slots=True)
class AnswerIds:
    """The external ids of one state file's answers; several Deskie accounts may answer in one Chaport account.

    `mark` is eight digits that only this state file has, empty if replies were never switched on. Answers from before
    `marked_since` (Unix seconds) have no mark in their ids, because an older version sent them.
    """

    mark: str = ""
    marked_since: float = 0.0

    def of(self, reply: Reply) -> str:
        """Return the external id of a part of an answer; it is the same each time the part is sent."""
        return f"{_PREFIX}{self.mark}-{_name(reply)}" if reply.at >= self.marked_since else f"{_PREFIX}{_name(reply)}"

    def are_on(self, event: Event) -> bool:
        """Return whether an event bears this state file's mark, even if the file, an older copy, has no such answer."""
        return bool(self.mark) and event.external_id.startswith(f"{_PREFIX}{self.mark}-")


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
    by_id = {reply.event_id: reply for reply in replies if reply.event_id}
    by_external_id = {ids.of(reply): reply for reply in replies}
    told = ((event.id, by_id.get(event.id) or by_external_id.get(event.external_id)) for event in events)
    found = {event_id: reply for event_id, reply in told if reply is not None}
    there = {reply.key for reply in found.values()}
    missing = [reply for reply in replies if reply.key not in there and _may_be_there(reply, run_since)]
    if missing:
        found |= _by_words([event for event in events if event.id not in found], missing)
    return found


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
        fits = (_may_be_on(event, reply) and _is_late_enough(event, reply.at) for event in reversed(left))
        place = next((len(left) - 1 - number for number, fit in enumerate(fits) if fit), None)
        if place is not None:
            found[left.pop(place).id] = reply
    return found


def _is_late_enough(event: Event, at: float) -> bool:
    return event.at is None or event.at >= at - CLOCK_SKEW


def _may_be_on(event: Event, reply: Reply) -> bool:
    """Return whether an event has no external id, or one that any state file could have given to this answer."""
    of_any_file = f"{_PREFIX}([0-9a-f]{{8}}-)?{re.escape(_name(reply))}"
    return not event.external_id or re.fullmatch(of_any_file, event.external_id) is not None


def _name(reply: Reply) -> str:
    return reply.message_id if reply.part == 0 else f"{reply.message_id}-{reply.part + 1}"
