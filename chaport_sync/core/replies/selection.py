"""Agents' answers in a case: which are due, as which operator they are sent, and notes about them (R1, R4, R5)."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from typing import NamedTuple

from chaport_sync.core.languages.language import Language
from chaport_sync.core.ledger import Line, Reply
from chaport_sync.core.model import Author, Kind, Message, Operator
from chaport_sync.core.statuses.pairing import Pairing, names
from chaport_sync.core.text import harmless, one_line, readable, split

#: The event ids of the lines that tell agents about their answers begin with this.
_KEY = "deskie-"
#: Stands for all agents who drive no operator, and for people who are not in the list of agents, such as the owner.
ANYBODY = ""
#: If Deskie does not say when it will send an answer, the case is read again after so many seconds.
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
    """When replies were switched on, and up to when updated cases were read (Unix seconds); None if never."""

    since: float | None = None
    looked: float | None = None


@dataclass(frozen=True, slots=True)
class CasesAgain:
    """Cases to be read for answers once more, although nothing in them changes.

    By case id: when to read the case, and the time from which on to read its messages (both Unix seconds).
    """

    due: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def but(self, case_id: str, moments: Sequence[float]) -> "CasesAgain":
        """Return the cases with other moments for one of them: when to read it, and from when on; none removes it."""
        others = {key: each for key, each in self.due.items() if key != case_id}
        return CasesAgain(others | ({case_id: (moments[0], moments[1])} if moments else {}))


class Told(NamedTuple):
    """How a reason is told: the words of the note that says so."""

    words: Callable[[Language], str]


class Why(Enum):
    """Why an answer does not reach the visitor (R1, R4, R5)."""

    NO_OPERATOR = Told(lambda language: language.no_operator)
    TOO_OLD = Told(lambda language: language.too_old)
    NOT_THEIRS = Told(lambda language: language.not_theirs)
    MERGED = Told(lambda language: language.merged)
    GONE = Told(lambda language: language.gone)
    EMPTY = Told(lambda language: language.empty)
    REFUSED = Told(lambda language: language.refused)

    def words(self, language: Language, detail: str = "") -> str:
        """Return the reason in a language, with what the service said of it."""
        return self.value.words(language) + (f" ({detail})" if detail else "")


@dataclass(frozen=True, slots=True)
class Due:
    """An answer that is to be sent in parts as this operator."""

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
    """An answer that Deskie sends later, `at` this time (Unix seconds); until then its agent may take it back."""

    message: Message
    at: float


Found = Due | Failed | Later


def beginning(since: float, newest: float, now: float) -> float:
    """Return when replies were switched on (Unix seconds); answers from before are not sent (R5).

    Args:
        since: The recorded time, which is in the future: this machine's clock was ahead then, or is behind now.
            Infinite at the first look.
        newest: When the last of the cases was updated, by Deskie's clock, in whole seconds.
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
        messages: The messages and notes of the case.
        known: The ids of messages that were dealt with before.
        senders: The operator that answers for each agent, by the agent's id, as `senders` returns it.
        rules: `[replies]`.
        own_staff_id: The daemon's own agent, whose messages are no answers; empty while it is not known.
        since: When replies were switched on (Unix seconds); messages from before are left out.
        theirs: Whether the case's customer is the visitor; a merged case may be somebody else's (R1).
        now: Unix seconds.
        merged_at: When a case of another customer was merged into this one (Unix seconds), 0 if none was. Nobody can
            tell for which of both customers an answer from before was.
        run_since: When this run began (Unix seconds). An older run may have sent an answer that the state file, an
            older copy, does not have, so the chat must be read before the answer counts as too old.
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
    """Return the earliest time at which one is due and the earliest at which one was written; nothing without any."""
    due = [(each.at if each.at < inf else now + NOT_SAID, each.message.created_at or now) for each in later]
    return [min(moments) for moments in zip(*due, strict=True)]


def senders(operators: Sequence[Operator], pairing: Pairing, rules: SelectionRules) -> dict[str, str]:
    """Return the operator of each agent who drives one, by agent id (S3), and `replies.operator` as `ANYBODY`'s."""
    fallback = next((each.id for each in operators if not each.is_bot and names(rules.operator, each)), "")
    driven: dict[str, str] = {}
    for operator in operators:
        for agent in pairing.drivers.get(operator.id, ()):
            driven.setdefault(agent.id, operator.id)
    return driven | ({ANYBODY: fallback} if fallback else {})


def digest(message: Message) -> str:
    """Return a digest that changes when a message is edited; the text cannot be read from it (P6)."""
    # Deskie may give the same file another address each time.
    content = "\n".join([harmless(message.text), *(each.name for each in message.files)])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def note_on(reply: Reply, why: str, language: Language, now: float) -> Line:
    """Return the note that tells an agent that an answer did not reach the visitor, and `why` in that language (R1)."""
    text = language.not_sent.format(why=why, which=_quoted(reply, language))
    return _note(reply, f"{reply.message_id}-failed", text, now)


def took_back(reply: Reply, language: Language, *, deleted: bool, now: float) -> Line:
    """Return the note that the visitor keeps the answer as it was sent, although it was changed or deleted here."""
    what, text = ("deleted", language.deleted) if deleted else ("changed", language.changed)
    return _note(reply, f"{reply.message_id}-{what}", text, now)


def _note(reply: Reply, key: str, text: str, now: float) -> Line:
    return Line(f"{_KEY}{key}", reply.part, Author.UNKNOWN, "chaport-sync", now, text, kind=Kind.NOTICE)


def _quoted(reply: Reply, language: Language) -> str:
    if not reply.text:
        return language.numbered.format(number=reply.message_id)
    return (language.rest if reply.part else language.answer).format(text=one_line(reply.text, 60))


def _is_answer(message: Message, rules: SelectionRules, own_staff_id: str) -> bool:
    agents = bool(message.staff_id) and message.staff_id != own_staff_id and not message.note
    return agents and (rules.include_rules or not message.by_rule)


def _moment(message: Message, now: float) -> tuple[float, int, str]:
    """Return the sort key of a message: when it is sent, now if that is not known, then its number."""
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
