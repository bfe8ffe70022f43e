"""Where texts stand in cases: each carries a mark of its own, or is one that its visitor repeats."""

import re
from collections import Counter
from dataclasses import dataclass

from chaport_sync.sandbox.chaport.records import Event
from chaport_sync.sandbox.deskie.records import Case
from tests.world import REFERENCE, World

MARK = re.compile(r"\[e\d+\]")


@dataclass(frozen=True)
class Place:
    """Where a text stands: the id of the message, which tells its age wherever it was moved, and where in it."""

    message: int
    offset: int
    case: int


def mark_of(event: Event) -> str:
    """Return an event's mark, empty for a repeated text."""
    found = MARK.search(event.text or str(event.params.get("name", "")))
    return found.group() if found else ""


def places(world: World) -> dict[str, list[Place]]:
    """Return all places of each mark."""
    found: dict[str, list[Place]] = {}
    for case in world.deskie.cases:
        for message in case.messages:
            for match in MARK.finditer(message.text):
                found.setdefault(match.group(), []).append(Place(message.id, match.start(), case.id))
    return found


def rows(world: World) -> Counter[str]:
    """Count each row of every case that shows words, without the time and the name before them."""
    counted: Counter[str] = Counter()
    for case in world.deskie.cases:
        for message in case.messages:
            for row in message.text.splitlines():
                if message.note and REFERENCE.fullmatch(row):
                    continue
                counted[row.strip() if not message.note else row.strip().rpartition(": ")[2]] += 1
    return counted


def cases_showing(world: World, text: str) -> list[Case]:
    """Return the cases in which a marked text stands: a lost state file and a merge may have made two of them."""
    found = MARK.search(text)
    if found is None:
        return []
    return [case for case in world.deskie.cases if any(found.group() in message.text for message in case.messages)]
