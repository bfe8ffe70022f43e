"""Searching for the case of a chat, and for who set its status (T4, C1 to C5)."""

from collections.abc import Sequence

from chaport_sync.api.errors import Forbidden, Missing, Rejected
from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.model import CaseView, OwnAgent, id_order
from chaport_sync.core.transcripts.cases import newest_usable, only_person
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.steps import Snapshot
from chaport_sync.store import ChatKey
from chaport_sync.sync.transcripts.case_reader import merged_into, shown_in
from chaport_sync.sync.transcripts.desk import Desk

#: The most users that one search reads: a server that ignores the filter returns everybody's cases.
LOOKED_UP = 5
#: So many cases of a visitor, the newest first, are searched for the words of an unclear opening.
LOOKED_INTO = 3
#: So many users are remembered; then all are forgotten and read again, so that memory stays bounded.
REMEMBERED = 1000


class CaseSearch:
    """Searches and reads cases in Deskie; changes nothing there."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._custom_ids: dict[str, str] = {}

    async def find(self, at: Snapshot) -> CaseView | None:
        """Return the case for a chat that has none, None if there is no such case; raises `ApiError`."""
        if not self._desk.rules.cases.own:
            return await self._attached(at.chat)
        channel, visitor_id = self._desk.rules.cases.channel, at.chat.visitor_id
        sent = [line for line in at.lines if line.state is LineState.SENDING]
        listed = await self._desk.deskie.find_cases(custom_id=visitor_id, channel=channel, merged=bool(sent))
        theirs = await self._of_visitor([view for view in listed if view.channel in ("", channel)], visitor_id)
        # The newest usable case need not be the one that was opened: people close one case and reopen another.
        opened = await self._opened_by(at.chat.key, sent, theirs) if sent else None
        return opened or newest_usable(theirs) or await self._opened_lately(at.chat)

    async def set_by_us(self, view: CaseView) -> bool | None:
        """Return whether only the daemon has set a case's status since its opening; None if Deskie does not tell.

        Deskie is asked because the state file may be an old backup, or new.
        """
        try:
            setter = await self._desk.deskie.status_set_by(view.id, view.status)
        except (Rejected, Forbidden, Missing):
            return None
        if setter is None:
            return None
        own = await self._own_staff_id() if setter else ""
        return setter == own if own or not setter else None

    async def _of_visitor(self, cases: Sequence[CaseView], visitor_id: str) -> list[CaseView]:
        """Return the cases whose user has exactly this custom id: the search also finds longer ids (T4)."""
        looked_up = 0
        if len(self._custom_ids) > REMEMBERED:
            self._custom_ids.clear()
        for view in sorted(cases, key=lambda view: (view.usable, view.updated_at), reverse=True):
            if view.user_id not in self._custom_ids and looked_up < LOOKED_UP:
                looked_up += 1
                try:
                    self._custom_ids[view.user_id] = (await self._desk.deskie.user(view.user_id)).custom_id
                except Missing:
                    self._custom_ids[view.user_id] = ""
        return [view for view in cases if self._custom_ids.get(view.user_id) == visitor_id]

    async def _opened_lately(self, chat: ChatState) -> CaseView | None:
        """Return the case of the visitor's other chats, because a search may not find a case that was just opened."""
        known = self._desk.store.transcripts.cases_of_visitor(chat.visitor_id)
        if not known:
            return None
        try:
            view = await self._desk.deskie.case(known[0])
        except Missing:
            return None
        # People may have merged this visitor's case into another customer's.
        return view if view.usable and await self._of_visitor([view], chat.visitor_id) else None

    async def _opened_by(self, chat: ChatKey, sent: Sequence[Line], cases: Sequence[CaseView]) -> CaseView | None:
        """Return the case that an unclear opening made, also if people have closed or merged it since (P1)."""
        for view in sorted(cases, key=lambda view: id_order(view.id), reverse=True)[:LOOKED_INTO]:
            if await self._shows(chat, sent, view.id):
                return view
            # It is not known whether a merge moves the messages to the parent case.
            if view.parent_id:
                async for parent_id in merged_into(self._desk, view.id):
                    if await self._shows(chat, sent, parent_id):
                        return view
        return None

    async def _shows(self, chat: ChatKey, sent: Sequence[Line], case_id: str) -> bool:
        try:
            return bool(await shown_in(self._desk, case_id, chat, sent))
        except Missing:
            return False

    async def _attached(self, chat: ChatState) -> CaseView | None:
        """Return the newest case of the one person who has the visitor's e-mail address (T4c)."""
        if "@" not in chat.visitor_email:
            return None
        person = only_person(await self._desk.deskie.find_users(chat.visitor_email), chat.visitor_email)
        if not person:
            return None
        ids = [user.id for user in person]
        found = await self._desk.deskie.find_cases(user_ids=ids)
        theirs = [view for view in found if view.user_id in ids]
        return newest_usable(theirs, self._desk.rules.fields.search_channels)

    async def _own_staff_id(self) -> str:
        """Return the id of the daemon's own API agent, from its notes, else from the list of agents."""
        known = self._desk.store.marks.get(OwnAgent).staff_id
        if not known:
            wanted = self._desk.rules.own_email.casefold()
            agents = await self._desk.deskie.agents()
            known = next((agent.id for agent in agents if agent.email.casefold() == wanted), "")
        return known
