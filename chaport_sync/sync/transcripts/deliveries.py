"""Sending lines, and reading the case after an unclear request (T5, P1, P3)."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from chaport_sync.api.errors import ApiError, Executed, Forbidden, Missing, Rejected
from chaport_sync.clock import Stopping, give_way
from chaport_sync.core.ledger import ALL_ROWS, Form, Line, LineState, done, not_sent, rejected, sending, unclear
from chaport_sync.core.model import Message, OwnAgent
from chaport_sync.core.transcripts.cases import CLOSED
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.delivery_text import content, fitting, header, late_heading
from chaport_sync.core.transcripts.steps import Facts, LeaveCase, Send, Snapshot
from chaport_sync.core.wording import Reason
from chaport_sync.store import Store
from chaport_sync.sync.cycle import Services
from chaport_sync.sync.transcripts.case_reader import CaseReader
from chaport_sync.sync.transcripts.rules import TranscriptRules

log = structlog.get_logger()

#: So many confirmed lines are recorded before other tasks run.
AT_ONCE = 1000


class NoteRefusedError(Exception):
    """What was sent as a note stands in its case as no note: it may have reached the customer (T5)."""


class Deliveries:
    """The steps that put lines into a case."""

    def __init__(self, services: Services, rules: TranscriptRules, reader: CaseReader) -> None:
        self._services = services
        self._store = services.store
        self._rules = rules
        self._reader = reader

    async def read_back(self, at: Snapshot) -> Facts:
        """Read the case and record which open lines it shows already, so that none is sent twice (P1)."""
        assert at.case is not None  # noqa: S101 - the step is chosen for chats with a case
        lines = self._store.transcripts.open_lines(at.chat.key)
        expected = [line for line in lines if line.state in (LineState.NEW, LineState.SENDING)]
        if not expected:
            return replace(at.facts, verified=True)
        try:
            found = await self._reader.shown_in(at.case.id, at.chat.key, expected, opened=at.case.openings)
        except Missing:
            # The case was erased, and its messages too; the next look at the case decides.
            sent = [line for line in expected if line.state is LineState.SENDING]
            self._store.transcripts.record(at.chat, not_sent(sent))
            return replace(at.facts, view=None, verified=True)
        there = [line for line in expected if line.key in found]
        missing = [line for line in expected if line.key not in found and line.state is LineState.SENDING]
        spoke = [found[line.key].message for line in there if line.is_customers]
        chat = replace(
            at.chat,
            introduced=at.chat.introduced or any(shown.message.note for shown in found.values()),
            status_due="the visitor wrote" if spoke and at.case.own else at.chat.status_due,
        )
        wrote = any(not message.note for message in spoke)
        words_at = [at.now if message.created_at is None else message.created_at for message in spoke]
        # Another visitor's chat in a merged case may have found out something about it meanwhile.
        case = self._store.transcripts.case(at.case.id) or at.case
        case = replace(case, visitor_wrote=case.visitor_wrote or wrote, words_at=max(words_at, default=case.words_at))
        self._store.transcripts.record(chat, not_sent(missing), case)
        for start in range(0, len(there), AT_ONCE):
            # A long case takes a while; after a crash the next start reads the rest again.
            await give_way()
            shown = [(line, found[line.key]) for line in there[start : start + AT_ONCE]]
            self._store.transcripts.record_lines(
                chat.key, [done([line], its.message.id, its.rows)[0] for line, its in shown]
            )
        if there:
            log.info("delivery.confirmed", **chat.fields, events=len(there))
        return replace(at.facts, verified=True, view=None)

    async def send(self, step: Send, at: Snapshot) -> Facts | None:
        """Send lines as one message or note: recorded, sent, recorded.

        Returns:
            The facts, or None if this chat must wait for the next cycle.

        Raises:
            ApiError: The service failed, not the record.
            NoteRefusedError: The note stands in the case as a message.
        """
        assert at.case is not None  # noqa: S101 - the step is chosen for chats with a case
        locale, replies = self._rules.mirror.locale, self._rules.mirror.replies
        introduce = step.form is Form.NOTE and not at.chat.introduced
        headings = [header(at.chat, at.case, locale.language, replies=replies)] if introduce else []
        headings += [late_heading(step.lines, locale)] if step.late else []
        heading = "\n".join(headings)
        lines = sending(fitting(step.form, step.lines, locale, at.chat.key, heading), at.now)
        self._store.transcripts.record(at.chat, lines)
        try:
            text = content(step.form, lines, locale, at.chat.key, heading)
            message = await self._post(at.case, step.form, text)
        except (Rejected, Forbidden, Missing) as error:
            return self._not_accepted(error, lines, at)
        except (ApiError, Stopping) as error:
            note_outcome(self._store, at.chat, lines, error, self._services.clock.now())
            raise
        self._record_sent(step, lines, message, at)
        if step.form is Form.NOTE and not message.note:
            await self._look_at_note(message, at)
        return replace(at.facts, view=None) if step.form is Form.CUSTOMER else at.facts

    def leave(self, step: LeaveCase, at: Snapshot, lines: Sequence[Line] = ()) -> Facts:
        """Take the case from a chat, so that another is searched for; the chat gets a new heading there."""
        assert at.case is not None  # noqa: S101 - only a chat with a case leaves one
        chat, case = at.chat, replace(at.case, left_by=at.chat.visitor_id)
        self._store.transcripts.record(replace(chat, case_id="", introduced=False), lines, case)
        log.info("case.left", **chat.fields, reason=step.reason.words)
        return replace(at.facts, view=None, searched=False, verified=False)

    async def _post(self, case: CaseState, form: Form, text: str) -> Message:
        if form is Form.CUSTOMER:
            return await self._services.deskie.add_message(case.id, case.user_id, text)
        return await self._services.deskie.add_note(case.id, text)

    async def _look_at_note(self, answered: Message, at: Snapshot) -> None:
        """Read a note whose answer did not say that it is one; raises `NoteRefusedError` if it is none (T5)."""
        assert at.case is not None  # noqa: S101 - only a chat with a case gets notes
        since = at.now if answered.created_at is None else answered.created_at
        messages = await self._services.deskie.messages_since(at.case.id, since)
        found = next((message for message in messages if message.id == answered.id), None)
        if found is not None and not found.note:
            log.error("note.refused", **at.chat.fields)
            raise NoteRefusedError
        if found is not None and found.staff_id:
            self._store.marks.put(OwnAgent(found.staff_id))
        self._services.others.look(at.case.id, messages, self._services.clock.now())

    def _record_sent(self, step: Send, lines: Sequence[Line], message: Message, at: Snapshot) -> None:
        assert at.case is not None  # noqa: S101 - the step is chosen for chats with a case
        self._services.others.wrote(message.id)
        chat = replace(at.chat, introduced=at.chat.introduced or step.form is Form.NOTE)
        case = replace(at.case, visitor_wrote=at.case.visitor_wrote or step.form is Form.CUSTOMER)
        if any(line.is_customers for line in lines):
            chat = replace(chat, status_due="the visitor wrote" if at.case.own else chat.status_due)
            case = replace(case, words_at=at.now if message.created_at is None else message.created_at)
        learned = (OwnAgent(message.staff_id),) if message.note and message.staff_id else ()
        self._store.record(chat, done(lines, message.id, ALL_ROWS), case, learned)
        tell_sent(chat, step.form, lines, late=step.late)

    def _not_accepted(self, error: ApiError, lines: Sequence[Line], at: Snapshot) -> Facts | None:
        view = at.facts.view
        if isinstance(error, Missing) and "not_found" in error.detail:
            # The case was deleted since the last look; the next look sees that, and the chat is silenced.
            self._store.transcripts.record(at.chat, not_sent(lines))
            return replace(at.facts, view=None)
        can_open = not self._rules.cases.own or any(line.is_customers for line in at.lines)
        if isinstance(error, Rejected) and view is not None and view.status == CLOSED and can_open:
            reason = Reason("T4", "the case was closed and takes nothing more")
            return self.leave(LeaveCase(reason), at, not_sent(lines))
        note_rejection(self._store, at.chat, lines, error, at.now)
        return None


def note_outcome(store: Store, chat: ChatState, lines: Sequence[Line], error: Exception, now: float) -> None:
    """Record lines after a request without a usable answer: as not sent, or as unclear (P1)."""
    if not isinstance(error, ApiError) or error.executed is Executed.NO:
        store.transcripts.record(chat, not_sent(lines))
        return
    store.transcripts.record(chat, unclear(lines, now, error.detail, answered=error.answered))
    log.info("delivery.unclear", **chat.fields, error=str(error))


def note_rejection(store: Store, chat: ChatState, lines: Sequence[Line], error: ApiError, now: float) -> None:
    """Count a rejection; lines that were parked before stay so until tomorrow (P3)."""
    after = rejected(lines, error.detail, now)
    store.transcripts.record(chat, after)
    tell_parked(chat, [line for line in after if line.state is LineState.PARKED])


def tell_parked(chat: ChatState, lines: Sequence[Line]) -> None:
    """Log how many events are parked, and why."""
    if lines:
        events = len({line.event_id for line in lines})
        log.warning("delivery.parked", **chat.fields, events=events, error=lines[0].error)


def tell_sent(chat: ChatState, form: Form, lines: Sequence[Line], *, late: bool = False) -> None:
    """Log how many events were delivered, never their text (P6)."""
    events = len({line.event_id for line in lines})
    log.info("delivery.sent", **chat.fields, form=form.value, events=events, late=late)
