"""Setting a case's status: the last write of a delivery, checked in the answer (C4)."""

from dataclasses import replace

import structlog

from chaport_sync.api.errors import Forbidden, Missing, Rejected
from chaport_sync.core.model import CaseView
from chaport_sync.core.transcripts.cases import CLOSED, OPEN, WAITING, taken_over
from chaport_sync.core.transcripts.chats import CaseState
from chaport_sync.core.transcripts.steps import Facts, SetStatus, Snapshot, StatusSettled
from chaport_sync.sync.backoff import Backoff
from chaport_sync.sync.cycle import Services
from chaport_sync.sync.transcripts.case_reader import CaseReader
from chaport_sync.sync.transcripts.rules import TranscriptRules

log = structlog.get_logger()

#: A status is written once and re-applied at most twice per delivery.
WRITES = 3
#: If so many cases in a row refuse to be pending, none of the channel is set so until the next start.
REFUSALS = 3
#: A case that refuses to be open is tried again after so long (seconds), because it hides a visitor who waits.
REFUSED_PAUSE = 600.0


class CaseStatus:
    """The steps that concern a case's status."""

    def __init__(self, services: Services, rules: TranscriptRules, reader: CaseReader) -> None:
        self._store = services.store
        self._deskie = services.deskie
        self._rules = rules
        self._reader = reader
        self._refusals: set[str] = set()
        self._opening_refused = Backoff[str](services.clock, first=REFUSED_PAUSE, most=REFUSED_PAUSE)
        self.pending_refused = False

    def opening_refused_until(self, case_id: str, now: float) -> float | None:
        """Return when to try again to set a case to open (Unix seconds), None if at once."""
        return self._opening_refused.until(case_id, now)

    def forget(self) -> None:
        """Forget which cases refused to be open, so that memory stays bounded."""
        self._opening_refused.clear()

    async def set(self, step: SetStatus, at: Snapshot) -> Facts:
        """Set the status; it is recorded first, so that after a crash it counts as possibly ours."""
        assert at.case is not None  # noqa: S101 - the step is chosen for chats with a case
        found = at.facts.view
        if (
            found is not None
            and found.staff_id
            and found.status != CLOSED
            and await self._reader.set_by_us(found) is False
        ):
            # The agent may have set the same status as the daemon before; only the case's history shows it.
            self._store.transcripts.record(at.chat, case=taken_over(at.case, found))
            return at.facts
        case = replace(at.case, status_sent=step.status)
        self._store.transcripts.record(at.chat, case=case)
        view = await self._write(case.id, step.status)
        if view is None or view.status != step.status:
            return self._refused(step, at, case, view)
        chat = replace(at.chat, status_due="")
        self._refusals.clear()
        self._opening_refused.succeeded(case.id)
        case = replace(case, status_ours=step.status, status_sent="", visitor_wrote=False, words_at=0.0)
        self._store.transcripts.record(chat, case=case)
        name = "case.reopened" if step.status == OPEN else "case.pending"
        log.info(name, **chat.fields, reason=step.reason.words)
        return replace(at.facts, view=view)

    def settle(self, step: StatusSettled, at: Snapshot) -> Facts:
        """Record that the status is right, or that the case has to be open from now on."""
        if step.unanswered:
            due = "the visitor is unanswered"
            self._store.transcripts.record(replace(at.chat, opened_unanswered=True, status_due=due))
            return at.facts
        case, view = at.case, at.facts.view
        if view is not None and view.status == WAITING:
            self._refusals.clear()
        if case is not None and view is not None and not case.left_alone:
            case = replace(case, status_ours=view.status, status_sent="", visitor_wrote=False)
        self._store.transcripts.record(replace(at.chat, status_due=""), case=case)
        return at.facts

    async def _write(self, case_id: str, status: str) -> CaseView | None:
        view: CaseView | None = None
        for _ in range(WRITES):
            try:
                view = await self._deskie.set_case_status(case_id, status)
            except (Rejected, Forbidden, Missing):
                return None
            if view.status == status:
                break
        return view

    def _refused(self, step: SetStatus, at: Snapshot, case: CaseState, view: CaseView | None) -> Facts:
        """Record a refusal: to be pending is given up for this delivery, to be open is tried again after a pause."""
        if step.status == OPEN:
            self._opening_refused.failed(case.id)
            self._store.transcripts.record(at.chat, case=case)
            return replace(at.facts, view=view)
        self._store.transcripts.record(replace(at.chat, status_due=""), case=case)
        self._refusals.add(case.id)
        if len(self._refusals) >= REFUSALS and not self.pending_refused:
            self.pending_refused = True
            found = view.status if view is not None else "an error"
            log.warning("case.pending_refused", channel=self._rules.cases.channel, found=found)
        return replace(at.facts, view=view, pending_refused=self.pending_refused)
