"""The rules of the transcript flow, made from the configuration."""

from dataclasses import dataclass

from chaport_sync.core.transcripts.cases import CaseRules
from chaport_sync.core.transcripts.reading import MirrorRules
from chaport_sync.core.transcripts.watch import WatchRules


@dataclass(frozen=True, slots=True)
class TranscriptRules:
    """The rules of the transcript flow.

    Attributes:
        mirror: What is shown, and how.
        watch: When a chat is read again.
        cases: Which case a chat gets, and which status the case.
        subject: The subject of a new case, empty for the language's; `{visitor}` stands for the visitor's name.
        group_id: The group of a new case, 0 if Deskie decides.
        labels: The labels of a new case.
        search_channels: The channels in which cases are searched for, empty for any.
        own_email: The address of the daemon's own API agent.
        start: Since when chats are shown (Unix seconds), None for since the first start.
        keep: After so many seconds of silence a chat is forgotten.
    """

    mirror: MirrorRules
    watch: WatchRules
    cases: CaseRules
    subject: str
    group_id: int
    labels: tuple[int, ...]
    search_channels: tuple[str, ...]
    own_email: str
    start: float | None
    keep: float
