"""By which ids Chaport recognises our answers, and we do when they come back (R2)."""

import re
from dataclasses import dataclass

from chaport_sync.core.ledger import Reply
from chaport_sync.core.model import Event

#: How the external ids of all chaport-syncs begin.
PREFIX = "deskie-"


@dataclass(frozen=True, slots=True)
class AnswerIds:
    """The external ids of one state file's answers: several Deskies may answer in one Chaport.

    `mark` are the eight digits that only this state file has; empty while replies were never switched on. What was
    written before `marked_since` (Unix seconds) was sent without them, by a version that knew no marks.
    """

    mark: str = ""
    marked_since: float = 0.0

    def of(self, reply: Reply) -> str:
        """Return the id of a part of an answer, the same whenever it is sent."""
        return f"{PREFIX}{self.mark}-{_name(reply)}" if reply.at >= self.marked_since else f"{PREFIX}{_name(reply)}"

    def are_on(self, event: Event) -> bool:
        """Return whether this state file sent an event, also where it has forgotten the answer (an older copy)."""
        return bool(self.mark) and event.external_id.startswith(f"{PREFIX}{self.mark}-")


def may_be_on(event: Event, reply: Reply) -> bool:
    """Return whether an event bears no id, or the one that another state file would have given to this answer."""
    of_any_file = f"{PREFIX}([0-9a-f]{{8}}-)?{re.escape(_name(reply))}"
    return not event.external_id or re.fullmatch(of_any_file, event.external_id) is not None


def _name(reply: Reply) -> str:
    return reply.message_id if reply.part == 0 else f"{reply.message_id}-{reply.part + 1}"
