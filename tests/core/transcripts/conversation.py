"""What the tests about a chat's next step have in common: a chat in its case, its lines, and the question."""

from dataclasses import replace
from typing import Any

from chaport_sync.core.ledger import Line
from chaport_sync.core.model import Author, CaseView
from chaport_sync.core.transcripts.cases import CaseRules, Deliver
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.next_step import next_step
from chaport_sync.core.transcripts.steps import Facts, Snapshot, Step

NOW = 1_800_000_000.0
RULES = CaseRules(deliver=Deliver.LIVE, wait=3600, ended_after=1800, unanswered=120)
#: Nobody waits in it, and nothing is due.
CHAT = ChatState("v1", "7", case_id="c1", visitor_wrote=True, bot_spoke=True, last_event_at=NOW - 10)
CASE = CaseState("c1", user_id="u1", status_ours="waiting")
VIEW = CaseView("c1", status="waiting")
#: The case was read back and looked at in this run.
FACTS = Facts(view=VIEW, verified=True)


def line(number: int, author: Author, **parts: Any) -> Line:
    """Return the chat's line of this number."""
    given = Line(f"e{number}", 0, author, author.value, NOW - 100 + number, f"text {number}", seq=number)
    return replace(given, **parts)


def visitor(number: int, **parts: Any) -> Line:
    """Return a line of the visitor."""
    return line(number, Author.VISITOR, **parts)


def bot(number: int, **parts: Any) -> Line:
    """Return a line of the bot."""
    return line(number, Author.BOT, **parts)


def asked(
    *lines: Line,
    chat: ChatState = CHAT,
    case: CaseState | None = CASE,
    facts: Facts = FACTS,
    rules: CaseRules = RULES,
) -> Step:
    """Ask for the next step of the chat with these lines."""
    return next_step(Snapshot(chat, case, lines, facts, NOW), rules)
