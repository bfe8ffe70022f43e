"""What every step of the transcript flow works with in Deskie."""

from dataclasses import dataclass, field

from chaport_sync.api.deskie import Deskie
from chaport_sync.clock import Clock
from chaport_sync.core.transcripts.cases import CaseRules
from chaport_sync.core.transcripts.reading import MirrorRules
from chaport_sync.store import Store
from chaport_sync.sync.other_instance import OtherInstance


@dataclass(frozen=True, slots=True)
class CaseFields:
    """The fields of a new case besides the visitor's words, and the channels to search: keys of `[cases]`."""

    subject: str = "Chaport chat: {visitor}"
    group_id: int = 0
    labels: tuple[int, ...] = ()
    search_channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TranscriptRules:
    """The rules of showing chats in cases.

    `poll` is in seconds; `own_email` is the address of the daemon's own API agent.
    """

    poll: float
    mirror: MirrorRules
    cases: CaseRules
    fields: CaseFields = field(default_factory=CaseFields)
    own_email: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """Deskie, the state file and the rules, by which steps are applied and recorded."""

    deskie: Deskie
    store: Store
    rules: TranscriptRules
    clock: Clock
    others: OtherInstance
