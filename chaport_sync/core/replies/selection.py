"""Agents' answers from a case: which are due, as whom they are sent, and what the case is told (R1, R4, R5)."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import inf

from chaport_sync.core.ledger import Line, Reply
from chaport_sync.core.model import Author, Kind, Message, Operator
from chaport_sync.core.statuses.pairing import Pairing, names
from chaport_sync.core.text import harmless, one_line, readable, split
from chaport_sync.core.wording import Reason

#: How the keys of the lines begin that tell agents of their answers.
_KEY = "deskie-"
#: Stands for everybody who drives no operator, and for those who are not among the agents, such as the account's owner.
ANYBODY = ""
#: A case with an answer that Deskie will send, without saying when, is looked at again after so long (seconds).
NOT_SAID = 300.0


@dataclass(frozen=True, slots=True)
class SelectionRules:
    """`[replies]`: `operator` is an id or an address, `max_age` in seconds, `max_length` in characters."""

    operator: str = ""
    include_rules: bool = False
    max_age: float = 3600.0
    max_length: int = 2000


@dataclass(frozen=True, slots=True)
class RepliesLook:
    """From when on answers are sent, and up to where updated cases were looked at (Unix seconds); None if never."""

    since: float | None = None
    looked: float | None = None


class Why(Enum):
    """Why an answer does not reach the visitor, in the words of the note that says so (R1, R5)."""

    NO_OPERATOR = Reason("R1", "no Chaport operator is paired with you")
    TOO_OLD = Reason("R5", "it could not be sent in time")
    NOT_THEIRS = Reason("R1", "this case is another customer's")
    MERGED = Reason("R1", "it may be meant for the customer of a case that was merged into this one")
    GONE = Reason("R1", "Chaport does not know the visitor any more")
    EMPTY = Reason("R4", "there is nothing in it that can be sent")
    REFUSED = Reason("R1", "Chaport refused it")


@dataclass(frozen=True, slots=True)
class Due:
    """An answer to be sent, in parts, as this operator."""

    message: Message
    operator_id: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """An answer that is not sent, and why."""

    message: Message
    why: Why


@dataclass(frozen=True, slots=True)
class Later:
    """An answer whose moment, `at`, has not come (`sent_at`): its agent may still take it back."""

    message: Message
    at: float


Found = Due | Failed | Later


def beginning(since: float, newest: float, now: float) -> float:
    """Return when replies were switched on: what was written before is nobody's business (R5).

    Args:
        since: What is remembered of that and is still to come: it was told by a clock that was ahead, unless ours is
            behind now; infinity at the first look.
        newest: When the last of the cases was updated, by Deskie's clock, which tells whole seconds.
        now: Unix seconds.
    """
    return min(since, newest + 1 if newest > now else float(int(now)))


def answers(
    messages: Iterable[Message],
    known: Iterable[str],
    senders: Mapping[str, str],
    rules: SelectionRules,
    *,
    own_staff_id: str,
    since: float,
    theirs: bool,
    now: float,
    merged_at: float,
    run_since: float,
) -> list[Found]:
    """Find the agents' answers among a case's messages, in the order in which they were written (R1, R5).

    Args:
        messages: What stands in the case.
        known: The ids of messages that were dealt with.
        senders: The operator that answers for an agent, by the agent's id (`senders`).
        rules: `[replies]`.
        own_staff_id: The daemon's own agent, whose notes and messages answer nobody; empty while it is not known.
        since: When replies were switched on: what was written before is nobody's business (Unix seconds).
        theirs: Whether the case's customer is the visitor (R1: a merged case may be somebody else's).
        now: Unix seconds.
        merged_at: When a case of another customer was merged into this one, 0 if none was: whose an answer was that
            was written until then, nobody can tell.
        run_since: When this run began. What was written before may have been sent by a run of which the state file
            knows nothing, so that its chat is to be looked at before it is called too old.
    """
    dealt_with = frozenset(known)
    found: list[Found] = []
    for message in sorted(messages, key=lambda each: _moment(each, now)):
        if message.id in dealt_with or not _is_answer(message, rules, own_staff_id) or _moment(message, now)[0] < since:
            continue
        written = message.created_at if message.created_at is not None else now
        if theirs and written <= merged_at:
            found.append(Failed(message, Why.MERGED))
        else:
            found.append(_judge(message, senders, rules, theirs=theirs, now=now, run_since=run_since))
    return found


def when(later: Iterable[Later], now: float) -> list[float]:
    """Return when the first of these is due and when it was written, nothing if there is none."""
    due = [(each.at if each.at < inf else now + NOT_SAID, each.message.created_at or now) for each in later]
    return [min(moments) for moments in zip(*due, strict=True)]


def senders(operators: Sequence[Operator], pairing: Pairing, rules: SelectionRules) -> dict[str, str]:
    """Return the operator that answers for each agent who drives one (S3); `ANYBODY` else has `replies.operator`."""
    fallback = next((each.id for each in operators if not each.is_bot and names(rules.operator, each)), "")
    driven: dict[str, str] = {}
    for operator in operators:
        for agent in pairing.drivers.get(operator.id, ()):
            driven.setdefault(agent.id, operator.id)
    return driven | ({ANYBODY: fallback} if fallback else {})


def digest(message: Message) -> str:
    """Return what tells an edited message from the one that was sent; no text can be read from it (P6)."""
    # The address of a file may be another each time it is asked for.
    told = "\n".join([harmless(message.text), *(each.name for each in message.files)])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def note_on(reply: Reply, why: str, now: float) -> Line:
    """Return the note that tells an agent that an answer did not reach the visitor, and why (R1)."""
    return _note(reply, f"{reply.message_id}-failed", f"Not sent to the visitor: {why}. {_quoted(reply)}", now)


def took_back(reply: Reply, *, deleted: bool, now: float) -> Line:
    """Return the note that says that what was changed here stays with the visitor as it was sent."""
    what = "deleted" if deleted else "changed"
    return _note(reply, f"{reply.message_id}-{what}", f"The visitor keeps the answer that was {what} here.", now)


def _note(reply: Reply, key: str, text: str, now: float) -> Line:
    return Line(f"{_KEY}{key}", reply.part, Author.UNKNOWN, "chaport-sync", now, text, kind=Kind.NOTICE)


def _quoted(reply: Reply) -> str:
    if not reply.text:
        return f"Answer no. {reply.message_id}"
    return f"{'The rest of the answer' if reply.part else 'The answer'} began: {one_line(reply.text, 60)}"


def _is_answer(message: Message, rules: SelectionRules, own_staff_id: str) -> bool:
    agents = bool(message.staff_id) and message.staff_id != own_staff_id and not message.note
    return agents and (rules.include_rules or not message.by_rule)


def _moment(message: Message, now: float) -> tuple[float, int, str]:
    """Order by the time at which a message is sent, then as they were numbered; one without a time is of now."""
    at = message.sent_at if message.sent_at is not None else message.created_at
    number = int(message.id) if message.id.isascii() and message.id.isdigit() else 0
    return (at if at is not None else now, number, message.id)


def _judge(
    message: Message, senders: Mapping[str, str], rules: SelectionRules, *, theirs: bool, now: float, run_since: float
) -> Found:
    at = _moment(message, now)[0]
    if at > now:
        return Later(message, at)
    if not theirs:
        return Failed(message, Why.NOT_THEIRS)
    if now - at > rules.max_age and at >= run_since:
        return Failed(message, Why.TOO_OLD)
    operator_id = senders.get(message.staff_id) or senders.get(ANYBODY)
    if not operator_id:
        return Failed(message, Why.NO_OPERATOR)
    parts = tuple(split(readable(message), rules.max_length, 0, at_spaces=True))
    return Due(message, operator_id, parts) if parts else Failed(message, Why.EMPTY)
