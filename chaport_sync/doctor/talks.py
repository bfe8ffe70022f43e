"""Examines what a talk with a bot costs in each `[transcripts] deliver`, and how many the account carries (T2, P5)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import mean

from chaport_sync.config import Settings
from chaport_sync.config.rules import author_rules
from chaport_sync.core.model import Agent, Author, Chat
from chaport_sync.core.transcripts.authors import OperatorsListed, classify
from chaport_sync.core.transcripts.cases import Deliver
from chaport_sync.core.wording import number
from chaport_sync.doctor import OK, WARNING, Finding
from chaport_sync.doctor.accounts import polls_a_minute

#: A capacity below so many talks an hour is a warning.
FEW = 10


@dataclass(frozen=True, slots=True)
class Talk:
    """A visitor's talk with a bot: how many questions it has, and how long it lasts (seconds)."""

    questions: float = 4.0
    seconds: float = 180.0

    def units(self, deliver: Deliver, every: float) -> float:
        """Return about how many of Deskie's units it takes to show the talk: reading costs 1, writing 2.

        Opening the case is a search and a writing, and the first note follows at once, so the case need not be read
        before it. With `live` each further question costs its message, the note with the answer, its status, and two
        readings of the case, before and after. With `digest` each note costs a reading; there is one `every` so many
        seconds. Once, at the end, the case is read after the visitor's last words.
        """
        opening, reading, writing = 3.0, 1.0, 2.0
        if deliver is Deliver.LIVE:
            return opening + writing + (self.questions - 1) * (3 * writing + 2 * reading)
        if deliver is Deliver.HANDOFF:
            return opening + writing + reading * (self.questions > 1)
        notes = max(1.0, min(ceil(self.seconds / every), self.questions))
        return opening + notes * (reading + writing) + reading * (self.questions > 1)


def usual(settings: Settings, chats: Iterable[Chat], operators: OperatorsListed) -> Talk | None:
    """Return the usual talk of a visitor and a bot among recent chats, None if there was none."""
    rules = author_rules(settings)
    talks = []
    for chat in chats:
        authors = Counter(classify(event, operators, rules)[0] for event in chat.events)
        times = [event.at for event in chat.events if event.at is not None]
        if authors[Author.BOT] and authors[Author.VISITOR]:
            talks.append(Talk(authors[Author.VISITOR], max(times, default=0.0) - min(times, default=0.0)))
    if not talks:
        return None
    return Talk(mean(each.questions for each in talks), mean(each.seconds for each in talks))


def capacity(
    settings: Settings, chats: Iterable[Chat], operators: OperatorsListed, agents: Sequence[Agent], limit: int
) -> Finding:
    """Examine what a talk with a bot costs, and how many can be shown with `limit` Deskie units a minute."""
    found = usual(settings, chats, operators)
    talk = found or Talk()
    chosen = Deliver(settings.transcripts.deliver)
    # What is gathered is shown by the poll that comes next.
    every = settings.transcripts.gather + settings.transcripts.poll
    cost = {each: talk.units(each, every) for each in Deliver}
    # Looking for answers costs one unit a poll.
    answers = 60 / settings.replies.poll if settings.replies.enabled else 0.0
    left = max(0.0, limit - polls_a_minute(settings, len(agents)) - answers)
    an_hour = round(left * 60 / cost[chosen])
    at_once = round(left / (cost[chosen] / max(1.0, talk.seconds / 60)))
    others = ", ".join(f'{cost[each]:.0f} with "{each}"' for each in Deliver if each is not chosen)
    like = ", as recent ones," if found else ""
    words = (
        f"a talk with a bot of {number(round(talk.questions), 'question', 'questions')} in {talk.seconds:.0f} s{like}"
        f' costs about {cost[chosen]:.0f} units with [transcripts] deliver = "{chosen}" ({others}): {an_hour} an hour,'
        f" {at_once} at once, can be shown"
    )
    cheapest = min(cost, key=cost.__getitem__)
    if an_hour >= FEW:
        return Finding(OK, "capacity", words)
    advice = "" if chosen is cheapest else f'; deliver = "{cheapest}" needs less'
    return Finding(WARNING, "capacity", f"{words}{advice}")
