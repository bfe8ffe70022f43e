"""What goes wrong, when, and how often: by script and by dice."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from chaport_sync.sandbox.requests import Side

Kind = Literal[
    "latency",
    "error",
    "too_many",
    "reset_before",
    "reset_after",
    "late_effect",
    "html",
    "truncated",
    "hang",
    "duplicate_page",
    "shifted_page",
    "outage",
]
_MOVED_ROWS = ("duplicate_page", "shifted_page")


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one request.

    `seconds` is the length of a `latency`; `delay` is how long after the request a `late_effect` takes place. `status`
    and `body` are those of an `error` or `html` answer (0 and None: the usual ones). `retry_after` belongs to
    `too_many`; None leaves the header out.
    """

    kind: Kind
    seconds: float = 1.0
    delay: float = 25.0
    status: int = 0
    body: Any = None
    retry_after: int | None = None


@dataclass
class Rule:
    """A scripted fault: it lets `after` matching requests pass and strikes the next `left` (None: all of them)."""

    fault: Fault
    side: Side | None
    method: str | None
    path: re.Pattern[str]
    left: int | None
    after: int

    def strikes(self, side: Side, method: str, path: str, page: int) -> bool:
        """Whether this request is struck; counts it if it matches."""
        matches = self.side in (None, side) and self.method in (None, method) and self.path.search(path)
        if not matches or self.left == 0 or (self.fault.kind in _MOVED_ROWS and (page == 1 or method != "GET")):
            return False
        if self.after:
            self.after -= 1
            return False
        if self.left is not None:
            self.left -= 1
        return True


@dataclass
class Dice:
    """Random faults: at most one a request, drawn from `rates`; equal seeds and requests give equal faults."""

    chance: random.Random
    rates: Mapping[str, float]
    sides: Sequence[Side]
    methods: Sequence[str]
    slow: tuple[float, float]
    late: tuple[float, float]

    def draw(self, side: Side, method: str, page: int) -> Fault | None:
        """The fault of this request, or None."""
        if side not in self.sides or (self.methods and method not in self.methods):
            return None
        point = self.chance.random()
        for name, rate in self.rates.items():
            point -= rate
            if point < 0:
                return self._fault(name, method, page)
        return None

    def _fault(self, name: str, method: str, page: int) -> Fault | None:
        fault = named(name)
        if fault.kind in _MOVED_ROWS and (page == 1 or method != "GET"):
            return None
        return replace(fault, seconds=self.chance.uniform(*self.slow), delay=self.chance.uniform(*self.late))


def named(name: str) -> Fault:
    """The fault that a rate's name stands for: a kind, or a kind and a status as in `error_500` and `html_200`."""
    kind, _, number = name.rpartition("_")
    status = int(number) if number.isdigit() else 0
    word = kind if status else name
    for known in get_args(Kind):
        if known == word:
            return Fault(known, status=status)
    raise ValueError(f"no such fault: {name}")


@dataclass
class FaultPlan:
    """An outage comes before a scripted fault, and that before a random one."""

    _rules: list[Rule] = field(default_factory=list)
    _dice: list[Dice] = field(default_factory=list)
    _down: set[Side] = field(default_factory=set)

    def add(
        self,
        kind: Kind,
        *,
        side: Side | None = None,
        method: str | None = None,
        path: str = "",
        times: int | None = 1,
        after: int = 0,
        **parts: Any,
    ) -> Rule:
        """Script a fault for the next `times` requests (None: for ever) whose path holds the regular expression.

        `parts` are fields of `Fault`. A page fault counts requests for later pages only.
        """
        rule = Rule(Fault(kind, **parts), side, method, re.compile(path), times, after)
        self._rules.append(rule)
        return rule

    def random(
        self,
        *,
        seed: int,
        rates: Mapping[str, float],
        sides: Sequence[Side] = ("deskie", "chaport"),
        methods: Sequence[str] = (),
        slow: tuple[float, float] = (0.1, 5.0),
        late: tuple[float, float] = (1.0, 30.0),
    ) -> None:
        """Let chance strike from now on: `rates` maps a name (see `named`) to its share of the requests.

        `slow` and `late` bound, in seconds, a `latency` and the delay of a `late_effect`. No methods: all of them.
        """
        for name in rates:
            named(name)
        self._dice.append(Dice(random.Random(seed), dict(rates), sides, methods, slow, late))

    def outage(self, side: Side) -> None:
        """Answer 503 to everything, until `recover`."""
        self._down.add(side)

    def recover(self, side: Side) -> None:
        """End the outage."""
        self._down.discard(side)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._rules.clear()
        self._dice.clear()
        self._down.clear()

    def pick(self, side: Side, method: str, path: str, page: int) -> Fault | None:
        """What befalls this request."""
        if side in self._down:
            return Fault("outage", status=503)
        for rule in self._rules:
            if rule.strikes(side, method, path, page):
                return rule.fault
        for dice in self._dice:
            if fault := dice.draw(side, method, page):
                return fault
        return None
