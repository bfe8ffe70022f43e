"""What lines of chats cost as there are more of them: `python -m benchmarks.lines [--json]`.

Reading a case back, cutting lines into deliveries, and recognising answers that came back: each is computed for 100,
1,000 and 10,000 lines, and what one line costs is compared with what it costs among 100. Whatever stays near 1 grows
linearly. Exit code 1 if a line costs three times as much among 10,000.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC

import click
from rich.console import Console
from rich.table import Table

from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.languages.language import Locale
from chaport_sync.core.ledger import Form, Line, LineState, Reply
from chaport_sync.core.model import Author, Event, Message
from chaport_sync.core.replies.echoes import AnswerIds, echoes
from chaport_sync.core.text import split
from chaport_sync.core.transcripts.delivery_text import content, fitting
from chaport_sync.core.transcripts.read_back import displayed
from chaport_sync.core.transcripts.reading import LINE_LIMIT

NUMBERS, REPEATS, MOST = (100, 1000, 10_000), 5, 3.0
CHAT, AT, OWN = ("v1", "1"), 1_800_000_000.0, "41001"
LOCALE = Locale(ENGLISH, UTC)


@dataclass(frozen=True)
class Measured:
    """Microseconds a line among so many, and as a ratio to what it takes among the fewest."""

    what: str
    number: int
    microseconds: float
    ratio: float


def works(number: int) -> dict[str, Callable[[], object]]:
    """Return what is measured, for so many lines."""
    lines = [_line(each, f"Line {each}, with some words more") for each in range(number)]
    equal = [_line(each, "ok") for each in range(number)]
    replies = [
        Reply(f"m{each}", 0, "v1", "c1", "7", "op1", AT + each, f"Answer {each}", state=LineState.SENDING)
        for each in range(number)
    ]
    events = [
        Event(f"x{each}", "operator-message", AT + each, f"Answer {each}", author_id="op1") for each in range(number)
    ]
    return {
        "read back, all there": _read_back(lines, [_shown(each) for each in lines]),
        "read back, nothing there": _read_back(lines, [_customers(each, f"x{each}") for each in range(number)]),
        "read back, always the same words": _read_back(equal, [_customers(each, "ok") for each in range(number)]),
        "read back, in one long message": _read_back(equal, [_customers(number, "x" + "\nok" * number)]),
        "cut into deliveries": lambda: _deliveries(lines),
        "cut one long line": lambda: split("x" * 2000 * number, LINE_LIMIT, 4),
        "answers that came back": lambda: echoes(events, replies, AnswerIds("5f3a9c1d"), run_since=0.0),
    }


def _line(number: int, text: str) -> Line:
    author = Author.VISITOR if number % 2 or text == "ok" else Author.BOT
    return Line(f"e{number}", 0, author, "Mary", AT + number, text, seq=number)


def _shown(line: Line) -> Message:
    if line.author is Author.VISITOR:
        return _customers(line.seq, line.text)
    text = content(Form.NOTE, [line], LOCALE, CHAT)
    return Message(str(line.seq), staff_id=OWN, note=True, text=text, created_at=line.at)


def _customers(number: int, text: str) -> Message:
    return Message(str(number), user_id="9", text=text, created_at=AT + number)


def _read_back(lines: list[Line], messages: list[Message]) -> Callable[[], object]:
    return lambda: displayed(lines, CHAT, messages, OWN, {})


def _deliveries(lines: list[Line]) -> None:
    rest = lines
    while rest:
        rest = rest[len(fitting(Form.NOTE, rest, LOCALE, CHAT)) :]


def measured(numbers: Sequence[int] = NUMBERS) -> list[Measured]:
    """Measure everything, each as the best of some times."""
    found: list[Measured] = []
    fewest: dict[str, float] = {}
    for number in numbers:
        for what, work in works(number).items():
            each = min(_seconds(work) for _ in range(REPEATS)) / number * 1e6
            ratio = each / fewest.setdefault(what, each)
            found.append(Measured(what, number, round(each, 2), round(ratio, 2)))
    return found


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON.")
def main(*, as_json: bool) -> None:
    """Measure what a line costs among few and among many."""
    found = measured()
    good = all(each.ratio <= MOST for each in found)
    if as_json:
        click.echo(json.dumps({"measured": [asdict(each) for each in found], "most": MOST, "good": good}))
    else:
        table = Table("What", *(f"{number:,} lines" for number in NUMBERS), box=None, pad_edge=False)
        for what in dict.fromkeys(each.what for each in found):
            cells = [f"{each.microseconds:.1f} µs ({each.ratio:.1f})" for each in found if each.what == what]
            table.add_row(what, *cells)
        out = Console(highlight=False)
        out.print("What one line costs, and how many times what it costs among the fewest:\n")
        out.print(table)
        out.print(f"\ntarget: at most {MOST:.0f} times as much: {'met' if good else 'MISSED'}")
    raise SystemExit(not good)


if __name__ == "__main__":
    main()
