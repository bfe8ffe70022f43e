"""Setting a case's status: the last write of a delivery, verified in its answer (section 4)."""

from dataclasses import replace

import structlog

from chaport_sync.api.errors import Forbidden, Missing, Rejected
from chaport_sync.core.casework import OPEN
from chaport_sync.core.model import CaseView
from chaport_sync.core.steps import Facts, SetStatus, StatusSettled
from chaport_sync.sync.at import At, Desk

log = structlog.get_logger()

#: A status is written once and re-applied at most twice per delivery.
WRITES = 3
#: A channel that refuses so many cases in a row is left alone until the next start.
REFUSALS = 3


class CaseStatus:
    """The steps that concern a case's status."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._refusals: set[str] = set()
        self.refused = False

    async def set(self, step: SetStatus, at: At) -> Facts:
        """Set the status; a crash on the way leaves it recorded as possibly ours."""
        assert at.case is not None  # noqa: S101 - the step is chosen for chats with a case
        case = replace(at.case, status_sent=step.status)
        self._desk.store.record(at.chat, case=case)
        view = await self._write(case.id, step.status)
        chat = replace(at.chat, status_due="")
        if view is None or view.status != step.status:
            self._desk.store.record(chat, case=case)
            self._note_refusal(case.id, view)
            return replace(at.facts, view=view, status_refused=self.refused)
        self._refusals.clear()
        case = replace(case, status_ours=step.status, status_sent="", visitor_wrote=False)
        self._desk.store.record(chat, case=case)
        name = "case.reopened" if step.status == OPEN else "case.pending"
        log.info(name, visitor=chat.visitor_id, chat=chat.chat_id, case=case.id, reason=step.reason)
        return replace(at.facts, view=view)

    def settle(self, step: StatusSettled, at: At) -> Facts:
        """Note that the status needs nothing, or that from now on it has to be open."""
        if step.unanswered:
            due = "the visitor is unanswered"
            self._desk.store.record(replace(at.chat, opened_unanswered=True, status_due=due))
            return at.facts
        case, view = at.case, at.facts.view
        if case is not None and view is not None and not case.left_alone:
            case = replace(case, status_ours=view.status, status_sent="", visitor_wrote=False)
        self._desk.store.record(replace(at.chat, status_due=""), case=case)
        return at.facts

    async def _write(self, case_id: str, status: str) -> CaseView | None:
        view: CaseView | None = None
        for _ in range(WRITES):
            try:
                view = await self._desk.deskie.set_case_status(case_id, status)
            except (Rejected, Forbidden, Missing):
                return None
            if view.status == status:
                break
        return view

    def _note_refusal(self, case_id: str, view: CaseView | None) -> None:
        self._refusals.add(case_id)
        if len(self._refusals) >= REFUSALS and not self.refused:
            self.refused = True
            found = view.status if view is not None else "an error"
            log.warning("case.pending_refused", channel=self._desk.rules.cases.channel, found=found)
