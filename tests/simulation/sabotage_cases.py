"""What takes the place of the right parts where the daemon is broken on purpose in what it does with cases."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chaport_sync.core.ledger import Form, Line
from chaport_sync.core.model import CaseView
from chaport_sync.core.transcripts import next_step
from chaport_sync.core.transcripts.cases import judge
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.next_step import form_of
from chaport_sync.core.transcripts.steps import SetStatus, Snapshot, StatusSettled, Step


def in_any_name(line: Line, chat: ChatState, case: CaseState) -> Form:
    """Write words as the case's customer, whoever that is."""
    return form_of(line, replace(chat, user_id=""), case)


def assigned_is_theirs(case: CaseState, view: CaseView, **more: bool) -> CaseState:
    """Leave a case alone once an agent is assigned, though the daemon has hidden it."""
    found = judge(case, view, **more)
    assigned = case.own and view.staff_id and not view.parent_id and not case.left_alone
    return replace(found, left_alone="an agent is assigned") if assigned else found


def words_are_forgotten(case: CaseState, _view: CaseView) -> CaseState:
    """Take the visitor's words for seen, wherever they stand."""
    return replace(case, words_at=0.0)


def openings_are_left(wanted: str, at: Snapshot, make: Callable[..., Step] = next_step._make) -> Step:
    """Leave a case in the status in which Deskie opened it."""
    step, opened = make(wanted, at), at.chat.status_due == "opened by the visitor's first words"
    return StatusSettled(step.reason) if opened and isinstance(step, SetStatus) else step


async def never(*_: Any) -> bool:
    """Say no."""
    return False
