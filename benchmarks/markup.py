"""How the time to read HTML grows with its size: `python -m benchmarks.markup`.

Each piece of broken markup is read once at a size and once at four times the size. Reading takes time in proportion, so
the second takes about four times as long, and a reader that looks back and forth sixteen times.
Exit code 1 if one takes eight times as long.
"""

import sys
from time import process_time

from rich.console import Console

from chaport_sync.core.markup import from_html
from tests.core.test_markup import BROKEN

SIZE, TIMES, TARGET = 500_000, 4, 8.0


def _took(markup: str) -> float:
    """Return the shortest of five readings, in seconds."""
    taken = []
    for _ in range(5):
        began = process_time()
        from_html(markup, addresses=True)
        taken.append(process_time() - began)
    return min(taken)


def main() -> int:
    """Measure and print."""
    worst = 0.0
    for piece in BROKEN:
        count = SIZE // len(piece)
        ratio = _took(piece * count * TIMES) / _took(piece * count)
        worst = max(worst, ratio)
        Console().print(f"{piece!r:<20} {ratio:5.1f}", markup=False, highlight=False)
    return int(worst > TARGET)


if __name__ == "__main__":
    sys.exit(main())
