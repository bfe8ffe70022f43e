"""Reading cases: which one is a chat's, who set its status, and which lines it shows already (T4, C5, P1)."""

from collections.abc import Sequence
from contextlib import suppress

from chaport_sync.api.errors import Forbidden, Missing, Rejected
from chaport_sync.clock import give_way
from chaport_sync.core.ledger import ALL_ROWS, Line
from chaport_sync.core.model import CaseView, Message, OwnAgent, id_order
from chaport_sync.core.transcripts.cases import newest_usable, only_person
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.read_back import Shown, displayed, openings, reaches_back_to
from chaport_sync.store import ChatKey
from chaport_sync.sync.cycle import Services
from chaport_sync.sync.transcripts.rules import TranscriptRules

#: The most users that one search reads: a server that ignores the filter returns everybody's cases.
LOOKED_UP = 5
#: So many cases of a visitor, the newest first, are searched for the words of an unclear opening.
LOOKED_INTO = 3


class CaseReader:
    """Searches for cases in Deskie and reads them; changes nothing there."""

    def __init__(self, services: Services, rules: TranscriptRules) -> None:
        self._services = services
        self._deskie = services.deskie
        self._store = services.store
        self._rules = rules
        self._custom_ids: dict[str, str] = {}
        self._sync: bool | None = None

    async def find(self, chat: ChatState, sent: Sequence[Line]) -> CaseView | None:
        """Return the case for a chat that has none, None if there is no such case; raises `ApiError`.

        `sent` are the lines of an opening with an unclear outcome, if there was one.
        """
        if not self._rules.cases.own:
            return await self._attached(chat)
        channel, visitor_id = self._rules.cases.channel, chat.visitor_id
        listed = await self._deskie.find_cases(custom_id=visitor_id, channel=channel, merged=bool(sent))
        theirs = await self._of_visitor([view for view in listed if view.channel in ("", channel)], visitor_id)
        # The newest usable case need not be the one that was opened: people close one case and reopen another.
        opened = await self._opened_by(chat.key, sent, theirs) if sent else None
        return opened or newest_usable(theirs) or await self._opened_lately(chat)

    async def shown_in(
        self, case_id: str, chat: ChatKey, lines: Sequence[Line], *, opened: Sequence[tuple[float, str]] = ()
    ) -> dict[tuple[str, int], Shown]:
        """Return the lines that a case shows, by key, without the messages that are known to show other lines.

        `lines` are at least one line of the chat, in order. `opened` are time (Unix seconds) and user of each opening
        of this case, or of one merged into it: known messages. Raises `ApiError`; `Missing` if there is no such case.
        """
        self._services.others.doubt(chat, lines)
        messages = await self._deskie.messages_since(case_id, reaches_back_to(lines))
        self._services.others.look(case_id, messages, self._services.clock.now())
        accounted = self._store.transcripts.accounted_rows(message.id for message in messages)
        accounted |= dict.fromkeys(openings(messages, opened), ALL_ROWS)
        accounted |= dict.fromkeys(await self._merged_openings(case_id, messages), ALL_ROWS)
        await give_way()  # a long case takes its time before and after this
        return displayed(lines, chat, messages, self._store.marks.get(OwnAgent).staff_id, accounted)

    async def set_by_us(self, view: CaseView) -> bool | None:
        """Return whether only the daemon has set a case's status since its opening; None if Deskie does not tell.

        Deskie is asked because the state file may be an old backup, or new.
        """
        try:
            setter = await self._deskie.status_set_by(view.id, view.status)
        except (Rejected, Forbidden, Missing):
            return None
        if setter is None:
            return None
        own = await self._own_staff_id() if setter else ""
        return setter == own if own or not setter else None

    async def in_sync_channel(self) -> bool:
        """Return whether the channel is a sync one, in which Deskie sets statuses by itself (C5); else not known."""
        if self._sync is None:
            try:
                channels = await self._deskie.channels()
            except (Rejected, Forbidden, Missing):
                channels = ()
            self._sync = (self._rules.cases.channel, "sync") in [(each.key, each.kind) for each in channels]
        return self._sync

    def forget(self) -> None:
        """Forget the users that were read, so that memory stays bounded."""
        self._custom_ids.clear()

    async def _of_visitor(self, cases: Sequence[CaseView], visitor_id: str) -> list[CaseView]:
        """Return the cases whose user has exactly this custom id: the search also finds longer ids (T4)."""
        looked_up = 0
        for view in sorted(cases, key=lambda view: (view.usable, view.updated_at), reverse=True):
            if view.user_id not in self._custom_ids and looked_up < LOOKED_UP:
                looked_up += 1
                try:
                    self._custom_ids[view.user_id] = (await self._deskie.user(view.user_id)).custom_id
                except Missing:
                    self._custom_ids[view.user_id] = ""
        return [view for view in cases if self._custom_ids.get(view.user_id) == visitor_id]

    async def _opened_lately(self, chat: ChatState) -> CaseView | None:
        """Return the case of the visitor's other chats, because a search may not find a case that was just opened."""
        known = self._store.transcripts.cases_of_visitor(chat.visitor_id)
        if not known:
            return None
        try:
            view = await self._deskie.case(known[0])
        except Missing:
            return None
        # People may have merged this visitor's case into another customer's.
        return view if view.usable and await self._of_visitor([view], chat.visitor_id) else None

    async def _opened_by(self, chat: ChatKey, sent: Sequence[Line], cases: Sequence[CaseView]) -> CaseView | None:
        """Return the case that an unclear opening made, also if people have closed or merged it since (P1)."""
        for view in sorted(cases, key=lambda view: id_order(view.id), reverse=True)[:LOOKED_INTO]:
            # It is not known whether a merge moves the messages to the parent case.
            parents = await self._merged_into(view.id) if view.parent_id else []
            for case_id in (view.id, *parents):
                with suppress(Missing):
                    if await self.shown_in(case_id, chat, sent):
                        return view
        return None

    async def _attached(self, chat: ChatState) -> CaseView | None:
        """Return the newest case of the one person who has the visitor's e-mail address (T4c)."""
        if "@" not in chat.visitor_email:
            return None
        person = only_person(await self._deskie.find_users(chat.visitor_email), chat.visitor_email)
        if not person:
            return None
        ids = [user.id for user in person]
        found = await self._deskie.find_cases(user_ids=ids)
        theirs = [view for view in found if view.user_id in ids]
        return newest_usable(theirs, self._rules.search_channels)

    async def _own_staff_id(self) -> str:
        """Return the id of the daemon's own API agent, from its notes, else from the list of agents."""
        known = self._store.marks.get(OwnAgent).staff_id
        if not known:
            wanted = self._rules.own_email.casefold()
            agents = await self._deskie.agents()
            known = next((agent.id for agent in agents if agent.email.casefold() == wanted), "")
        return known

    async def _merged_openings(self, case_id: str, messages: Sequence[Message]) -> list[str]:
        """Return the ids of first messages of cases that were merged into this one, unknown to their chats so far."""
        found: list[str] = []
        for user_id in dict.fromkeys(message.user_id for message in messages if message.user_id):
            theirs = [message for message in messages if message.user_id == user_id]
            for case in self._store.transcripts.cases_of_user(user_id):
                first = openings(theirs, case.openings) if case.id != case_id else ()
                if first and case_id in await self._merged_into(case.id):
                    found += first
        return found

    async def _merged_into(self, case_id: str) -> list[str]:
        """Return the case into which a case was merged, then the case into which that one was, and so on."""
        passed = [case_id]
        with suppress(Missing):
            while (case_id := (await self._deskie.case(case_id)).parent_id) and case_id not in passed:
                passed.append(case_id)
        return passed[1:]
