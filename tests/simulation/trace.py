"""What happened in a run, in order, and the part of it that explains a violation."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

from tests.virtual_time import VirtualTime

#: So many lines of a story are shown at most, the last ones.
SHOWN = 80
#: What concerns everybody: the machine and the faults.
ALL = "*"


@dataclass(frozen=True)
class Violation:
    """A promise that was not kept; `subjects` are the ids of those concerned."""

    invariant: str
    at: float
    message: str
    subjects: tuple[str, ...] = ()


@dataclass
class Trace:
    """The run's memory: a line for each thing that happened, the figures, and what was violated."""

    time: VirtualTime
    lines: list[tuple[float, str, tuple[str, ...]]] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, text: str, *ids: str) -> None:
        """Note what happened, and the ids of those it concerns."""
        self.lines.append((self.time.elapsed, text, ids))

    def violate(self, invariant: str, message: str, *subjects: str) -> None:
        """Note a violation; the first one ends the run."""
        self.violations.append(Violation(invariant, self.time.elapsed, message, subjects))
        self.tell(f"!! {invariant}: {message}", ALL)
        self.over.set()

    def story(self, violation: Violation) -> list[str]:
        """Return the lines that concern a violation's subjects, and what befell everybody."""
        wanted = {ALL, *violation.subjects}
        chosen = [
            f"{clock(at)}  {text}"
            for at, text, ids in self.lines
            if not violation.subjects or wanted & set(ids) or any(each in text for each in violation.subjects)
        ]
        left_out = len(chosen) - SHOWN
        return [f"({left_out} earlier lines left out)", *chosen[-SHOWN:]] if left_out > 0 else chosen


def clock(elapsed: float) -> str:
    """Return the time since the start of the run."""
    minutes, seconds = divmod(elapsed, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours:3}:{minutes:02}:{seconds:06.3f}"


async def pause(time: VirtualTime, chance: random.Random, mean: float, until: float) -> bool:
    """Wait for as long as chance will, at most until a moment; tell whether it came."""
    seconds = chance.expovariate(1 / mean)
    await asyncio.sleep(min(seconds, until - time.elapsed))
    return time.elapsed >= until
