"""While nothing goes wrong no operator's lease runs out, however many operators there are (S5, P2)."""

from chaport_sync.sandbox.chaport.records import Operator
from tests.simulation.invariants.seen import Seen
from tests.simulation.life import Cycle, Life, Observer
from tests.simulation.network import Exchange
from tests.simulation.setting import Setting
from tests.simulation.trace import Trace
from tests.world import World

INVARIANT = "no lease runs out while all is well"


class Leases(Observer):
    """Looks at all leases after each cycle, and at an operator's before it is written again."""

    def __init__(self, world: World, setting: Setting, trace: Trace) -> None:
        self._world = world
        self._setting = setting
        self._trace = trace
        #: When each operator was last written.
        self._written: dict[str, float] = {}
        self.calm = True

    def on_request(self, life: Life, exchange: Exchange) -> None:  # noqa: ARG002 - the observer's signature
        """What is renewed must not have run out."""
        if self.calm and (operator := self._written_by(exchange)):
            self._must_last(operator)

    def on_answer(self, life: Life, exchange: Exchange) -> None:  # noqa: ARG002 - the observer's signature
        """A lease begins."""
        if self.calm and (operator := self._written_by(exchange)):
            self._written[operator.id] = exchange.at

    def on_cycle(self, cycle: Cycle) -> None:  # noqa: ARG002 - the observer's signature
        """Nothing has run out since the last cycle."""
        if self.calm:
            for operator in self._world.chaport.operators:
                self._must_last(operator)

    def _written_by(self, exchange: Exchange) -> Operator | None:
        if exchange.deskie or exchange.method != "POST" or not exchange.path.endswith("/status"):
            return None
        return self._world.chaport.find_operator(exchange.path.split("/")[-2])

    def _must_last(self, operator: Operator) -> None:
        until, now = operator.lease_until, self._world.time.now()
        if until is None or until > now or not self._is_wanted(operator):
            return
        ago = (now - until).total_seconds()
        message = f"{operator.email}: the lease of {operator.word} ran out {ago:.0f} s ago"
        self._trace.violate(INVARIANT, message, operator.id, operator.email)

    def _is_wanted(self, operator: Operator) -> bool:
        """Whether the operator's agents are available, and have been since it was last written."""
        truth = Seen.of_world(self._setting, self._world)
        drivers = {agent.id for agent in truth.drivers.get(operator.id, ())}
        changed = [agent.updated_at for agent in self._world.deskie.staff if str(agent.id) in drivers]
        if not changed or truth.verdict(operator.id) not in ("online", "invisible"):
            return False
        ago = (self._world.time.now() - max(changed)).total_seconds()
        return self._world.time.elapsed - ago <= self._written.get(operator.id, 0.0)
