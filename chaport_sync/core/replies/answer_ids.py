"""The ids that answers have in Chaport: by them Chaport and the daemon know an answer again (R2)."""

import re
from dataclasses import dataclass

from chaport_sync.core.ledger import Reply
from chaport_sync.core.model import Event

#: The external ids of every chaport-sync begin with this.
PREFIX = "deskie-"


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
        return f"{PREFIX}{self.mark}-{_name(reply)}" if reply.at >= self.marked_since else f"{PREFIX}{_name(reply)}"

    def are_on(self, event: Event) -> bool:
        """Return whether an event bears this state file's mark, even if the file, an older copy, has no such answer."""
        return bool(self.mark) and event.external_id.startswith(f"{PREFIX}{self.mark}-")


def may_be_on(event: Event, reply: Reply) -> bool:
    """Return whether an event has no external id, or one that any state file could have given to this answer."""
    of_any_file = f"{PREFIX}([0-9a-f]{{8}}-)?{re.escape(_name(reply))}"
    return not event.external_id or re.fullmatch(of_any_file, event.external_id) is not None


def _name(reply: Reply) -> str:
    return reply.message_id if reply.part == 0 else f"{reply.message_id}-{reply.part + 1}"
