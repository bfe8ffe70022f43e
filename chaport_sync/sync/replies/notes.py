"""Telling agents, by notes in the case, what of their answers does not reach the visitor (R1)."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from chaport_sync.api.errors import Missing
from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.languages.language import Language
from chaport_sync.core.ledger import Reply, parked
from chaport_sync.core.model import Message, id_order
from chaport_sync.core.replies.selection import Why, digest, note_on, took_back
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.sync.cycle import Services

log = structlog.get_logger()


def tell_not_sent(
    services: Services, parts: Sequence[Reply], why: Why, language: Language, *, detail: str = ""
) -> None:
    """Park parts of an answer for good, as a day later they help nobody, and write one note for its agent.

    `detail` is what Chaport said. The note is in the agents' language; what administrators read is in English.
    """
    first, now, reason = parts[0], services.clock.now(), why.words(ENGLISH, detail)
    after = [replace(parked(each, reason, now), text="") for each in parts]
    chat = services.store.transcripts.newest_chat_in(first.case_id, first.visitor_id)
    if chat is None:
        services.store.replies.record(after)
    else:
        services.store.tell_agents(chat, note_on(first, why.words(language, detail), language, now), after)
    log.warning("reply.not_sent", visitor=first.visitor_id, case=first.case_id, reason=reason)


async def tell_of_changes(
    services: Services, messages: Sequence[Message], case_id: str, chat: ChatState, language: Language
) -> None:
    """Compare the replies that were sent from a case with its latest messages, and write a note for each change.

    A reply that is older than all of these messages is not compared. The note comes into the case of the chat.
    """
    standing = {message.id: digest(message) for message in messages}
    oldest = min(map(id_order, standing), default=None)
    sent = [
        reply
        for reply in services.store.replies.sent_in(case_id)
        if reply.digest and oldest is not None and id_order(reply.message_id) >= oldest
    ]
    gone = {reply.message_id for reply in sent} - standing.keys()
    moved = bool(gone) and await _was_merged(services, case_id)
    for reply in sent:
        deleted = reply.message_id in gone
        if standing.get(reply.message_id) != reply.digest and not (deleted and moved):
            note = took_back(reply, language, deleted=deleted, now=services.clock.now())
            # A reply without a digest is not compared again, so there is one note.
            services.store.tell_agents(chat, note, [replace(reply, digest="")])


async def _was_merged(services: Services, case_id: str) -> bool:
    """Return whether a case was merged or is gone: its messages may stand in another case and were not deleted."""
    try:
        return bool((await services.deskie.case(case_id)).parent_id)
    except Missing:
        return True
