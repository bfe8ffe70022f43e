"""Finding what agents answered in cases of ours, at one unit a poll while nothing happens (R1, R3, R5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf

import structlog

from chaport_sync.api.errors import ApiError, Malformed, Missing, Unavailable
from chaport_sync.core.ledger import Reply
from chaport_sync.core.model import CaseView, OwnAgent
from chaport_sync.core.replies.selection import (
    NOT_SAID,
    CasesAgain,
    Due,
    Failed,
    Later,
    RepliesLook,
    answers,
    beginning,
    digest,
    when,
)
from chaport_sync.core.skew import CLOCK_SKEW
from chaport_sync.core.text import readable
from chaport_sync.store import Store
from chaport_sync.sync.backoff import FAILURES
from chaport_sync.sync.concurrency import several
from chaport_sync.sync.cycle import Services
from chaport_sync.sync.health import concerns_record
from chaport_sync.sync.replies.notes import tell_not_sent, tell_of_changes
from chaport_sync.sync.replies.people import ReplySenders, WhoseCase
from chaport_sync.sync.replies.rules import ReplyRules

log = structlog.get_logger()

#: Each look begins so long before the last one (seconds), because the exact edge of Deskie's filter is not documented.
OVERLAP = 60.0
#: A case is read once more so long after its last update (seconds), because Deskie tells the time in whole seconds.
SETTLED = 5.0


@dataclass(slots=True)
class Round:
    """One look at the updated cases, with its results so far: times in Unix seconds, cases by id."""

    now: float
    since: float
    looked: float
    newest: float
    changed: Mapping[str, float]
    again: Mapping[str, Sequence[float]]
    merged_at: Mapping[str, float]
    found: int = 0
    failures: int = 0
    stopped: bool = False


class ReplyInbox:
    """Reads the cases that were updated and takes agents' answers into the ledger."""

    def __init__(self, services: Services, rules: ReplyRules) -> None:
        self._services = services
        self._rules = rules
        self._began = services.clock.now()
        self._whose = WhoseCase(services)
        self._senders = ReplySenders(services, rules)
        self._seen: dict[str, float] = {}
        self._read_first: dict[tuple[str, float], float] = {}

    async def look(self) -> int:
        """Find new answers, record them, and return their number.

        Raises:
            ApiError: A service failed; the replies that were found before are recorded.
        """
        store, now = self._services.store, self._services.clock.now()
        last = store.marks.get(RepliesLook)
        since = inf if last.since is None else last.since
        new = since > now
        looked = now - CLOCK_SKEW if new else since if last.looked is None else last.looked
        if last.since is None:
            # Answers count from now on, however long Deskie cannot be read.
            store.marks.put(RepliesLook(float(int(now)), looked))
        views = await self._services.deskie.updated_cases(self._rules.channel, looked - OVERLAP)
        newest = max((view.updated_at for view in views), default=looked)
        if new:
            since = beginning(since, newest, now)
            store.marks.put(RepliesLook(since, looked))
        again = store.marks.get(CasesAgain).due
        # The case that has waited longest comes first.
        changed = {
            view.id: view.updated_at
            for view in sorted(views, key=lambda view: view.updated_at)
            if self._seen.get(view.id) != view.updated_at
        }
        due = sorted(case_id for case_id, (at, _) in again.items() if at <= now)
        these = Round(now, since, looked, newest, changed, again, _merged_at(views, store))
        await several(dict.fromkeys([*changed, *due]), partial(self._visit, these))
        # Cases that are no longer listed are forgotten, so that memory stays bounded.
        listed = {view.id for view in views}
        self._seen = {case_id: at for case_id, at in self._seen.items() if case_id in listed}
        self._read_first = {read: at for read, at in self._read_first.items() if read[0] in listed}
        if newest > looked and not these.stopped:
            store.marks.put(replace(store.marks.get(RepliesLook), looked=newest))
        return these.found

    async def _visit(self, these: Round, case_id: str) -> bool:
        """Read one case; if it cannot be read, it is read later, and the others go on (P3)."""
        if self._services.clock.stopping:
            these.stopped = True
            return False
        back_to = min(these.looked, these.again.get(case_id, (these.now, these.now))[1])
        updated_at = these.changed.get(case_id)
        try:
            found, later = await self._read(these, case_id, back_to)
        except (Malformed, Unavailable) as error:
            these.failures += 1
            if these.failures >= FAILURES:
                raise
            self._cannot_read(case_id, error, [these.now, back_to])
        except ApiError as error:
            if not concerns_record(error):
                raise
            self._cannot_read(case_id, error, [these.now + NOT_SAID, back_to])
            if updated_at is not None:
                self._seen[case_id] = updated_at
        else:
            these.found += found
            self._look_again(case_id, when(later, these.now))
            if updated_at is not None and self._is_settled(case_id, updated_at, these.newest):
                self._seen[case_id] = updated_at
        return True

    def _is_settled(self, case_id: str, updated_at: float, newest: float) -> bool:
        """Return whether no further message can come with this update time, which Deskie tells in whole seconds.

        That is so if another case has a later time, or if the case was first read with this time a while ago.
        """
        now = self._services.clock.monotonic()
        first = self._read_first.setdefault((case_id, updated_at), now)
        return updated_at < newest or now - first >= SETTLED

    async def _read(self, these: Round, case_id: str, looked: float) -> tuple[int, list[Later]]:
        """Record the new replies of a case; return their number and the replies that are due later."""
        store, now = self._services.store, these.now
        case = store.transcripts.case(case_id)
        if case is None or not case.own:
            return 0, []
        whose = await self._whose.of(case)
        if whose is None:
            return 0, []
        back_to = max(these.since, min(looked, now - self._rules.selection.max_age)) - CLOCK_SKEW
        try:
            messages = await self._services.deskie.messages_since(case_id, back_to)
        except Missing:
            return 0, []
        self._services.others.look(case_id, messages, now)
        known = store.replies.known_among(message.id for message in messages)
        senders = await self._senders.of(message for message in messages if message.id not in known)
        found = answers(
            messages,
            known,
            senders,
            self._rules.selection,
            own_staff_id=store.marks.get(OwnAgent).staff_id,
            since=these.since,
            theirs=whose.right,
            now=now,
            merged_at=these.merged_at.get(case_id, 0.0),
            run_since=self._began,
        )
        for each in found:
            if isinstance(each, Due):
                store.replies.record(self._entries(each, case_id, whose.chat.visitor_id))
                log.info("reply.found", visitor=whose.chat.visitor_id, case=case_id, parts=len(each.parts))
            elif isinstance(each, Failed):
                unsent = Due(each.message, "", (readable(each.message),))
                parts = self._entries(unsent, case_id, whose.chat.visitor_id)
                tell_not_sent(self._services, parts, each.why, self._rules.language)
        await tell_of_changes(self._services, messages, case_id, whose.chat, self._rules.language)
        return sum(isinstance(each, Due) for each in found), [each for each in found if isinstance(each, Later)]

    def _entries(self, due: Due, case_id: str, visitor_id: str) -> list[Reply]:
        message, told = due.message, digest(due.message)
        at = message.sent_at or message.created_at or self._services.clock.now()
        return [
            Reply(message.id, number, visitor_id, case_id, message.staff_id, due.operator_id, at, part, told)
            for number, part in enumerate(due.parts)
        ]

    def _cannot_read(self, case_id: str, error: ApiError, moments: Sequence[float]) -> None:
        if not self._look_again(case_id, moments):
            log.warning("reply.cycle", case=case_id, error=str(error))

    def _look_again(self, case_id: str, moments: Sequence[float]) -> bool:
        """Record when to read an unchanged case again, and back to when; return whether it was recorded before."""
        before = self._services.store.marks.get(CasesAgain)
        if (after := before.but(case_id, moments)) != before:
            self._services.store.marks.put(after)
        return case_id in before.due


def _merged_at(views: Iterable[CaseView], store: Store) -> dict[str, float]:
    """Return, by id, the cases into which another customer's case was merged, with the time of the last merge."""
    found: dict[str, float] = {}
    for view in views:
        parent = store.transcripts.case(view.parent_id) if view.parent_id else None
        if parent is not None and parent.user_id != view.user_id:
            found[parent.id] = max(found.get(parent.id, 0.0), view.updated_at)
    return found
