"""Examines recent chats: their bots, unknown authors and types, and how many such chats can be shown."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import floor

from chaport_sync.api.budget import RESERVED
from chaport_sync.api.errors import ApiError
from chaport_sync.api.request_queue import Share
from chaport_sync.app import Clients
from chaport_sync.config import Settings
from chaport_sync.config.rules import author_rules
from chaport_sync.core.model import Agent, Author, Chat, Kind
from chaport_sync.core.transcripts.authors import (
    OperatorsListed,
    classify,
    is_unlisted,
    name_of,
)
from chaport_sync.core.wording import number, toml_line
from chaport_sync.doctor import FAILED, NOTE, OK, WARNING, Finding
from chaport_sync.doctor.accounts import polls_a_minute
from chaport_sync.state_file import open_store, state_path
from chaport_sync.store import StoreError

#: The newest chats that are examined; a capacity below this number is a warning.
EXAMINED = 10
#: Deskie units for one question to a bot with its answer: the case is read, both texts are written, and the case is
#: set to pending. A whole chat that is shown at its hand-off costs as much. The first question costs less, because the
#: case is opened as pending.
UNITS, LESS_AT_FIRST = 8, 2
#: Questions in a chat with a bot, if no recent chat tells.
USUAL_QUESTIONS = 4.0


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


def capacity(
    settings: Settings, chats: Iterable[Chat], operators: OperatorsListed, agents: Sequence[Agent], limit: int
) -> Finding:
    """Examine how many chats with a bot can be shown in an hour with `limit` Deskie units a minute."""
    rules = author_rules(settings)
    written = [Counter(classify(event, operators, rules)[0] for event in chat.events) for chat in chats]
    asked = [authors[Author.VISITOR] for authors in written if authors[Author.BOT]]
    questions = max(1.0, sum(asked) / len(asked)) if asked else USUAL_QUESTIONS
    cost = UNITS if settings.transcripts.deliver == "handoff" else UNITS * questions - LESS_AT_FIRST
    # Looking for answers costs one unit a poll.
    answers = 60 / settings.replies.poll if settings.replies.enabled else 0.0
    polls = polls_a_minute(settings, len(agents)) + answers
    count = max(0.0, limit - polls) * 60 / cost
    turns = number(round(questions), "question", "questions")
    like = f"of {turns}, as in recent ones," if asked else f"of {turns}"
    words = f"about {number(round(count), 'chat', 'chats')} with a bot {like} can be shown an hour"
    if count < EXAMINED:
        return Finding(WARNING, "capacity", f'{words}; [transcripts] deliver = "handoff" needs less')
    return Finding(OK, "capacity", words)


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
    if not state_path(settings, os.environ).exists():
        return OperatorsListed()
    try:
        store = open_store(settings, dry_run=True)
    except StoreError:
        return OperatorsListed()
    try:
        return store.marks.get(OperatorsListed)
    finally:
        store.close()
