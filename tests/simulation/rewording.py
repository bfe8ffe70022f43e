"""Messages in Chaport that are edited or deleted, before or after they are shown in Deskie."""

import random
from collections.abc import Iterator
from datetime import timedelta

from chaport_sync.sandbox.chaport.records import Event, Visitor
from tests.simulation.invariants.marks import mark_of
from tests.simulation.people import People

#: Only one of so many last events of a chat is changed.
RECENT = 6
#: A message can be taken back for so long.
FOR_A_MINUTE = timedelta(seconds=60)


class Rewording:
    """Visitors, operators and bots who put other words, or none, in the place of what they wrote.

    The other words carry the mark of the first ones, so whichever of them are shown, they are shown once.
    """

    def __init__(self, people: People) -> None:
        self._people = people
        self._chaport = people.chaport
        self._chance = random.Random(f"rewording {people.setting.seed}")
        self._times = 0

    def somebody_rewords(self) -> None:
        """A message is edited or deleted."""
        found = list(self._recent())
        if not found:
            return
        visitor, event = self._chance.choice(found)
        mark = mark_of(event)
        if self._chaport.now() - event.at <= FOR_A_MINUTE and self._chance.random() < 0.4:
            self._chaport.delete(event)
            self._people.tell(f"{event.author} deletes {mark}", visitor.id)
        else:
            self._times += 1
            self._chaport.edit(event, f"{mark} in other words, no. {self._times}")
            self._people.tell(f"{event.author} edits {mark}: no. {self._times}", visitor.id)

    def _recent(self) -> Iterator[tuple[Visitor, Event]]:
        sent = {event.id for event in self._chaport.sent_to_visitors}
        for visitor in self._chaport.visitors:
            for chat in visitor.chats:
                for event in chat.events[-RECENT:]:
                    if event.author != "system" and mark_of(event) and not event.deleted and event.id not in sent:
                        yield visitor, event
