"""Where a chat stands when a step is applied, and what every step's application needs."""

from dataclasses import dataclass, field

from chaport_sync.api.deskie import Deskie
from chaport_sync.clock import Clock
from chaport_sync.core.ledger import Line
from chaport_sync.core.transcripts.casework import CaseRules
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.reading import MirrorRules
from chaport_sync.core.transcripts.steps import Facts
from chaport_sync.store import Store
from chaport_sync.sync.other_instance import OtherInstance


@dataclass(frozen=True, slots=True)
class CaseFields:
    """What a new case gets besides the visitor's words: `[cases]` subject, group_id and labels."""

    subject: str = "Chaport chat: {visitor}"
    group_id: int = 0
    labels: tuple[int, ...] = ()
    search_channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TranscriptRules:
    """What the configuration says, for putting chats into cases.

    `poll` is in seconds; `own_email` is the address of the daemon's own API agent.
    """

    poll: float
    mirror: MirrorRules
    cases: CaseRules
    fields: CaseFields = field(default_factory=CaseFields)
    own_email: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One chat, its case and its open lines as recorded now, and what this run has found out."""

    chat: ChatState
    case: CaseState | None
    lines: tuple[Line, ...]
    facts: Facts
    now: float


@dataclass(frozen=True, slots=True)
class Desk:
    """The help desk's side: where steps are applied and recorded."""

    deskie: Deskie
    store: Store
    rules: TranscriptRules
    clock: Clock
    others: OtherInstance
