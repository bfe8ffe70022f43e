"""Reading a case to see which lines it shows already, and in which message (P1)."""

from collections.abc import AsyncIterator, Sequence

from chaport_sync.api.errors import Missing
from chaport_sync.clock import give_way
from chaport_sync.core.ledger import ALL_ROWS, Line
from chaport_sync.core.model import Message, OwnAgent
from chaport_sync.core.transcripts.read_back import Shown, displayed, openings, reaches_back_to
from chaport_sync.store import ChatKey
from chaport_sync.sync.transcripts.desk import Desk


async def shown_in(
    desk: Desk, case_id: str, chat: ChatKey, lines: Sequence[Line], *, opened: Sequence[tuple[float, str]] = ()
) -> dict[tuple[str, int], Shown]:
    """Return the lines that a case shows, by key, without the messages that are known to show other lines.

    Args:
        desk: Deskie, the state file and the rules.
        case_id: The id of the case.
        chat: The chat of the lines.
        lines: At least one line, in order.
        opened: Time (Unix seconds) and user of each opening of this case, or of one merged into it: known messages.

    Raises:
        ApiError: The case cannot be read; `Missing` if it is not there.
    """
    desk.others.doubt(chat, lines)
    messages = await desk.deskie.messages_since(case_id, reaches_back_to(lines))
    desk.others.look(case_id, messages, desk.clock.now())
    accounted = desk.store.transcripts.accounted_rows(message.id for message in messages)
    accounted |= dict.fromkeys(openings(messages, opened), ALL_ROWS)
    accounted |= dict.fromkeys(await _merged_openings(desk, case_id, messages), ALL_ROWS)
    await give_way()  # a long case takes its time before and after this
    return displayed(lines, chat, messages, desk.store.marks.get(OwnAgent).staff_id, accounted)


async def _merged_openings(desk: Desk, case_id: str, messages: Sequence[Message]) -> list[str]:
    """Return the ids of first messages of cases that were merged into this one, unknown to their chats so far."""
    found: list[str] = []
    for user_id in dict.fromkeys(message.user_id for message in messages if message.user_id):
        theirs = [message for message in messages if message.user_id == user_id]
        for case in desk.store.transcripts.cases_of_user(user_id):
            first = openings(theirs, case.openings) if case.id != case_id else ()
            if first and case_id in [parent_id async for parent_id in merged_into(desk, case.id)]:
                found += first
    return found


async def merged_into(desk: Desk, case_id: str) -> AsyncIterator[str]:
    """Yield the id of the case into which a case was merged, then of the next such case, and so on.

    Raises:
        ApiError: A case cannot be read; a missing case ends the sequence.
    """
    passed = {case_id}
    while True:
        try:
            case_id = (await desk.deskie.case(case_id)).parent_id
        except Missing:
            return
        if not case_id or case_id in passed:
            return
        passed.add(case_id)
        yield case_id
