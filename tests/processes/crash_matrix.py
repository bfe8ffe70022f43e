"""The form of the crash matrix: its columns are points in a write, its rows are the kinds of write."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from chaport_sync.sandbox.requests import Request, Side
from tests.processes import trap
from tests.processes.crash_scene import Scene
from tests.processes.program import Trap
from tests.processes.trap import as_line


class Point(StrEnum):
    """Where in a write the daemon dies."""

    DECIDED = "before it is recorded"
    COMMITTED = "committed, before it is appended to the log"
    APPENDED = "appended to the log, before it is sent"
    RECORDED = "recorded, before it is sent"
    EXECUTED = "after its effect, before the answer"
    ANSWERED = "answered, before that is recorded"


#: The points of a state file, and those of a log that differ from them.
OF_A_FILE = (Point.DECIDED, Point.RECORDED, Point.EXECUTED, Point.ANSWERED)
OF_A_LOG = (Point.COMMITTED, Point.APPENDED)
#: What each point leaves behind: whether the state file has the write, and the effect and answer of what was sent.
LEFT_BEHIND: dict[Point, tuple[bool, list[tuple[bool, bool]]]] = {
    Point.DECIDED: (False, []),
    Point.COMMITTED: (False, []),
    Point.APPENDED: (True, []),
    Point.RECORDED: (True, []),
    Point.EXECUTED: (True, [(True, False)]),
    Point.ANSWERED: (True, [(True, True)]),
}


@dataclass(frozen=True)
class Row:
    """One kind of write.

    Attributes:
        side, method, path, body: How its request is recognised; the last two are regular expressions.
        announced: Asks the state file for it: gives a row while the write is recorded and its outcome is not.
        settings: The configuration's further lines.
        provoke: What happens once the first daemon was started; it makes the daemon decide on this write.
        meanwhile: What happens while no daemon runs.
        over: Whether the next daemon has done everything.
        check: What must be true then.
    """

    name: str
    side: Side
    method: str
    path: str
    announced: str
    settings: tuple[str, ...]
    provoke: Callable[[Scene], Awaitable[None]]
    meanwhile: Callable[[Scene], None]
    over: Callable[[Scene], bool]
    check: Callable[[Scene], None]
    body: str = ""

    @property
    def request(self) -> str:
        """A regular expression for its request as a line."""
        return f"^{self.method} .*{self.path} .*{self.body}"

    def reached(self, scene: Scene) -> list[Request]:
        """Return the requests of this kind that reached the service."""
        requests = scene.place.sandbox.requests_of(self.side)
        return [each for each in requests if re.search(self.request, as_line(each.method, each.path, each.body))]

    def trap(self, point: Point) -> Trap | None:
        """Return the daemon's trap; it cannot know when its write has taken effect, so at that point it is killed."""
        return {
            Point.DECIDED: partial(trap.before_it_is_recorded, self.announced),
            Point.COMMITTED: partial(trap.before_it_is_appended, self.announced),
            Point.APPENDED: partial(trap.once_it_is_appended, self.announced),
            Point.RECORDED: partial(trap.before_it_is_sent, self.request),
            Point.EXECUTED: None,
            Point.ANSWERED: partial(trap.before_the_answer_is_recorded, self.request),
        }[point]
