"""Sending replies: recorded, sent, recorded; after an unclear request the chat is read first (R2)."""

from dataclasses import replace

import structlog

from chaport_sync.api.errors import ApiError, Conflict, Executed, Forbidden, Missing, Rejected
from chaport_sync.clock import Stopping
from chaport_sync.core.ledger import LineState, Reply, not_sent, rejected, sending, unclear
from chaport_sync.core.model import Event, id_order
from chaport_sync.core.replies.echoes import AnswerIds, echoes
from chaport_sync.core.replies.next_step import (
    GiveUp,
    LookAtChat,
    Rest,
    SendReply,
    Snapshot,
    arrived,
    looked,
    next_step,
)
from chaport_sync.core.replies.selection import RepliesLook, Why
from chaport_sync.core.skew import CLOCK_SKEW
from chaport_sync.core.transcripts.authors import without_visitors
from chaport_sync.sync.cycle import Services
from chaport_sync.sync.once import Once
from chaport_sync.sync.replies.notes import tell_not_sent
from chaport_sync.sync.replies.rules import ReplyRules

log = structlog.get_logger()

#: The replies to one visitor take at most so many steps in a cycle.
MOST_STEPS = 40


class ReplyOutbox:
    """Takes the steps of the replies to each visitor."""

    def __init__(self, services: Services, rules: ReplyRules) -> None:
        self._chaport = services.chaport
        self._services = services
        self._rules = rules
        self._began = services.clock.now()
        self._ids = services.store.marks.get(AnswerIds)
        self._looked_for: set[str] = set()
        self._once = Once()

    async def send(self, visitor_id: str) -> int:
        """Send what is due to a visitor, in order, and return how many parts arrived.

        Raises:
            ApiError: Chaport failed, not the record.
        """
        count = 0
        for _ in range(MOST_STEPS):
            step = next_step(self._at(visitor_id), self._rules.selection)
            if isinstance(step, Rest) or self._services.clock.stopping:
                break
            match step:
                case GiveUp():
                    self._give_up(step.reply, step.why)
                case LookAtChat():
                    count += await self._look(step.replies, visitor_id)
                case SendReply():
                    count += await self._send(step.reply)
        return count

    def _at(self, visitor_id: str) -> Snapshot:
        replies = tuple(self._services.store.replies.to(visitor_id))
        since = self._services.store.marks.get(RepliesLook).since or 0.0
        return Snapshot(replies, since, self._began, frozenset(self._looked_for), self._services.clock.now())

    async def _send(self, reply: Reply) -> int:
        now = self._services.clock.now()
        (entry,) = sending([replace(reply, looks=0)], now)
        self._services.store.replies.record([entry])
        try:
            event_id = await self._chaport.send_message(
                reply.visitor_id, reply.operator_id, reply.text, self._ids.of(reply)
            )
        except Conflict as error:
            # The id is in use, by this reply or by another message: reading the chat tells which.
            self._services.store.replies.record(unclear([entry], now, error.detail, answered=True))
            return 0
        except Missing:
            self._give_up(entry, Why.GONE)
            return 0
        except (Rejected, Forbidden) as error:
            self._refused(entry, error)
            return 0
        except (ApiError, Stopping) as error:
            self._note_outcome(entry, error)
            raise
        await self._arrived([arrived(entry, event_id)])
        return 1

    async def _look(self, replies: tuple[Reply, ...], visitor_id: str) -> int:
        """Read the chat to see which replies it shows; return their number (R2)."""
        events = await self._events_since(visitor_id, min(each.at for each in replies) - CLOCK_SKEW)
        self._looked_for |= {reply.message_id for reply in replies}
        now = self._services.clock.now()
        replied = without_visitors(events, self._rules.authors)
        found = echoes(replied, self._services.store.replies.to(visitor_id), self._ids, run_since=self._began)
        shown = {reply.key: event_id for event_id, reply in found.items()}
        there = [arrived(reply, shown[reply.key]) for reply in replies if reply.key in shown]
        missing = [reply for reply in replies if reply.key not in shown and reply.state is LineState.SENDING]
        self._services.store.replies.record([looked(reply, now) for reply in missing])
        if there:
            await self._arrived(there)
            log.info("reply.confirmed", visitor=visitor_id, case=there[0].case_id, parts=len(there))
        return len(there)

    async def _events_since(self, visitor_id: str, since: float) -> list[Event]:
        """Return a visitor's events since a moment (some may be older), from all chats that have begun since."""
        chat = await self._chaport.chat(visitor_id)
        if chat is None:
            return []
        events = list((await self._chaport.with_all_events(chat)).events)
        for chat_id in sorted(chat.older, key=id_order, reverse=True):
            if events and events[0].at is not None and events[0].at < since:
                break
            older = await self._chaport.chat(visitor_id, chat_id)
            if older is not None:
                events[:0] = (await self._chaport.with_all_events(older)).events
        return events

    async def _arrived(self, replies: list[Reply]) -> None:
        first = replies[0]
        chat = self._services.store.transcripts.newest_chat_in(first.case_id, first.visitor_id)
        if chat is None:
            self._services.store.replies.record(replies)
            return
        new = not chat.human
        if new:
            now = self._services.clock.now()
            chat = replace(chat, human=True, status_due="an agent answered in Deskie", due_at=now)
        self._services.store.record_reading(chat, (), replies)
        log.info("reply.sent", visitor=first.visitor_id, case=first.case_id, parts=len(replies))
        if new:
            await self._assign(first)

    async def _assign(self, reply: Reply) -> None:
        """Assign the chat to the operator, so that the bot stops; a refusal is logged once."""
        try:
            await self._chaport.assign(reply.visitor_id, reply.operator_id)
        except ApiError as error:
            if self._once.first("not assigned"):
                log.warning("reply.not_assigned", visitor=reply.visitor_id, error=str(error))

    def _refused(self, entry: Reply, error: ApiError) -> None:
        (after,) = rejected([entry], error.detail, self._services.clock.now())
        if after.state is LineState.PARKED:
            self._give_up(after, Why.REFUSED, error.detail)
        else:
            pause = 2.0**after.rejections
            self._services.store.replies.record([replace(after, not_before=self._services.clock.now() + pause)])

    def _give_up(self, entry: Reply, why: Why, detail: str = "") -> None:
        """Give up this part of a reply and all later ones."""
        rest = [
            each
            for each in self._services.store.replies.to(entry.visitor_id)
            if each.message_id == entry.message_id and each.part > entry.part and each.state is LineState.NEW
        ]
        tell_not_sent(self._services, [entry, *rest], why, self._rules.language, detail=detail)

    def _note_outcome(self, entry: Reply, error: Exception) -> None:
        if not isinstance(error, ApiError) or error.executed is Executed.NO:
            self._services.store.replies.record(not_sent([entry]))
            return
        after = unclear([entry], self._services.clock.now(), error.detail, answered=error.answered)
        self._services.store.replies.record(after)
        log.info("reply.unclear", visitor=entry.visitor_id, case=entry.case_id, error=str(error))
