"""What becomes of operators: never offline early (S4, P2), never written unless paired (S3), right in the end (S6)."""

import re
from dataclasses import dataclass, field
from typing import Any

from chaport_sync.sandbox.chaport.records import Operator
from tests.simulation.invariants.seen import Seen, seen_agents, seen_operators
from tests.simulation.invariants.two_daemons import TwoDaemons
from tests.simulation.life import Cycle, Life, Observer
from tests.simulation.network import Exchange
from tests.simulation.people import People
from tests.simulation.setting import Setting
from tests.simulation.trace import Trace
from tests.world import World

PATH = re.compile(r"^/api/v1/operators/([^/]+)/status$")
WORDS = {"online": "online", "invisible": "away", "offline": "offline"}
#: Slack in seconds: what passes between an answer and the next request.
SLACK = 1.0


@dataclass
class Memory:
    """What the daemon may remember of an operator, and in `past` from when on it did."""

    #: since when its agents are away, by the daemon's clock
    unavailable_since: float | None = None
    #: the word last sent, and the one last sent with success
    word: str = ""
    accepted: str = ""
    past: list[tuple[float, float | None]] = field(default_factory=list)

    def go_back(self, to: float) -> None:
        """Remember what was remembered at a moment of the world's time."""
        # A copy that was made while a cycle ended may be from just before or just after.
        before = [since for at, since in self.past if at <= to - 1][-1:]
        self.past = [entry for entry in self.past if entry[0] <= to]
        known = [since for since in (*before, *(since for _, since in self.past[-1:])) if since is not None]
        self.unavailable_since = min(known, default=None)


@dataclass
class Knowledge:
    """What one life knows, and what it had known at each moment, for copies of its state file."""

    operators: dict[str, Memory] = field(default_factory=dict)
    good_polls: int = 0
    last_good: float | None = None
    #: the operators that were paired in the last good poll, each with its agents
    paired: dict[str, frozenset[str]] = field(default_factory=dict)


