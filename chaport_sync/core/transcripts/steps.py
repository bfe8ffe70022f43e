"""The steps of a chat in Deskie, each with its reason, and the snapshot from which `next_step` chooses one."""

from dataclasses import dataclass

from chaport_sync.core.ledger import Form, Line
from chaport_sync.core.model import CaseView
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.wording import Reason


@dataclass(frozen=True, slots=True)
class Facts:
    """What this run knows and is not recorded. Times are Unix seconds.

    Attributes:
        view: The case as read in this run, None if it was not read or may have changed since.
        verified: Whether the case was read back since the start (P1).
        searched: Whether a search in this run found no case.
        opening_paused_until: Until then no case is opened, because Deskie refuses the channel (P3).
        pending_refused: Whether the channel refuses `waiting` (C4).
        opening_refused_until: Until then this case is not set to `open` again, because Deskie refused it (C4).
        unclear_elsewhere: Another chat of this visitor or case has an unclear request; it may be read back then (P1).
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
class Snapshot:
    """The input of a decision at `now` (Unix seconds): what is recorded, and what this run knows.

    `case` is None while the chat has none; `lines` are those that are not displayed yet, in order.
    """

    chat: ChatState
    case: CaseState | None
    lines: tuple[Line, ...]
    facts: Facts
    now: float


@dataclass(frozen=True, slots=True)
class Rest:
    """Do nothing, until the time `until` (Unix seconds) if there is one."""

    reason: Reason
    until: float | None = None


@dataclass(frozen=True, slots=True)
class _Plain:
    """A step of which nothing but its reason is to be said."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Release:
    """Hold back no longer what has come until now: it makes one note; if `live`, what follows goes in live (T2)."""

    reason: Reason
    live: bool


class Search(_Plain):
    """Search for a case of the visitor (T4), or for the one whose opening had an unclear outcome (P1)."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """After searches without a case: park the lines (T4c), or treat the unclear opening as not executed (P1)."""

    lines: tuple[Line, ...]
    reason: Reason
    park: bool


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Open a case with the visitor's first words (T3); an empty `status` leaves the case's status to Deskie (C1)."""

    lines: tuple[Line, ...]
    reason: Reason
    status: str = ""


class ReadBack(_Plain):
    """Read the messages of the case before anything is written (P1)."""


class LookAtCase(_Plain):
    """Read the case itself: is it deleted or merged, and has a person taken its status over?"""


@dataclass(frozen=True, slots=True)
class Follow:
    """Go on in the case into which this one was merged (T4)."""

    parent_id: str
    reason: Reason


class LeaveCase(_Plain):
    """Search for another case, or open a new one, because agents would overlook the lines in this one (T4)."""


class Silence(_Plain):
    """Write nothing more for this chat (T4)."""


@dataclass(frozen=True, slots=True)
class Send:
    """Deliver lines that follow one another and have one form; `late` ones were parked (T5, P3)."""

    form: Form
    lines: tuple[Line, ...]
    late: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Set the case's status, for the reason that made it due (C4)."""

    status: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class StatusSettled:
    """Record that the case's status needs nothing more."""

    reason: Reason
    unanswered: bool = False


Step = (
    Rest
    | Release
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
