"""What is held back while a bot talks, and until when: `[transcripts] deliver` and `gather` (T2)."""

from chaport_sync.core.ledger import Line
from chaport_sync.core.model import Kind
from chaport_sync.core.transcripts.cases import CaseRules, Deliver
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.steps import Release, Rest
from chaport_sync.core.wording import Reason

BOT_ANSWERS, GATHERING = Reason("T2", "a bot may still answer"), Reason("T2", "it is gathered while a bot talks")
_GATHERED = Reason("T2", "it was gathered for long enough")


def hold_back(chat: ChatState, rules: CaseRules, now: float) -> Rest | Release | None:
    """Return until when new lines of a chat are held back, or that they are released now; None if they go in live.

    Only what a bot and a visitor say to each other is gathered. Without a bot an agent must see it at once, and the
    visitor's first words open the case.
    """
    if rules.deliver is Deliver.LIVE or chat.handed_over:
        return None
    if rules.deliver is Deliver.DIGEST and not (chat.case_id and chat.bot_spoke):
        return None
    ends, reason = handover_at(chat, rules, now)
    if ends <= now:
        return Release(reason, live=True)
    if rules.deliver is Deliver.HANDOFF:
        return Rest(BOT_ANSWERS, ends)
    gathered = (chat.gather_from or 0.0) + rules.gather
    return Release(_GATHERED, live=False) if gathered <= now else Rest(GATHERING, min(ends, gathered))


def is_released(line: Line, chat: ChatState) -> bool:
    """Return whether a line is held back no longer; word about an agent's own answer never is."""
    return line.seq <= chat.note_until or line.kind is Kind.NOTICE


def handover_at(chat: ChatState, rules: CaseRules, now: float) -> tuple[float, Reason]:
    """Return when everything is released, if nothing happens before (Unix seconds), and why (T2)."""
    if chat.human:
        return now, Reason("T2", "a human operator took over")
    unanswered, ended = Reason("T2", "the visitor is unanswered"), Reason("T2", "the chat has ended")
    if chat.closed:
        return now, ended
    if chat.opened_unanswered:
        return now, unanswered
    times = [(chat.last_event_at + rules.ended_after, ended)]
    if chat.asked_at is not None:
        times.append((chat.asked_at + rules.unanswered, unanswered))
    return min(times)
