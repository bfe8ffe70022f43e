"""What became of the chats: who answered, how soon a person did, and what waits now, and why."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import NamedTuple

from chaport_sync.core.ledger import LineState
from chaport_sync.core.transcripts.cases import CaseRules
from chaport_sync.core.transcripts.explanation import foreseen
from chaport_sync.core.transcripts.next_step import HELD_BACK, NO_CASE_YET
from chaport_sync.core.transcripts.steps import Rest, Search, Snapshot
from chaport_sync.core.wording import Clock, number


class Outline(NamedTuple):
    """What is recorded of one chat, without its words. Times are Unix seconds, None if they are not recorded.

    Attributes:
        began_at: Its first recorded line, or its last event if it has none.
        asked_at: When the visitor last wrote, if nobody answered since.
        asked_since: The first of the visitor's words since somebody else last wrote.
        first_words_at: The visitor's first words.
        person_at: A person's first words after them, written in Chaport or as an answer in Deskie.
        bot_at: A bot's last words before those.
        unanswered_at: The visitor's first words after the bot's last ones and before the person's.
    """

    visitor_id: str
    chat_id: str
    began_at: float
    visitor_wrote: bool
    bot_spoke: bool
    human: bool
    closed: bool
    silenced: bool
    opened_unanswered: bool
    last_event_at: float
    asked_at: float | None = None
    asked_since: float | None = None
    first_words_at: float | None = None
    person_at: float | None = None
    bot_at: float | None = None
    unanswered_at: float | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The key of the chat; chat ids are unique only per visitor."""
        return (self.visitor_id, self.chat_id)

    @property
    def waited(self) -> float | None:
        """For how many seconds the visitor waited for a person's first words, None if that is not recorded.

        The wait begins with the words that the bot left unanswered; if there are none, with the bot's last words, which
        were the hand-off; without a recorded bot with the visitor's first words.
        """
        if not self.human or self.person_at is None:
            return None
        needed = next(each for each in (self.unanswered_at, self.bot_at, self.first_words_at) if each is not None)
        return max(0.0, self.person_at - needed)


class Outcome(StrEnum):
    """What became of a chat so far."""

    PERSON = "person"
    BOT = "bot"
    NOBODY_YET = "nobody_yet"
    UNANSWERED = "unanswered"
    SILENT = "silent"


IN_WORDS: Mapping[Outcome, str] = {
    Outcome.PERSON: "a person took part",
    Outcome.BOT: "answered by the bot only",
    Outcome.NOBODY_YET: "a person was needed, and nobody came",
    Outcome.UNANSWERED: "neither a bot nor a person answered",
    Outcome.SILENT: "the visitor wrote nothing",
}


@dataclass(frozen=True, slots=True)
class Overview:
    """All chats of a window.

    Attributes:
        chats: How many chats have each outcome.
        waiting: How many of them wait for a person now.
        waits: Those that do, who asked first comes first.
        waited: For how many seconds each visitor waited for a person, as far as that is recorded, in order.
        unknown: In how many chats a person took part, and it is not recorded when.
    """

    chats: Mapping[Outcome, int]
    waiting: Mapping[Outcome, int]
    waits: tuple[Outline, ...]
    waited: tuple[float, ...]
    unknown: int

    @property
    def median(self) -> float | None:
        """The median of the waits for a person (seconds), None if none is recorded."""
        return median(self.waited) if self.waited else None

    @property
    def unanswered(self) -> int:
        """How many chats no person answered though one was needed, and which do not wait any more."""
        some = (Outcome.NOBODY_YET, Outcome.UNANSWERED)
        return sum(self.chats[each] - self.waiting[each] for each in some)


def overview(chats: Iterable[Outline], rules: CaseRules, now: float) -> Overview:
    """Return what became of these chats until `now` (Unix seconds)."""
    count, waiting = Counter[Outcome](), Counter[Outcome]()
    waits, waited, unknown = [], [], 0
    for chat in chats:
        found = outcome(chat, rules, now)
        count[found] += 1
        if found is Outcome.PERSON:
            seconds = chat.waited
            if seconds is None:
                unknown += 1
            else:
                waited.append(seconds)
        if waits_now(chat, rules, now):
            waiting[found] += 1
            waits.append(chat)
    waits.sort(key=asking_since)
    counted, waiting_in = ({each: some[each] for each in Outcome} for some in (count, waiting))
    return Overview(counted, waiting_in, tuple(waits), tuple(sorted(waited)), unknown)


def outcome(chat: Outline, rules: CaseRules, now: float) -> Outcome:
    """Return what became of a chat. A bot that may still answer in time has answered."""
    if chat.human:
        return Outcome.PERSON
    if not chat.visitor_wrote:
        return Outcome.SILENT
    if not chat.bot_spoke:
        return Outcome.UNANSWERED
    return Outcome.NOBODY_YET if chat.opened_unanswered or _too_long(chat, rules, now) else Outcome.BOT


def waits_now(chat: Outline, rules: CaseRules, now: float) -> bool:
    """Return whether the visitor waits for a person: nobody has answered, a bot had its time, and it has not ended."""
    ended = chat.closed or chat.silenced or chat.last_event_at + rules.ended_after <= now
    bots_turn = chat.bot_spoke and not chat.human and not _too_long(chat, rules, now)
    return chat.asked_at is not None and not ended and not bots_turn


def asking_since(chat: Outline) -> float:
    """Return since when a visitor asks without an answer (Unix seconds); the last words if no more is recorded."""
    return chat.asked_since or chat.asked_at or chat.last_event_at


def answer(found: Overview, since: float, clock: Clock) -> str:
    """Say how many chats there were, how many a person answered, how many nobody did, and how many wait now."""
    if not (total := sum(found.chats.values())):
        return f"No chat has begun since {clock(since)}."
    silent = found.chats[Outcome.SILENT]
    without_words = f", in {silent} the visitor wrote nothing" if silent else ""
    return (
        f"{number(total, 'chat', 'chats')} since {clock(since)}: a person answered {found.chats[Outcome.PERSON]},"
        f" a bot alone {found.chats[Outcome.BOT]}, {found.unanswered} stayed unanswered{without_words};"
        f" {number(len(found.waits), 'waits', 'wait')} now."
    )


class Delivery(NamedTuple):
    """How words stand that are not shown in Deskie yet, and why."""

    state: str
    why: str


def delivery(at: Snapshot, rules: CaseRules) -> Delivery:
    """Return how the lines of a chat stand that are not shown: parked, unclear, held back, searching, or due."""
    step = foreseen(at, rules)
    errors = [line.error for line in at.lines if line.state is LineState.PARKED]
    if errors:
        return Delivery("parked", errors[-1])
    if any(line.state is LineState.SENDING for line in at.lines):
        return Delivery("unclear", step.reason.words)
    if isinstance(step, Rest) and step.reason in HELD_BACK:
        return Delivery("held back", step.reason.words)
    if isinstance(step, Search) or step.reason == NO_CASE_YET:
        return Delivery("searching for a case", step.reason.words)
    return Delivery("due", step.reason.words)


def _too_long(chat: Outline, rules: CaseRules, now: float) -> bool:
    return chat.asked_at is not None and chat.asked_at + rules.unanswered <= now
