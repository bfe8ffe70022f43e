"""The rules of the reply flow."""

from dataclasses import dataclass

from chaport_sync.core.languages.language import Language
from chaport_sync.core.replies.selection import SelectionRules
from chaport_sync.core.statuses.pairing import PairingRules
from chaport_sync.core.transcripts.authors import AuthorRules


@dataclass(frozen=True, slots=True)
class ReplyRules:
    """The rules of the reply flow, made from the configuration.

    Attributes:
        poll: Seconds between two cycles.
        selection: Which replies are sent.
        pairing: Which agent replies as which operator (S3).
        authors: How the author of an event is found.
        channel: The custom channel whose cases are read (`cch<N>`).
        own_email: The address of the daemon's own API agent.
        language: The language of the notes about replies.
    """

    poll: float
    selection: SelectionRules
    pairing: PairingRules
    authors: AuthorRules
    channel: str
    own_email: str
    language: Language
