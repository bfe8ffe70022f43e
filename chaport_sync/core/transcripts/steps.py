"""The steps that a chat can take towards Deskie, each with its reason; `next_step` chooses among them."""

from dataclasses import dataclass

from chaport_sync.core.ledger import Form, Line
from chaport_sync.core.model import CaseView


@dataclass(frozen=True, slots=True)
class Facts:
    """What this run knows besides what is recorded.

    Attributes:
        view: The case as read in this run, None if what is known of it may be out of date.
        verified: Whether the case was read back since the start (P1).
        searched: Whether a search in this run found no case.
        opening_paused_until: While set, no case can be opened, because the channel is refused (P3).
        pending_refused: Whether the channel refuses `waiting` (C4).
        opening_refused_until: While set, this case is not set to `open` again, which was refused (C4).
        unclear_elsewhere: While set, another chat of this visitor or case has an unclear outcome; when that may be
            looked into (P1).
        waits_elsewhere: Whether the case was opened for another chat whose visitor still waits (C2).
    """

    view: CaseView | None = None
    verified: bool = False
    searched: bool = False
    opening_paused_until: float | None = None
    pending_refused: bool = False
    opening_refused_until: float | None = None
    unclear_elsewhere: float | None = None
    waits_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do, until `until` if something may then be due by itself."""

    reason: str
    until: float | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """Begin to deliver a chat that was held back while a bot answered (T2)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Search:
    """Search for a case of the visitor (T4), or for the one whose opening had an unclear outcome (P1)."""

    reason: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Nothing was found: park the lines (T4c), or take the unclear opening as not executed (P1)."""

    lines: tuple[Line, ...]
    reason: str
    park: bool


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Open a case with the visitor's first words (T3)."""

    lines: tuple[Line, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Read what stands in the case before anything is written (P1)."""

    reason: str


@dataclass(frozen=True, slots=True)
class LookAtCase:
    """Read the case: still there, merged, whose business its status is."""

    reason: str


@dataclass(frozen=True, slots=True)
class Follow:
    """Go on in the case into which this one was merged (T4)."""

    parent_id: str
    reason: str = "the case was merged"


@dataclass(frozen=True, slots=True)
class LeaveCase:
    """Look for another case, or open a new one: what is to be shown would be overlooked in this one (T4)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Write nothing more for this chat (T4)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Send:
    """Deliver lines that follow one another and have one form; `late` ones were parked (T5, P3)."""

    form: Form
    lines: tuple[Line, ...]
    late: bool
    reason: str


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Set the case's status; `reason` is what made it due (C4)."""

    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class StatusSettled:
    """The case's status needs nothing (any more)."""

    reason: str
    unanswered: bool = False


Step = (
    Rest
    | HandOver
    | Search
    | GiveUp
    | OpenCase
    | ReadBack
    | LookAtCase
    | Follow
    | LeaveCase
    | Silence
    | Send
    | SetStatus
    | StatusSettled
)
