"""Opening, looking at and leaving the case of a chat (T3, T4)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog

from chaport_sync.api.errors import ApiError, Forbidden, Missing, Rejected
from chaport_sync.clock import Stopping
from chaport_sync.core.ledger import UNCLEAR_PAUSE, Form, Line, LineState, done, not_sent, parked, sending
from chaport_sync.core.model import Author, CaseView
from chaport_sync.core.replies.selection import CasesAgain
from chaport_sync.core.transcripts.cases import OPEN, WAITING, judge, search_pause
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.closed_cases import without_seen_words
from chaport_sync.core.transcripts.delivery_text import content, fitting, late_heading
from chaport_sync.core.transcripts.steps import Facts, Follow, GiveUp, OpenCase, Search, Silence, Snapshot
from chaport_sync.core.wording import Reason
from chaport_sync.sync.backoff import Backoff
from chaport_sync.sync.cycle import Services
from chaport_sync.sync.transcripts.case_reader import CaseReader
from chaport_sync.sync.transcripts.deliveries import note_outcome, note_rejection, tell_parked, tell_sent
from chaport_sync.sync.transcripts.rules import TranscriptRules

log = structlog.get_logger()

#: After a rejection that concerns every case, no case is opened for so long (seconds; P3).
OPENING_PAUSE = 300.0


class Cases:
    """The steps that give a chat its case."""

    def __init__(self, services: Services, rules: TranscriptRules, reader: CaseReader) -> None:
        self._store = services.store
        self._deskie = services.deskie
        self._clock = services.clock
        self._rules = rules
        self._reader = reader
        self._opening_refused = Backoff[str](services.clock, first=OPENING_PAUSE, most=OPENING_PAUSE)

    async def search(self, step: Search, at: Snapshot) -> Facts:
        """Search for a case and give it to the chat, or record that there is none."""
        sent = [line for line in at.lines if line.state is LineState.SENDING]
        view = await self._reader.find(at.chat, sent)
        if view is not None:
            return self._adopt(at, view, step.reason, unclear=bool(sent))
        self._store.transcripts.record(self._not_found(at.chat, at.now, unclear=bool(sent)))
        return replace(at.facts, searched=True)

    def give_up(self, step: GiveUp, at: Snapshot) -> Facts:
        """Park lines that waited too long for a case, or treat an unclear opening as not executed."""
        chat = replace(at.chat, searches=0, waiting_since=None, search_after=0.0)
        if step.park:
            lines = tuple(parked(line, step.reason.words, at.now) for line in step.lines)
            tell_parked(chat, lines)
        else:
            lines = not_sent(step.lines)
        self._store.transcripts.record(chat, lines)
        return at.facts

    @property
    def opening_paused_until(self) -> float | None:
        """Return when a case may be opened again (Unix seconds), None if at once."""
        return self._opening_refused.until(self._rules.cases.channel, self._clock.now())

    async def open(self, step: OpenCase, at: Snapshot) -> Facts | None:
        """Open a case with the visitor's first words: recorded, sent, recorded; None ends the turn."""
        locale = self._rules.mirror.locale
        late = any(line.state is LineState.PARKED for line in step.lines)
        heading = late_heading(step.lines, locale) if late else ""
        lines = sending(fitting(Form.CUSTOMER, step.lines, locale, at.chat.key, heading), at.now)
        fields = self._fields(at.chat, content(Form.CUSTOMER, lines, locale, at.chat.key, heading), step.status)
        chat = replace(at.chat, searches=0, search_after=0.0)
        self._store.transcripts.record(chat, lines)
        try:
            view = await self._deskie.open_case(fields)
        except (Rejected, Forbidden, Missing) as error:
            if await self._concerns_every_case(error):
                return self._pause_opening(chat, lines, error, at)
            note_rejection(self._store, chat, lines, error, at.now)
            return None
        except (ApiError, Stopping) as error:
            note_outcome(self._store, chat, lines, error, self._clock.now())
            raise
        if self._opening_refused.succeeded(self._rules.cases.channel):
            log.info("poll.recovered", flow="transcripts", service="Deskie", what="opening cases")
        unwanted = self._unwanted(at.lines)
        openings = ((view.updated_at, view.user_id),) if view.updated_at else ()
        case = CaseState(view.id, view.user_id, status_ours=view.status, visitor_wrote=True, openings=openings)
        due = "opened by the visitor's first words"
        chat = replace(chat, case_id=view.id, user_id=view.user_id, waiting_since=None, status_due=due)
        self._store.record(chat, done([*lines, *unwanted]), case, self._answers_to_look_for(case.id, at))
        log.info("case.opened", **chat.fields, status=view.status)
        tell_sent(chat, Form.CUSTOMER, lines)
        # The answer shows the case as it is now, if it shows a status.
        return replace(at.facts, view=view if view.status else None, verified=True, searched=False)

    async def look(self, at: Snapshot) -> Facts:
        """Read the case and record whether the daemon or a person decides its status."""
        assert at.case is not None  # noqa: S101 - the step is chosen for chats with a case
        try:
            view = await self._deskie.case(at.case.id)
        except Missing:
            return self.silence(Silence(Reason("T4", "the case was erased")), at)
        if not view.user_id:
            view = replace(view, user_id=at.case.user_id)
        known = without_seen_words(replace(at.case, user_id=view.user_id), view)
        judged = judge(known, view)
        if judged != known and view.status == OPEN and await self._reader.in_sync_channel():
            judged = judge(known, view, sync=True)
        news = not known.left_alone or at.chat.asked_at is not None
        if judged.left_alone and news and await self._is_hidden_by_us(view):
            judged = replace(known, status_ours=view.status, status_sent="", left_alone="")
        if judged != at.case:
            self._store.transcripts.record(at.chat, case=judged)
        return replace(at.facts, view=view)

    async def follow(self, step: Follow, at: Snapshot) -> Facts:
        """Go on in the case into which this one was merged; another user's case gets notes only."""
        assert at.case is not None  # noqa: S101 - the step is chosen for chats with a case
        try:
            view = await self._deskie.case(step.parent_id)
        except Missing:
            return self.silence(Silence(Reason("T4", "the case into which it was merged is gone")), at)
        own = at.case.own and view.channel in ("", self._rules.cases.channel)
        case = self._store.transcripts.case(view.id) or CaseState(view.id, view.user_id, own)
        case = replace(case, openings=tuple(sorted({*case.openings, *at.case.openings})))
        chat = replace(at.chat, case_id=view.id)
        return self._attach(chat, case, step.reason, at)

    def silence(self, step: Silence, at: Snapshot) -> Facts:
        """Stop showing this chat, and drop the texts of its lines."""
        lines = self._store.transcripts.open_lines(at.chat.key)
        self._store.transcripts.record(replace(at.chat, silenced=step.reason.words, status_due=""), done(lines))
        log.info("case.silenced", **at.chat.fields, reason=step.reason.words)
        return at.facts

    async def _is_hidden_by_us(self, view: CaseView) -> bool:
        """Return whether only the daemon made a case pending, so that nobody else would open it again."""
        return view.status == WAITING and bool(await self._reader.set_by_us(view))

    def _not_found(self, chat: ChatState, now: float, *, unclear: bool) -> ChatState:
        if unclear:
            return replace(chat, searches=chat.searches + 1, search_after=now + UNCLEAR_PAUSE)
        if self._rules.cases.own:
            return chat
        since = chat.waiting_since if chat.waiting_since is not None else now
        return replace(chat, waiting_since=since, search_after=now + search_pause(now - since))

    def _adopt(self, at: Snapshot, view: CaseView, reason: Reason, *, unclear: bool) -> Facts:
        # Deskie gave its status to a case that our unclear opening made, and no person did; but only a person closes
        # or deletes a case.
        ours = view.status if unclear and view.usable else ""
        own = self._rules.cases.own
        case = self._store.transcripts.case(view.id) or CaseState(view.id, view.user_id, own, status_ours=ours)
        user_id = view.user_id if own else ""
        chat = replace(at.chat, case_id=view.id, user_id=user_id, searches=0, search_after=0.0, waiting_since=None)
        return self._attach(chat, case, reason, at, done(self._unwanted(at.lines)))

    def _attach(
        self, chat: ChatState, case: CaseState, reason: Reason, at: Snapshot, lines: Sequence[Line] = ()
    ) -> Facts:
        self._store.record(chat, lines, case, self._answers_to_look_for(case.id, at))
        log.info("case.attached", **chat.fields, reason=reason.words)
        return replace(at.facts, view=None, verified=False, searched=False)

    def _unwanted(self, lines: Sequence[Line]) -> list[Line]:
        """Return the visitor's lines that `include` leaves out once the case is open (T1, T3)."""
        if self._rules.cases.visitor_included:
            return []
        return [line for line in lines if line.author is Author.VISITOR and line.state is not LineState.SENDING]

    def _answers_to_look_for(self, case_id: str, at: Snapshot) -> tuple[CasesAgain, ...]:
        """Return the mark by which a case that is new to the daemon is read for earlier replies (R1)."""
        if not self._rules.mirror.replies or self._store.transcripts.case(case_id) is not None:
            return ()
        back_to = min((line.at for line in at.lines), default=at.now)
        return (self._store.marks.get(CasesAgain).but(case_id, (at.now, back_to)),)

    def _fields(self, chat: ChatState, text: str, status: str) -> dict[str, Any]:
        rules, language = self._rules, self._rules.mirror.locale.language
        visitor = chat.visitor_name or chat.visitor_email or language.visitor
        fields: dict[str, Any] = {
            "user_custom_id": chat.visitor_id,
            "user_full_name": visitor,
            "channel": rules.cases.channel,
            "subject": (rules.subject or language.subject).replace("{visitor}", visitor)[:200],
            "content": text,
        }
        if status:
            fields["status"] = status
        if rules.group_id:
            fields["group_id"] = rules.group_id
        if rules.labels:
            fields["labels"] = list(rules.labels)
        return fields

    async def _concerns_every_case(self, error: ApiError) -> bool:
        """Return whether Deskie refuses the channel, so that no chat could open a case (P3)."""
        if isinstance(error, Forbidden | Missing) or "channel" in error.detail:
            return True
        try:
            channels = await self._deskie.channels()
        except ApiError:
            return False
        return bool(channels) and self._rules.cases.channel not in [each.key for each in channels if each.active]

    def _pause_opening(self, chat: ChatState, lines: Sequence[Line], error: ApiError, at: Snapshot) -> Facts:
        channel = self._rules.cases.channel
        self._opening_refused.failed(channel)
        if self._opening_refused.failures(channel) == 1:
            words = f"no case can be opened in {channel}: {error}"
            log.error("poll.failed", flow="transcripts", error=words, failures=1)
        self._store.transcripts.record(chat, not_sent(lines))
        return replace(at.facts, opening_paused_until=self.opening_paused_until)
