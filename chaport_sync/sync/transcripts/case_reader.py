"""Reading a case back: which lines stand in it already, and in which message (P1)."""

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
    """Compare lines with what stands in a case and is not known to show others; give those that are there by key.

    Args:
        desk: The help desk's side.
        case_id: The case.
        chat: Whose lines they are.
        lines: At least one, in order.
        opened: When and for whom we opened the case and those that were merged into it: those words are known.

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
    """Return the opening words of cases that were merged into this one, which their chats have not learned yet."""
    found: list[str] = []
    for user_id in dict.fromkeys(message.user_id for message in messages if message.user_id):
        theirs = [message for message in messages if message.user_id == user_id]
        for case in desk.store.transcripts.cases_of_user(user_id):
            first = openings(theirs, case.openings) if case.id != case_id else ()
            if first and case_id in [parent_id async for parent_id in merged_into(desk, case.id)]:
                found += first
    return found


async def merged_into(desk: Desk, case_id: str) -> AsyncIterator[str]:
    """Return the case into which one was merged, then that into which this one was merged in turn, and so on.

    Raises:
        ApiError: A case cannot be read; one that is not there ends the row.
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
