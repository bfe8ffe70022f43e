"""What became of agents' answers: what visitors got of each, and what the cases say about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chaport_sync.sandbox.chaport.records import Event, Visitor
from chaport_sync.sandbox.deskie.records import Case
from tests.simulation.answers import Answer
from tests.world import World

MARK = re.compile(r"<a\d+>")
#: How the daemon tells an agent that an answer was not sent, and that a change of it changes nothing for the visitor.
NOT_SENT = re.compile(
    r"Not sent to the visitor: (?P<why>.*?)\. "
    r"(?:Answer no\. (?P<id>\d+)|The (?:rest of the )?answer began: (?P<text>.*))"
)
KEPT = re.compile(r"The visitor keeps the answer that was (?P<what>\w+) here")


@dataclass(frozen=True)
class Told:
    """A note that an answer was not sent: when it was written, and why it says so."""

    at: float
    why: str


@dataclass
class Outcome:
    """What became of one answer: the events that show it to a visitor, in order, and what its agent was told."""

    events: list[tuple[Visitor, Event]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def copies(self, answer: Answer) -> int:
        """Count how often the visitor got the whole of it, in any one wording; 0 if what arrived is something else."""
        got = squeezed("".join(event.text for _, event in self.events))
        wordings = [wording for _, text in answer.versions if (wording := squeezed(text))]
        for wording in wordings:
            if got == wording * (times := len(got) // len(wording)):
                return times
        return 2 if any(got == one + other for one in wordings for other in wordings) else 0


class Outcomes:
    """All answers' outcomes, as both accounts show them now."""

    def __init__(self, world: World, answers: Sequence[Answer]) -> None:
        self._world = world
        self._of = {answer.message.id: Outcome() for answer in answers}
        self._by_mark = {answer.mark: answer for answer in answers if answer.mark}
        self._without_mark = [answer for answer in answers if not answer.mark]
        #: what agents were told, and the answers that each note may mean
        self.notes: list[tuple[Told, list[Answer]]] = []
        #: what reached a visitor and is nobody's answer
        self.foreign: list[tuple[Visitor, Event]] = []
        for visitor in world.chaport.visitors:
            self._take_events(visitor)
        self._take_notes()

    def of(self, answer: Answer) -> Outcome:
        """Return what became of an answer."""
        return self._of[answer.message.id]

    def _take_events(self, visitor: Visitor) -> None:
        """A part without a whole mark belongs to what was sent before it."""
        sent = {event.id for event in self._world.chaport.sent_to_visitors}
        last: Answer | None = None
        for event in sorted((event for chat in visitor.chats for event in chat.events), key=lambda event: event.at):
            if event.id not in sent:
                continue
            found = MARK.search(event.text)
            answer = self._by_mark.get(found.group()) if found else self._repeated(visitor, event) or last
            if answer is None:
                self.foreign.append((visitor, event))
            else:
                self.of(answer).events.append((visitor, event))
                last = answer

    def _repeated(self, visitor: Visitor, event: Event) -> Answer | None:
        """Of answers in the same words the external id tells which it is (R2).

        Where there is none, each gets one event, first what can be for nobody else, and the newest of those; it also
        gets what is too much.
        """
        at = self._world.time.elapsed - (self._world.time.now() - event.at).total_seconds()
        same = [
            answer
            for answer in reversed(self._without_mark)
            if squeezed(answer.versions[0][1]) == squeezed(event.text) and visitor.id in self._customers(answer)
        ]
        same.sort(key=lambda answer: len(self._customers(answer)))
        due = [answer for answer in same if answer.due <= at + 2 and not self.of(answer).events]
        named = [answer for answer in same if event.external_id.endswith(f"-{answer.message.id}")]
        return next(iter([*named, *due, *same]), None)

    def _take_notes(self) -> None:
        for case in self._world.deskie.cases:
            for message in case.messages:
                if message.staff_id != self._world.deskie.api_agent.id:
                    continue
                for found in NOT_SENT.finditer(message.text):
                    at = self._world.time.elapsed - (self._world.time.now() - message.created_at).total_seconds()
                    self.notes.append((Told(at, found["why"]), self._meant(found) or self._ending_so(case, found)))
        for told, meant in self.notes:
            for answer in meant:
                self.of(answer).told.append(told)

    def _meant(self, found: re.Match[str]) -> list[Answer]:
        if found["id"]:
            return [
                answer
                for answer in (*self._by_mark.values(), *self._without_mark)
                if str(answer.message.id) == found["id"]
            ]
        mark = MARK.search(found["text"])
        if mark:
            return [self._by_mark[mark.group()]]
        # Of answers in the same words nobody can tell which one is meant.
        return [answer for answer in self._without_mark if squeezed(answer.versions[0][1]) == squeezed(found["text"])]

    def _ending_so(self, case: Case, found: re.Match[str]) -> list[Answer]:
        """The last part of an answer may have no mark: it is of one in the case that arrived but for that end."""
        return [
            answer
            for answer in self._by_mark.values()
            if case in answer.cases
            and self.of(answer).events
            and not self.of(answer).copies(answer)
            and squeezed(answer.versions[0][1]).endswith(squeezed(found["text"]))
        ]

    def _customers(self, answer: Answer) -> set[str]:
        users = [self._world.deskie.find_user(case.user_id) for case in answer.cases]
        return {user.custom_id for user in users if user}


def squeezed(text: str) -> str:
    """Return a text without white space, which parts lose at their ends."""
    return "".join(text.split())
