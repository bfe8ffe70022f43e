"""Finding what agents answered in cases of ours, at one unit a poll while nothing happens (R1, R3, R5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import structlog

from chaport_sync.api.chaport import Chaport
from chaport_sync.api.errors import Malformed, Missing, Rejected, Unavailable
from chaport_sync.core.chats import CaseState, ChatState
from chaport_sync.core.delivery import LineState, Reply
from chaport_sync.core.model import CaseView
from chaport_sync.core.pairing import PairingRules
from chaport_sync.core.replies import Due, Failed, Later, ReplyRules, answers, digest, note_on, readable
from chaport_sync.store import Store
from chaport_sync.sync.at import Desk
from chaport_sync.sync.health import FAILURES
from chaport_sync.sync.reply_changes import tell_of_changes
from chaport_sync.sync.reply_senders import ReplySenders
from chaport_sync.sync.several import several

log = structlog.get_logger()

#: What was updated so shortly before the last look is looked at again: the filter's edge is not documented (seconds).
OVERLAP = 60.0
#: A case whose last update was seen is read once more after so long: its time is told in seconds (seconds).
SETTLED = 5.0
#: A case with an answer that Deskie will send, without saying when, is looked at again after so long (seconds).
NOT_SAID = 300.0
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
        self._desk = desk
        self._rules = rules
        self._began = desk.clock.now()
        self._senders = ReplySenders(chaport, desk, rules, pairing)
        self._seen: dict[str, float] = {}
        self._merged_at: Mapping[str, float] = {}
        self._read_first: dict[str, tuple[float, float]] = {}
        self._customers: dict[str, str] = {}

    async def look(self) -> int:
        """Find new answers, record them, and give their number.

        Raises:
            ApiError: A service failed; what was found before is recorded.
        """
        store, now = self._desk.store, self._desk.clock.now()
        since = store.recall("replies_since")
        if since is None or since > now:
            # The first look after replies were switched on: what was written before is nobody's business (R5). Deskie
            # tells times in whole seconds. A time to come was told by a clock that was ahead.
            since = float(int(now))
            store.remember(replies_since=since, replies_looked=now - CLOCK_SKEW)
        looked = float(store.recall("replies_looked", since))
        views = await self._desk.deskie.updated_cases(self._desk.rules.cases.channel, looked - OVERLAP)
        newest = max((view.updated_at for view in views), default=looked)
        again: dict[str, Sequence[float]] = store.recall("replies_again", {})
        # Who has waited longest comes first.
        changed = {
            view.id: view.updated_at
            for view in sorted(views, key=lambda view: view.updated_at)
            if self._seen.get(view.id) != view.updated_at
        }
        self._merged_at = _merged_at(views, store)
        due = sorted(case_id for case_id, (at, _) in again.items() if at <= now)
        count, failures = 0, 0

        async def read(case_id: str) -> bool:
            nonlocal count, failures
            written = again.get(case_id, (now, now))[1]
            try:
                count += await self._read(case_id, float(since), min(looked, written), now)
            except (Malformed, Rejected, Unavailable) as error:
                # One case must not hold up the others (P3); it is read again until it can be.
                failures += 1
                if failures >= FAILURES:
                    raise
                log.warning("reply.cycle", case=case_id, error=str(error))
                return True
            if case_id in changed and self._is_settled(case_id, changed[case_id], newest):
                self._seen[case_id] = changed[case_id]
            return not self._desk.clock.stopping

        await several(dict.fromkeys([*changed, *due]), read)
        # What is not among the views any more will not be asked for: memory stays bounded.
        listed = {view.id for view in views}
        self._seen = {case_id: at for case_id, at in self._seen.items() if case_id in listed}
        self._read_first = {case_id: read_at for case_id, read_at in self._read_first.items() if case_id in listed}
        if newest > looked and not failures:
            store.remember(replies_looked=newest)
        return count

    def _is_settled(self, case_id: str, updated_at: float, newest: float) -> bool:
        """Tell whether what was read is all that bears this time, which Deskie tells in whole seconds.

        It is if another case has a later one, or if the case was read with this time before, a while ago.
        """
        now = self._desk.clock.monotonic()
        before, read_at = self._read_first.get(case_id, (updated_at, now))
        if before != updated_at:
            read_at = now
        self._read_first[case_id] = (updated_at, read_at)
        return updated_at < newest or now - read_at >= SETTLED

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
        senders = await self._senders.of(message for message in messages if message.id not in known)
        found = answers(
            messages,
            known,
            senders,
            self._rules,
            own_staff_id=str(store.recall("own_staff_id", "")),
            since=since,
            theirs=whose.right,
            now=now,
            merged_at=self._merged_at.get(case_id, 0.0),
            run_since=self._began,
        )
        self._put_off(case_id, [each for each in found if isinstance(each, Later)])
        for each in found:
            if isinstance(each, Due):
                store.record_replies(self._entries(each, case_id, whose.chat.visitor_id))
                log.info("reply.found", visitor=whose.chat.visitor_id, case=case_id, parts=len(each.parts))
            elif isinstance(each, Failed):
                self._refuse(each, case_id, whose.chat)
        await tell_of_changes(self._desk, messages, case_id, whose.chat)
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

    def _entries(self, due: Due, case_id: str, visitor_id: str) -> list[Reply]:
        message, told = due.message, digest(due.message)
        at = message.sent_at or message.created_at or self._desk.clock.now()
        return [
            Reply(message.id, number, visitor_id, case_id, message.staff_id, due.operator_id, at, part, told)
            for number, part in enumerate(due.parts)
        ]

    def _refuse(self, failed: Failed, case_id: str, chat: ChatState) -> None:
        """Take note of an answer that is not sent, and let its agent know (R1)."""
        (entry,) = self._entries(Due(failed.message, "", (readable(failed.message),)), case_id, chat.visitor_id)
        note = note_on(entry, failed.why.value, self._desk.clock.now())
        entry = replace(entry, state=LineState.PARKED, error=failed.why.value, text="")
        self._desk.store.tell_agents(chat, note, [entry])
        log.warning("reply.not_sent", visitor=chat.visitor_id, case=case_id, reason=failed.why.value)

    def _put_off(self, case_id: str, later: list[Later]) -> None:
        again: dict[str, Sequence[float]] = self._desk.store.recall("replies_again", {})
        now = self._desk.clock.now()
        at = min((each.at if each.at < inf else now + NOT_SAID for each in later), default=now)
        written = min((each.message.created_at or now for each in later), default=now)
        due = {case_id: [at, written]} if later else {}
        after = {key: at for key, at in again.items() if key != case_id} | due
        if after != again:
            self._desk.store.remember(replies_again=after)


def _merged_at(views: Iterable[CaseView], store: Store) -> dict[str, float]:
    """Give the cases into which one of another customer was merged lately, and when the last of these was."""
    found: dict[str, float] = {}
    for view in views:
        parent = store.case(view.parent_id) if view.parent_id else None
        if parent is not None and parent.user_id != view.user_id:
            found[parent.id] = max(found.get(parent.id, 0.0), view.updated_at)
    return found
