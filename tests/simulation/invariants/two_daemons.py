"""Two daemons on the same accounts: each shows a line once, and whoever meets the other's note says so, once.

Who wrote a message is known by whose request was answered with it. Of a message without such an answer it is not.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from chaport_sync.sandbox.deskie.records import Message
from tests.simulation.invariants.marks import MARK, Place
from tests.simulation.life import Cycle, Life, Observer
from tests.simulation.network import Exchange
from tests.simulation.trace import Trace
from tests.world import REFERENCE, World

ALONE, NOTICED = "nobody is taken for another instance", "another instance is noticed, and told once"
#: What the other daemon had sent when it ended may take effect for so many seconds.
AFTERMATH = 60.0


@dataclass
class Known:
    """What one life knows for certain: its first message, and which lines it showed in which case."""

    first: int = 0
    shown: set[tuple[str, str]] = field(default_factory=set)
    #: requests for a line, without those that were answered well
    in_doubt: Counter[str] = field(default_factory=Counter)
    #: the case in which this life read a note of the other's
    met: str = ""
    told: bool = False


class TwoDaemons(Observer):
    """Knows the daemons apart, `False` being the one and `True` the other, elsewhere."""

    def __init__(self, world: World, trace: Trace) -> None:
        self._world = world
        self._trace = trace
        self._lives: dict[int, Known] = {}
        self._writers: dict[int, bool] = {}
        self._senders: dict[str, set[bool]] = {}
        self._asked: dict[bool, float] = {}

    def on_request(self, life: Life, exchange: Exchange) -> None:
        """A daemon is there, and tries to show something."""
        if life.dry_run:
            return
        self._asked[life.elsewhere] = exchange.at
        if _writes(exchange):
            text = _text(exchange)
            self._of(life).in_doubt.update(_codes(text))
            for mark in MARK.findall(text):
                self._senders.setdefault(mark, set()).add(life.elsewhere)

    def on_answer(self, life: Life, exchange: Exchange) -> None:
        """What a daemon wrote has a number, or it reads what stands in a case."""
        answer, known, case = exchange.answer(), self._of(life), _case(exchange)
        if life.dry_run or not isinstance(answer, dict | list):
            return
        if exchange.method == "POST" and exchange.path == "/api/cases.json":
            self._opened(life, answer)
        if not case:
            return
        if exchange.method == "GET":
            for message in self._messages(case, answer):
                others = self._writers.get(message.id) is (not life.elsewhere)
                sure = any((case, each) in known.shown and not known.in_doubt[each] for each in _codes(message.text))
                if others and sure and known.first and message.id > known.first:
                    known.met = case
        elif _writes(exchange) and (number := _number(answer)):
            codes = _codes(_text(exchange))
            self._writers[number] = life.elsewhere
            known.first = known.first or number
            known.in_doubt.subtract(codes)
            known.shown |= {(case, each) for each in codes}

    def on_log(self, life: Life, event: dict[str, Any]) -> None:
        """It is told once a life, and only of one that has been there since."""
        if event["event"] != "instance.other":
            return
        known = self._of(life)
        if known.told:
            self._trace.violate(NOTICED, f"daemon {life.number} tells it again", event["case"])
        if self._asked.get(not life.elsewhere, -1e9) + AFTERMATH < life.since:
            self._trace.violate(ALONE, f"by case {event['case']}", event["case"])
        known.told = True

    def on_cycle(self, cycle: Cycle) -> None:
        """Whoever read a note of the other's has said so by the end of its cycle."""
        known = self._of(cycle.life)
        if cycle.flow == "transcripts":
            if cycle.good and known.met and not known.told:
                message = f"daemon {cycle.life.number} read another one's note about its own lines in case {known.met}"
                self._trace.violate(NOTICED, message, known.met)
            known.met = ""

    def daemons(self, mark: str) -> int:
        """Count who tried to show a line."""
        return max(1, len(self._senders.get(mark, ())))

    @property
    def both(self) -> bool:
        """Whether there were two."""
        return True in self._asked

    def apart(self, places: Sequence[Place]) -> list[list[Place]]:
        """Return each daemon's places by itself; all of them where there is only one."""
        if not self.both:
            return [list(places)]
        return [[place for place in places if self._writers.get(place.message) is which] for which in (False, True)]

    def _of(self, life: Life) -> Known:
        return self._lives.setdefault(life.number, Known())

    def _opened(self, life: Life, answer: Any) -> None:
        case = self._world.deskie.find_case(str(answer.get("case", {}).get("case_id")))
        self._writers |= {message.id: life.elsewhere for message in (case.messages[:1] if case else ())}

    def _messages(self, case: str, answer: Any) -> Iterator[Message]:
        """Return the notes that an answer shows, as they stand in the case."""
        rows = answer.values() if isinstance(answer, dict) else answer
        shown = {_number(row) for row in rows if isinstance(row, dict)}
        found = self._world.deskie.find_case(case)
        yield from (message for message in (found.messages if found else ()) if message.note and message.id in shown)


def _writes(exchange: Exchange) -> bool:
    return exchange.deskie and exchange.method == "POST" and exchange.path.startswith("/api/cases")


def _case(exchange: Exchange) -> str:
    """Return the case whose messages are asked for or written, empty for any other request."""
    parts = exchange.path.split("/")
    return parts[3] if exchange.deskie and exchange.path.startswith("/api/cases/") and len(parts) > 4 else ""


def _text(exchange: Exchange) -> str:
    (row,) = exchange.body().values()
    return str(row.get("content", ""))


def _codes(text: str) -> list[str]:
    rows = text.splitlines()
    return rows[-1].partition("·")[2].split() if rows and REFERENCE.fullmatch(rows[-1]) else []


def _number(answer: Any) -> int:
    row = answer.get("message") or answer.get("note") if isinstance(answer, dict) else None
    return int(row.get("message_id") or row.get("note_id") or 0) if isinstance(row, dict) else 0
