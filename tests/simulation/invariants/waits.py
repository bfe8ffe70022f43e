"""While nothing goes wrong, visitors' words stand in Deskie as soon as the pace allows, everybody's in turn."""

from collections.abc import Collection, Iterator
from datetime import datetime

from chaport_sync.sandbox.chaport.records import Event, Visitor
from tests.simulation.invariants.marks import MARK, mark_of
from tests.simulation.trace import Trace
from tests.world import World

INVARIANT = "nobody's words wait longer than the pace demands"


class Waits:
    """Compares when words were written and when they came to stand in a case."""

    def __init__(self, world: World, trace: Trace) -> None:
        self._world = world
        self._trace = trace

    def all_shown(self) -> bool:
        """Return whether there is nothing to wait for."""
        shown = self._shown()
        return all(mark_of(event) in shown for _, event in self._words())

    def in_time(self, longest: float, besides: Collection[str]) -> None:
        """No word waited, or has been waiting, for more than so many seconds; the one that waits longest is told.

        `besides` are visitors who wrote too much for that.
        """
        shown, now = self._shown(), self._world.time.now()
        waits = [
            ((shown.get(mark_of(event), now) - event.at).total_seconds(), mark_of(event), visitor.id)
            for visitor, event in self._words()
            if visitor.id not in besides
        ]
        late = [wait for wait in waits if wait[0] > longest]
        if late:
            seconds, mark, visitor_id = max(late)
            became = "" if mark in shown else " and is not shown yet"
            message = (
                f"{mark} waited {seconds:.0f} s{became}; {longest:.0f} s are enough for each of {len(waits)} words"
            )
            self._trace.violate(INVARIANT, message, visitor_id)

    def _shown(self) -> dict[str, datetime]:
        shown: dict[str, datetime] = {}
        for case in self._world.deskie.cases:
            for message in case.messages:
                for mark in MARK.findall(message.text):
                    shown.setdefault(mark, message.created_at)
        return shown

    def _words(self) -> Iterator[tuple[Visitor, Event]]:
        for visitor in self._world.chaport.visitors:
            for chat in visitor.chats:
                for event in chat.events:
                    if event.author == "visitor" and mark_of(event):
                        yield visitor, event