class Statuses(Observer):
    """Judges each cycle of the status flow by what the daemon was answered, and in the end by what is true."""

    def __init__(self, world: World, setting: Setting, trace: Trace, people: People, two: TwoDaemons) -> None:
        self._world = world
        self._setting = setting
        self._trace = trace
        self._people = people
        self._two = two
        self._known = Knowledge()
        self._kept_up: dict[str, int] = {}
        self._wrong_clock_at = -1e9
        self.doubting = False
        self._forgotten = False

    def on_start(self, life: Life) -> None:
        """A new process remembers what its state file holds."""
        if life.dry_run:
            return
        self._known.good_polls, self._known.last_good = 0, None
        self._kept_up.clear()
        if life.remembers_until is not None:
            self._forgotten = True
            for memory in self._known.operators.values():
                memory.go_back(life.remembers_until)

    def on_log(self, life: Life, event: dict[str, Any]) -> None:
        """What another daemon or a forgotten life wrote, or a lease ended by a wrong clock, may pass for a person's."""
        self.doubting = self.doubting or (event["event"] == "poll.refused" and not life.dry_run)
        if event["event"] == "status.manual" and (life.clock.error or self._forgotten or self._two.both):
            for operator in self._world.chaport.operators:
                if event["operator"] in (operator.email, operator.id):
                    self._people.by_hand[operator.id] = self._world.time.elapsed

    def on_cycle(self, cycle: Cycle) -> None:
        """Judge what was written, then take note of what was seen."""
        if cycle.flow != "statuses" or cycle.life.dry_run:
            return
        seen = Seen(self._setting, seen_agents(cycle), seen_operators(cycle))
        writes = [exchange for exchange in cycle.requests if exchange.method == "POST"]
        if cycle.good or (cycle.report is None and seen.complete):
            self._observe(seen, cycle)
            for exchange in writes:
                self._judge(exchange, seen)
            # Also where nothing could be recorded: what was decided then is held, and confirmed by the next poll.
            self._known.good_polls, self._known.last_good = self._known.good_polls + 1, cycle.began
        else:
            for exchange in writes:
                self._judge_held(exchange, cycle.began)
        for exchange in writes:
            memory = self._memory(_operator(exchange))
            memory.word = str(exchange.body()["status"])
            memory.accepted = memory.word if exchange.answer() is not None else memory.accepted
        if cycle.good:
            self.doubting = False
            self._known.paired = {each: frozenset(a.id for a in agents) for each, agents in seen.drivers.items()}
            self._leases(cycle, seen)

    def _observe(self, seen: Seen, cycle: Cycle) -> None:
        for operator_id in seen.drivers:
            memory = self._memory(operator_id)
            if seen.verdict(operator_id) != "offline":
                # A poll that the process did not survive may not have been recorded, so it clears nothing.
                memory.unavailable_since = None if cycle.good else memory.unavailable_since
            elif memory.unavailable_since is None or memory.unavailable_since > seen.clock:
                memory.unavailable_since = seen.clock
            memory.past.append((self._world.time.elapsed, memory.unavailable_since))
        for gone in self._known.operators.keys() - seen.drivers.keys() - self._known.paired.keys():
            # A copy of the state file that is older than this still knows it.
            self._known.operators[gone] = Memory(past=[*self._memory(gone).past, (self._world.time.elapsed, None)])

    def _judge(self, exchange: Exchange, seen: Seen) -> None:
        operator_id, word = _operator(exchange), exchange.body()["status"]
        # Somebody who is missing for the first time may be back in the next poll: a renewal, nothing else.
        missing = self._known.paired.get(operator_id, frozenset()) - seen.ids
        renewed = bool(missing) and word == self._memory(operator_id).word != "offline"
        if operator_id not in seen.drivers:
            if not renewed:
                self._violate("no operator written that is not paired", f"it is set to {word}", operator_id)
            return
        verdict = seen.verdict(operator_id)
        waiting = verdict == "offline" and word in (seen.operators[operator_id].status, self._memory(operator_id).word)
        if verdict != "keep" and WORDS[verdict] != word and not (waiting or renewed):
            self._violate("no operator against its agents", f"{word}, and its agents are {verdict}", operator_id)
        if word != "offline":
            return
        since = self._memory(operator_id).unavailable_since
        grace = self._setting.number("status.offline_grace")
        # The clock may have been set between the decision and the request.
        clock = max(exchange.clock, seen.clock)
        if since is None or clock < since + grace - SLACK:
            waited = "not at all" if since is None else f"{clock - since:.1f} s"
            self._violate("no operator offline early", f"offline; waited {waited} of {grace:.0f} s", operator_id)
        if not self._known.good_polls:
            self._violate("no operator offline early", "offline after the first poll since the start", operator_id)

    def _judge_held(self, exchange: Exchange, decided_at: float) -> None:
        """S8: after a failed read nothing is written but renewals, for a while, and nothing before a good poll."""
        operator_id, word = _operator(exchange), exchange.body()["status"]
        invariant = "nothing written after a failed read but renewals"
        if self._known.last_good is None:
            self._violate(invariant, f"{word} before the first good poll", operator_id)
        elif word == "offline" or word not in (self._memory(operator_id).word, self._memory(operator_id).accepted):
            self._violate(invariant, f"{word}, and {self._memory(operator_id).word or 'nothing'} was last", operator_id)
        elif decided_at - self._known.last_good > self._setting.number("status.hold") + 120:
            self._violate(invariant, f"{word} is still held", operator_id)

    def _leases(self, cycle: Cycle, seen: Seen) -> None:
        """S5: after two good cycles without any failure each available operator has a lease that lasts."""
        report: Any = cycle.report
        if cycle.life.clock.error:
            self._wrong_clock_at = self._world.time.elapsed
        by_the_clock = self._setting.says("chaport.lifetime_field", "validUntil")
        lease = self._setting.number("status.lease")
        right = not by_the_clock or self._world.time.elapsed - self._wrong_clock_at > lease
        calm = (
            right and not report.errors and self._world.time.elapsed - cycle.began < self._setting.number("status.poll")
        )
        for operator in self._world.chaport.operators:
            fine = not calm or not self._should_hold(operator, seen) or self._holds(operator)
            self._kept_up[operator.id] = 0 if fine else self._kept_up.get(operator.id, 0) + 1
            if self._kept_up[operator.id] > 2:
                until = operator.lease_until
                self._violate("leases are kept up", f"{operator.word} until {until}", operator.id)

    def _should_hold(self, operator: Operator, seen: Seen) -> bool:
        by_hand = self._people.by_hand.get(operator.id, -1e9)
        return (
            seen.drivers.get(operator.id) is not None
            and seen.verdict(operator.id) in ("online", "invisible")
            and self._world.time.elapsed - by_hand > 900
            and not (self._setting.says("status.manual_change", "respect") and operator.id in self._people.by_hand)
        )

    def _holds(self, operator: Operator) -> bool:
        if operator.lease_until is None or operator.word == "offline":
            return False
        left = (operator.lease_until - self._world.time.now()).total_seconds()
        return left > 0.35 * self._setting.number("status.lease") - 2.2 * self._setting.number("status.poll")

    def all_right(self) -> None:
        """P2: long after the last fault each operator is as its agents are."""
        truth = Seen.of_world(self._setting, self._world)
        for operator in self._world.chaport.operators:
            if operator.id not in truth.drivers or truth.verdict(operator.id) == "keep":
                continue
            if self._setting.says("status.manual_change", "respect") and operator.id in self._people.by_hand:
                continue
            wanted, found = WORDS[truth.verdict(operator.id)], self._world.chaport.status_of(operator)
            if wanted != found:
                self._violate("operators are right in the end", f"it is {found} and not {wanted}", operator.id)

    def _memory(self, operator_id: str) -> Memory:
        return self._known.operators.setdefault(operator_id, Memory())

    def _violate(self, invariant: str, message: str, operator_id: str) -> None:
        operator = self._world.chaport.find_operator(operator_id)
        email = operator.email if operator else ""
        agents = [agent for agent in self._world.deskie.staff if agent.email.casefold() == email.casefold()]
        shared = ["shared@acme.example"] if email.casefold() == "agent0@acme.example" else []
        subjects = (operator_id, email, *(str(agent.id) for agent in agents), *shared)
        self._trace.violate(invariant, f"{email or operator_id}: {message}", *filter(None, subjects))


def _operator(exchange: Exchange) -> str:
    match = PATH.match(exchange.path)
    assert match is not None
    return match.group(1)
