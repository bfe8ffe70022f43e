"""Telling agents that an edit or a deletion of an answer does not reach the visitor (R1)."""

from collections.abc import Sequence
from dataclasses import replace

from chaport_sync.api.errors import Missing
from chaport_sync.core.model import Message, id_order
from chaport_sync.core.replies.selection import digest, took_back
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.sync.services import Services


async def tell_of_changes(services: Services, messages: Sequence[Message], case_id: str, chat: ChatState) -> None:
    """Compare the answers that were sent from a case with what stands there, and say once what became different.

    Args:
        services: Where the case is, and who remembers what was sent.
        messages: The latest messages of the case: an answer older than all of them may well stand there still.
        case_id: The case.
        chat: Where the note belongs.
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
            note = took_back(reply, deleted=deleted, now=services.clock.now())
            # Without a digest nothing is compared any more, so it is said once.
            services.store.tell_agents(chat, note, [replace(reply, digest="")])


async def _was_merged(services: Services, case_id: str) -> bool:
    """Return whether what does not stand in a case may stand in another one: that was not deleted."""
    try:
        return bool((await services.deskie.case(case_id)).parent_id)
    except Missing:
        return True
