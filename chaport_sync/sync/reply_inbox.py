"""Finding what agents answered in cases of ours, at one unit a poll while nothing happens (R1, R3, R5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import structlog

from chaport_sync.api.budget import Share
from chaport_sync.api.chaport import Chaport
from chaport_sync.api.errors import Malformed, Missing
from chaport_sync.core.chats import CaseState, ChatState
from chaport_sync.core.delivery import LineState, Reply
from chaport_sync.core.model import Message
from chaport_sync.core.pairing import PairingRules, pair
from chaport_sync.core.replies import Due, Failed, Later, ReplyRules, answers, digest, note_on, senders, took_back
from chaport_sync.sync.at import Desk

log = structlog.get_logger()

#: What was updated so shortly before the last look is looked at again: the filter's edge is not documented (seconds).
OVERLAP = 120.0
#: A case whose last update was seen is read once more after so long: its time is told in seconds (seconds).
SETTLED = 5.0
#: The lists of agents and operators are read again when somebody is missing from them, but not more often (seconds).
ROSTERS_FRESH = 300.0
#: Both clocks may differ by so much (seconds).
CLOCK_SKEW = 300.0


@dataclass(frozen=True, slots=True)
class Theirs:
    """Whose a case is: a visitor's, with the newest chat that is shown in it; `right` if the case's user is theirs."""

    chat: ChatState
    right: bool


class ReplyInbox:
    """Reads the cases that were updated and takes agents' answers into the ledger.

    Args:
        chaport: Where the operators are.
        desk: The help desk's side.
        rules: `[replies]`.
        pairing: `[agents]`: who answers as whom (S3).
    """

    def __init__(self, chaport: Chaport, desk: Desk, rules: ReplyRules, pairing: PairingRules) -> None:
        self._chaport = chaport
        self._desk = desk
        self._rules = rules
        self._pairing = pairing
        self._senders: Mapping[str, str] = {}
        self._began = desk.clock.now()
        self._senders_at: float | None = None
        self._judged: set[str] = set()
        self._seen: dict[str, tuple[float, float]] = {}
        self._customers: dict[str, str] = {}

    async def look(self) -> int:
        """Find new answers, record them, and give their number.

        Raises:
            ApiError: A service failed; what was found before is recorded.
        """
        store, now = self._desk.store, self._desk.clock.now()
        since = store.recall("replies_since")
        if since is None:
            # The first look after replies were switched on: what was written before is nobody's business (R5).
            store.remember(replies_since=now, replies_looked=now)
            since = now
        looked = float(store.recall("replies_looked", since))
        views = await self._desk.deskie.updated_cases(self._desk.rules.cases.channel, looked - OVERLAP - CLOCK_SKEW)
        again: dict[str, float] = store.recall("replies_again", {})
        changed = {view.id: view.updated_at for view in views if self._is_new(view.id, view.updated_at)}
        due = {case_id for case_id, at in again.items() if at <= now}
        count = 0
        for case_id in dict.fromkeys([*changed, *sorted(due)]):
            count += await self._read(case_id, float(since), looked, now)
            if case_id in changed:
                self._note_seen(case_id, changed[case_id])
        newest = max((view.updated_at for view in views), default=looked)
        if newest > looked:
            store.remember(replies_looked=newest)
        return count

    def _is_new(self, case_id: str, updated_at: float) -> bool:
        """Tell whether a case may hold something that was not read: its time is told in whole seconds."""
        seen_at, first_seen = self._seen.get(case_id, (-1.0, 0.0))
        return seen_at != updated_at or first_seen >= 0

    def _note_seen(self, case_id: str, updated_at: float) -> None:
        before, first_seen = self._seen.get(case_id, (-1.0, 0.0))
        now = self._desk.clock.monotonic()
        if before != updated_at:
            self._seen[case_id] = (updated_at, now)
        elif now - first_seen >= SETTLED:
            self._seen[case_id] = (updated_at, -1.0)

    async def _read(self, case_id: str, since: float, looked: float, now: float) -> int:
        store = self._desk.store
        case = store.case(case_id)
        if case is None or not case.own:
            return 0
        whose = await self._whose(case)
        if whose is None:
            return 0
        back_to = max(since, min(looked, now - self._rules.max_age)) - CLOCK_SKEW
        try:
            messages = await self._desk.deskie.messages_since(case_id, back_to)
        except Missing:
            return 0
        known = store.replies_among(message.id for message in messages)
        await self._know_senders((message for message in messages if message.id not in known), now)
        found = answers(
            messages,
            known,
            self._senders,
            self._rules,
            own_staff_id=str(store.recall("own_staff_id", "")),
            since=since,
            theirs=whose.right,
            now=now,
            run_since=self._began,
        )
        self._put_off(case_id, [each for each in found if isinstance(each, Later)])
        for each in found:
            if isinstance(each, Due):
                store.record_replies(self._entries(each, case_id, whose.chat.visitor_id))
                log.info("reply.found", visitor=whose.chat.visitor_id, case=case_id, parts=len(each.parts))
            elif isinstance(each, Failed):
                self._refuse(each, case_id, whose.chat)
        await self._tell_of_changes(messages, case_id, whose.chat, back_to + 2 * CLOCK_SKEW)
        return sum(isinstance(each, Due) for each in found)

    async def _whose(self, case: CaseState) -> Theirs | None:
        """Tell which visitor's chats a case shows, and whether its customer is that visitor (R1)."""
        chats = self._desk.store.chats_in(case.id)
        if not chats:
            return None
        if case.user_id not in self._customers:
            try:
                self._customers[case.user_id] = (await self._desk.deskie.user(case.user_id)).custom_id
            except Missing:
                return Theirs(chats[0], right=False)
        theirs = [chat for chat in chats if chat.visitor_id == self._customers[case.user_id]]
        return Theirs(theirs[0], right=True) if theirs else Theirs(chats[0], right=False)

    async def _know_senders(self, messages: Iterable[Message], now: float) -> None:
        """Read agents and operators again before somebody answers who is new, or by lists that are old (S3)."""
        writers = {message.staff_id for message in messages if message.staff_id and not message.note}
        fresh = self._senders_at is not None and 0 <= now - self._senders_at < ROSTERS_FRESH
        if not writers or (fresh and writers <= self._judged):
            return
        agents = await self._desk.deskie.agents()
        operators = await self._chaport.operators(Share.DELIVERY)
        if not agents or not operators:
            # By an empty list nobody could answer: it is no list (S8).
            service, path = ("Chaport", "GET /operators") if agents else ("Deskie", "GET /staff.json")
            raise Malformed(service, path, "an empty list, which is not believed")
        self._senders = senders(operators, pair(agents, operators, self._pairing), self._rules)
        self._senders_at = now
        self._judged = {agent.id for agent in agents} | writers

    def _entries(self, due: Due, case_id: str, visitor_id: str) -> list[Reply]:
        message, told = due.message, digest(due.message)
        at = message.sent_at or message.created_at or self._desk.clock.now()
        return [
            Reply(message.id, number, visitor_id, case_id, message.staff_id, due.operator_id, at, part, told)
            for number, part in enumerate(due.parts)
        ]

    def _refuse(self, failed: Failed, case_id: str, chat: ChatState) -> None:
        """Take note of an answer that is not sent, and let its agent know (R1)."""
        (entry,) = self._entries(Due(failed.message, "", ("",)), case_id, chat.visitor_id)
        entry = replace(entry, state=LineState.PARKED, error=failed.why.value)
        self._desk.store.tell_agents(chat, note_on(entry, failed.why.value, self._desk.clock.now()), [entry])
        log.warning("reply.not_sent", visitor=chat.visitor_id, case=case_id, reason=failed.why.value)

    def _put_off(self, case_id: str, later: list[Later]) -> None:
        again: dict[str, float] = self._desk.store.recall("replies_again", {})
        due = {case_id: min(each.at for each in later)} if later else {}
        after = {key: at for key, at in again.items() if key != case_id} | due
        if after != again:
            self._desk.store.remember(replies_again=after)

    async def _tell_of_changes(
        self, messages: tuple[Message, ...], case_id: str, chat: ChatState, read_since: float
    ) -> None:
        """Say once in the case that an edit or a deletion of an answer does not reach the visitor."""
        standing = {message.id: digest(message) for message in messages}
        sent = [reply for reply in self._desk.store.sent_in(case_id) if reply.digest and reply.at >= read_since]
        gone = {reply.message_id for reply in sent} - standing.keys()
        moved = bool(gone) and await self._was_merged(case_id)
        for reply in sent:
            deleted = reply.message_id in gone
            if standing.get(reply.message_id) != reply.digest and not (deleted and moved):
                note = took_back(reply, deleted=deleted, now=self._desk.clock.now())
                # Without a digest nothing is compared any more, so it is said once.
                self._desk.store.tell_agents(chat, note, [replace(reply, digest="")])

    async def _was_merged(self, case_id: str) -> bool:
        """Tell whether what does not stand in a case may stand in another one: that was not deleted."""
        try:
            return bool((await self._desk.deskie.case(case_id)).parent_id)
        except Missing:
            return True
