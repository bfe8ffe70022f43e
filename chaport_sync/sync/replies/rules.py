"""What the configuration says, for the reply flow."""

from dataclasses import dataclass

from chaport_sync.core.replies.selection import SelectionRules
from chaport_sync.core.statuses.pairing import PairingRules
from chaport_sync.core.transcripts.authors import AuthorRules


@dataclass(frozen=True, slots=True)
class ReplyRules:
    """What the configuration says, for the reply flow.

    Attributes:
        poll: Seconds between two cycles.
        selection: Which answers are sent.
        pairing: Who answers as whom (S3).
        authors: Who wrote what in a chat.
        channel: Where the cases are that are answered.
        own_email: The address of the daemon's own API agent.
    """

    poll: float
    selection: SelectionRules
    pairing: PairingRules
    authors: AuthorRules
    channel: str
    own_email: str
