"""Examines recent chats: their bots, unknown authors and types, and how many chats can be read at once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from math import floor

from chaport_sync.api.budget import RESERVED
from chaport_sync.api.errors import ApiError
from chaport_sync.api.request_queue import Share
from chaport_sync.app import Clients
from chaport_sync.config import Settings
from chaport_sync.config.rules import author_rules
from chaport_sync.core.model import Author, Chat, Kind
from chaport_sync.core.transcripts.authors import (
    OperatorsListed,
    classify,
    is_unlisted,
    name_of,
)
from chaport_sync.core.wording import number, toml_line
from chaport_sync.doctor import FAILED, NOTE, OK, WARNING, Finding
from chaport_sync.state_beside import copy_beside
from chaport_sync.store import StoreError

#: The newest chats that are examined; a capacity below this number is a warning.
EXAMINED = 10


async def recent(settings: Settings, clients: Clients) -> tuple[list[Chat], OperatorsListed, Finding]:
    """Return the newest chats, who may have written as an operator, and a finding that says how many were read."""
    chats = []
    try:
        visitors, _ = await clients.chaport.visitors(1)
        for visitor in visitors[:EXAMINED]:
            chat = await clients.chaport.chat(visitor.id)
            if chat is not None:
                chats.append(chat)
        # The list is read after the chats: whoever wrote in them as an operator is in it, or was in one before.
        listed = await clients.chaport.operators(Share.READING, deactivated=True) if chats else ()
    except ApiError as error:
        return [], OperatorsListed(), Finding(FAILED, "recent chats", str(error))
    if not chats:
        return [], OperatorsListed(), Finding(NOTE, "recent chats", "there are none yet")
    authors = {event.author_id for chat in chats for event in chat.events}
    operators = _remembered(settings).with_list(listed, authors)
    return chats, operators, Finding(OK, "recent chats", f"{number(len(chats), 'was', 'were')} looked at")


def bots(settings: Settings, chats: Iterable[Chat], operators: OperatorsListed) -> Iterator[Finding]:
    """Examine which bots are recognised, and which authors and types need a line in the configuration (T1)."""
    rules = author_rules(settings)
    events = [event for chat in chats for event in chat.events]
    if not events:
        return
    written = [(event, *classify(event, operators, rules)) for event in events]
    known = Counter(
        name_of(event, author, "", operators, rules) or "a bot" for event, author, _ in written if author is Author.BOT
    )
    if known:
        names = (f"{name} ({number(count, 'message', 'messages')})" for name, count in known.most_common())
        yield Finding(OK, "bots", f"recognised: {', '.join(names)}")
    else:
        yield Finding(WARNING, "bots", "none was recognised in recent chats; without one no case is kept pending")
    unlisted = {event.author_id: event.author_name for event in events if is_unlisted(event, operators, rules)}
    if lines := [toml_line(author, name or "Bot") for author, name in unlisted.items() if author]:
        taken_for = "bots" if rules.unlisted is Author.BOT else "neither bots nor people"
        words = f"in no list of operators, and so taken for {taken_for}; name those that are bots under [chaport.bots]:"
        yield Finding(NOTE, "bots", "\n".join([words, *lines]))
    if types := {event.type for event, _, kind in written if kind is Kind.OTHER}:
        lines = [toml_line(each, "bot") for each in sorted(types)]
        words = 'unknown types of events; under [chaport.event_kinds] say whose they are, or "ignore":'
        yield Finding(WARNING, "events", "\n".join([words, *lines]))


def at_once(settings: Settings) -> Finding:
    """Examine how many chats can be read in each poll at Chaport's pace (T7)."""
    per_second, poll = settings.chaport.requests_per_second, settings.transcripts.poll
    share = 1 - RESERVED if settings.status.enabled else 1.0
    # One request of each poll is for the visitor list.
    count = max(0, floor(share * per_second * poll) - 1)
    chats = number(count, "chat that goes on", "chats that go on")
    words = f"about {chats} at once can be read every {poll:g} s; with more, all are read later"
    if count < EXAMINED:
        return Finding(
            WARNING, "reading", f"{words}; a longer [transcripts] poll or a higher [chaport] requests_per_second"
        )
    return Finding(OK, "reading", words)


def _remembered(settings: Settings) -> OperatorsListed:
    """Return whoever the daemon ever saw listed as an operator; nobody if its state file cannot be read."""
    try:
        store = copy_beside(settings)
    except StoreError:
        return OperatorsListed()
    try:
        return store.marks.get(OperatorsListed)
    finally:
        store.close()
