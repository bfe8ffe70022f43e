"""Each note says rightly who wrote what: a bot's words are a bot's, a person's never (T1)."""

import re

from tests.simulation.invariants.marks import MARK, mark_of
from tests.simulation.invariants.seen import seen_operators
from tests.simulation.life import Cycle, Observer
from tests.simulation.trace import Trace
from tests.world import World

INVARIANT = "each author is told rightly"
#: A line of a note: its time, its author, its words.
LINE = re.compile(r"^\S+ \S+ (?P<author>.+?): (?P<words>.*)$")
#: What stands behind an author's name.
WRITTEN_BY = re.compile(r"\((?P<kind>visitor|bot|bot or former operator)\)$|^(?P<nameless>Bot)$")


class Authors(Observer):
    """Compares in the end each line of a note with what was written in Chaport.

    Attributes:
        listed: The operators in the lists that the transcript flow has read in good cycles.
    """

    def __init__(self, world: World, trace: Trace) -> None:
        self.listed: set[str] = set()
        self._world = world
        self._trace = trace

    def on_cycle(self, cycle: Cycle) -> None:
        """Note who was listed; what a dry run learns is forgotten with it."""
        if cycle.flow == "transcripts" and cycle.good and not cycle.life.dry_run:
            self.listed.update(seen_operators(cycle) or {})

    def are_told_rightly(self) -> None:
        """Look at each line that can be found again."""
        written = {
            mark_of(event): (visitor.id, event)
            for visitor in self._world.chaport.visitors
            for chat in visitor.chats
            for event in chat.events
            if event.author in ("bot", "operator")
        }
        for case in self._world.deskie.cases:
            rows = [row for message in case.messages if message.note for row in message.text.splitlines()]
            for row in rows:
                line = LINE.match(row)
                for mark in MARK.findall(line["words"]) if line else ():
                    visitor_id, event = written.get(mark, ("", None))
                    if line is None or event is None:
                        continue
                    found = WRITTEN_BY.search(line["author"])
                    if ((found["kind"] or "bot") if found else "operator") != event.author:
                        message = f"{mark} of {event.author} {event.author_id} is told as {line['author']}'s"
                        self._trace.violate(INVARIANT, message, visitor_id, event.author_id, str(case.id))
