"""Opening, looking at and leaving the case of a chat (T3, T4)."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog

from chaport_sync.api.errors import ApiError, Forbidden, Missing, Rejected
from chaport_sync.clock import Stopping
from chaport_sync.core.ledger import UNCLEAR_PAUSE, Form, Line, LineState, done, not_sent, parked, sending
from chaport_sync.core.model import Author, CaseView
from chaport_sync.core.replies.selection import CasesAgain
from chaport_sync.core.transcripts.casework import WAITING, judge, search_pause
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.reading import content, fitting, late_heading
from chaport_sync.core.transcripts.steps import Facts, Follow, GiveUp, OpenCase, Search, Silence, Snapshot
from chaport_sync.core.wording import Reason
from chaport_sync.sync.backoff import Backoff
from chaport_sync.sync.transcripts.case_search import CaseSearch
from chaport_sync.sync.transcripts.deliveries import note_outcome, note_rejection, tell_parked, tell_sent
from chaport_sync.sync.transcripts.desk import Desk

log = structlog.get_logger()

#: After a rejection that concerns every case, no case is opened for so long (seconds; P3).
OPENING_PAUSE = 300.0


class Cases:
    """The steps that give a chat its case."""

    def __init__(self, desk: Desk, search: CaseSearch) -> None:
        self._desk = desk
        self._search = search
        self._opening = asyncio.Lock()
        self._opening_refused = Backoff[str](desk.clock, first=OPENING_PAUSE, most=OPENING_PAUSE)

    async def search(self, step: Search, at: Snapshot) -> Facts:
        """Search for a case and give it to the chat, or record that there is none."""
        view = await self._search.find(at)
        if view is None:
            self._desk.store.transcripts.record(self._not_found(at))
            return replace(at.facts, searched=True)
        return self._adopt(at, view, step.reason)

    def give_up(self, step: GiveUp, at: Snapshot) -> Facts:
        """Park lines that waited too long for a case, or treat an unclear opening as not executed."""
        chat = replace(at.chat, searches=0, waiting_since=None, search_after=0.0)
        if step.park:
            lines = tuple(parked(line, step.reason.words, at.now) for line in step.lines)
            tell_parked(chat, lines)
        else:
            lines = not_sent(step.lines)
        self._desk.store.transcripts.record(chat, lines)
        return at.facts

    @property
    def opening_paused_until(self) -> float | None:
        """Return when a case may be opened again (Unix seconds), None if at once."""
        return self._opening_refused.until(self._desk.rules.cases.channel, self._desk.clock.now())

    async def open(self, step: OpenCase, at: Snapshot) -> Facts | None:
        """Open a case, one at a time, so that a refusal of the channel is met by one chat only; None ends the turn."""
        async with self._opening:
            if (paused := self.opening_paused_until) is not None:
                return replace(at.facts, opening_paused_until=paused)
            return await self._open(step, at)

    async def _open(self, step: OpenCase, at: Snapshot) -> Facts | None:
        """Open a case with the visitor's first words: recorded, sent, recorded."""
        zone = self._desk.rules.mirror.timezone
        late = any(line.state is LineState.PARKED for line in step.lines)
        heading = late_heading(step.lines, zone) if late else ""
        lines = sending(fitting(Form.CUSTOMER, step.lines, zone, at.chat.key, heading), at.now)
        fields = self._fields(at.chat, content(Form.CUSTOMER, lines, zone, at.chat.key, heading))
        chat = replace(at.chat, searches=0, search_after=0.0)
        self._desk.store.transcripts.record(chat, lines)
        try:
            view = await self._desk.deskie.open_case(fields)
        except (Rejected, Forbidden, Missing) as error:
            if await self._concerns_every_case(error):
                return self._pause_opening(chat, lines, error, at)
            note_rejection(self._desk.store, chat, lines, error, at.now)
            return None
        except (ApiError, Stopping) as error:
            note_outcome(self._desk, chat, lines, error)
            raise
        if self._opening_refused.succeeded(self._desk.rules.cases.channel):
            log.info("poll.recovered", flow="transcripts", service="Deskie", what="opening cases")
        unwanted = self._unwanted(at.lines)
        openings = ((view.updated_at, view.user_id),) if view.updated_at else ()
        case = CaseState(view.id, view.user_id, status_ours=view.status, visitor_wrote=True, openings=openings)
        chat = replace(
            chat,
            case_id=view.id,
            user_id=view.user_id,
            waiting_since=None,
            status_due="opened by the visitor's first words",
        )
        self._desk.store.record(chat, done([*lines, *unwanted]), case, self._answers_to_look_for(case.id, at))
        log.info("case.opened", visitor=chat.visitor_id, chat=chat.chat_id, case=view.id)
        tell_sent(chat, Form.CUSTOMER, lines)
        return replace(at.facts, view=None, verified=True, searched=False)

    async def look(self, at: Snapshot) -> Facts:
        """Read the case and record whether the daemon or a person decides its status."""
        assert at.case is not None  # noqa: S101 - the step is chosen for chats with a case
        try:
            view = await self._desk.deskie.case(at.case.id)
        except Missing:
            return self.silence(Silence(Reason("T4", "the case was erased")), at)
        if not view.user_id:
            view = replace(view, user_id=at.case.user_id)
        known = replace(at.case, user_id=view.user_id)
        judged = judge(known, view)
        news = not known.left_alone or at.chat.asked_at is not None
        if judged.left_alone and news and await self._is_hidden_by_us(view):
            judged = replace(known, status_ours=view.status, status_sent="", left_alone="")
        if judged != at.case:
            self._desk.store.transcripts.record(at.chat, case=judged)
        return replace(at.facts, view=view)

    async def follow(self, step: Follow, at: Snapshot) -> Facts:
        """Go on in the case into which this one was merged; another user's case gets notes only."""
        assert at.case is not None  # noqa: S101 - the step is chosen for chats with a case
        try:
            view = await self._desk.deskie.case(step.parent_id)
        except Missing:
            return self.silence(Silence(Reason("T4", "the case into which it was merged is gone")), at)
        own = at.case.own and view.channel in ("", self._desk.rules.cases.channel)
        case = self._desk.store.transcripts.case(view.id) or CaseState(view.id, view.user_id, own)
        case = replace(case, openings=tuple(sorted({*case.openings, *at.case.openings})))
        chat, more = replace(at.chat, case_id=view.id), self._answers_to_look_for(case.id, at)
        self._desk.store.record(chat, case=case, marks=more)
        log.info(
            "case.attached",
            visitor=chat.visitor_id,
            chat=chat.chat_id,
            case=view.id,
            reason=step.reason.words,
        )
        return replace(at.facts, view=None, verified=False)

    async def _is_hidden_by_us(self, view: CaseView) -> bool:
        """Return whether only the daemon made a case pending, so that nobody else would open it again."""
        return view.status == WAITING and bool(await self._search.set_by_us(view))

    def silence(self, step: Silence, at: Snapshot) -> Facts:
        """Stop showing this chat, and drop the texts of its lines."""
        lines = self._desk.store.transcripts.open_lines(at.chat.key)
        self._desk.store.transcripts.record(replace(at.chat, silenced=step.reason.words, status_due=""), done(lines))
        case = at.chat.case_id
        log.info("case.silenced", visitor=at.chat.visitor_id, chat=at.chat.chat_id, case=case, reason=step.reason.words)
        return at.facts

    def _not_found(self, at: Snapshot) -> ChatState:
        if any(line.state is LineState.SENDING for line in at.lines):
            return replace(at.chat, searches=at.chat.searches + 1, search_after=at.now + UNCLEAR_PAUSE)
        if self._desk.rules.cases.own:
            return at.chat
        since = at.chat.waiting_since if at.chat.waiting_since is not None else at.now
        return replace(at.chat, waiting_since=since, search_after=at.now + search_pause(at.now - since))

    def _adopt(self, at: Snapshot, view: CaseView, reason: Reason) -> Facts:
        # Deskie gave its status to a case that our unclear opening made, and no person did; but only a person closes
        # or deletes a case.
        opened = view.usable and any(line.state is LineState.SENDING for line in at.lines)
        ours = view.status if opened else ""
        own = self._desk.rules.cases.own
        case = self._desk.store.transcripts.case(view.id) or CaseState(
            view.id, user_id=view.user_id, own=own, status_ours=ours
        )
        user_id = view.user_id if own else ""
        chat = replace(at.chat, case_id=view.id, user_id=user_id, searches=0, search_after=0.0, waiting_since=None)
        self._desk.store.record(chat, done(self._unwanted(at.lines)), case, self._answers_to_look_for(case.id, at))
        log.info("case.attached", visitor=chat.visitor_id, chat=chat.chat_id, case=view.id, reason=reason.words)
        return replace(at.facts, view=None, verified=False, searched=False)

    def _unwanted(self, lines: Sequence[Line]) -> list[Line]:
        """Return the visitor's lines that `include` leaves out once the case is open (T1, T3)."""
        if self._desk.rules.cases.visitor_included:
            return []
        return [line for line in lines if line.author is Author.VISITOR and line.state is not LineState.SENDING]

    def _answers_to_look_for(self, case_id: str, at: Snapshot) -> tuple[CasesAgain, ...]:
        """Return the mark by which a case that is new to the daemon is read for earlier replies (R1)."""
        store = self._desk.store
        if not self._desk.rules.mirror.replies or store.transcripts.case(case_id) is not None:
            return ()
        back_to = min((line.at for line in at.lines), default=at.now)
        return (store.marks.get(CasesAgain).but(case_id, (at.now, back_to)),)

    def _fields(self, chat: ChatState, text: str) -> dict[str, Any]:
        visitor = chat.visitor_name or chat.visitor_email or "Visitor"
        fields = self._desk.rules.fields
        result: dict[str, Any] = {
            "user_custom_id": chat.visitor_id,
            "user_full_name": visitor,
            "channel": self._desk.rules.cases.channel,
            "subject": fields.subject.replace("{visitor}", visitor)[:200],
            "content": text,
        }
        if fields.group_id:
            result["group_id"] = fields.group_id
        if fields.labels:
            result["labels"] = list(fields.labels)
        return result

    async def _concerns_every_case(self, error: ApiError) -> bool:
        """Return whether Deskie refuses the channel, so that no chat could open a case (P3)."""
        if isinstance(error, Forbidden | Missing) or "channel" in error.detail:
            return True
        try:
            channels = await self._desk.deskie.channels()
        except ApiError:
            return False
        return bool(channels) and not any(
            channel.key == self._desk.rules.cases.channel and channel.active for channel in channels
        )

    def _pause_opening(self, chat: ChatState, lines: Sequence[Line], error: ApiError, at: Snapshot) -> Facts:
        channel = self._desk.rules.cases.channel
        self._opening_refused.failed(channel)
        if self._opening_refused.failures(channel) == 1:
            log.error(
                "poll.failed", flow="transcripts", error=f"no case can be opened in {channel}: {error}", failures=1
            )
        self._desk.store.transcripts.record(chat, not_sent(lines))
        return replace(at.facts, opening_paused_until=self.opening_paused_until)
