"""What must hold, whatever happens: one file a subject, and a referee that asks them all."""

from collections.abc import Collection
from typing import Any

from tests.simulation.agents_desk import AgentsDesk
from tests.simulation.crashes import Loss
from tests.simulation.invariants.authors import Authors
from tests.simulation.invariants.cases import Cases
from tests.simulation.invariants.closed import nobody_is_closed_away
from tests.simulation.invariants.displayed import Displayed
from tests.simulation.invariants.leases import Leases
from tests.simulation.invariants.liveness import Liveness
from tests.simulation.invariants.logs import Logs
from tests.simulation.invariants.names import words_must_be_ones_own
from tests.simulation.invariants.pending import Pending
from tests.simulation.invariants.replies import Replies
from tests.simulation.invariants.requests import Requests
from tests.simulation.invariants.state_file import StateFile
from tests.simulation.invariants.statuses import Statuses
from tests.simulation.invariants.strangers import Strangers
from tests.simulation.invariants.two_daemons import TwoDaemons
from tests.simulation.invariants.waits import Waits
from tests.simulation.life import Cycle, Life, Observer
from tests.simulation.machine import Machine
from tests.simulation.network import Exchange
from tests.simulation.people import People
from tests.simulation.setting import Setting
from tests.simulation.trace import Trace
from tests.world import World


class Referee(Observer):
    """Sees everything, asks each invariant."""

    def __init__(self, world: World, setting: Setting, trace: Trace, people: People, desk: AgentsDesk) -> None:
        self.losses: list[Loss] = []
        self._world, self._setting, self._trace = world, setting, trace
        self.logs = Logs(world, trace)
        self.authors = Authors(world, trace)
        two = TwoDaemons(world, trace)
        self._displayed = Displayed(world, setting, trace, desk, two)
        self._statuses = Statuses(world, setting, trace, people, two)
        self._cases = Cases(world, setting, trace, desk)
        self._state_file = StateFile(world, setting, trace)
        self._leases = Leases(world, setting, trace)
        self._waits = Waits(world, trace)
        self._replies = Replies(world, setting, trace, desk, desk.answers) if desk.answers else None
        of_both: tuple[Observer, ...] = (
            two,
            self.logs,
            self.authors,
            Requests(world, setting, trace),
            self._leases,
            self._displayed,
            self._cases,
            Pending(world, setting, trace, desk),
            Liveness(trace),
            Strangers(world, setting, trace),
            *filter(None, [self._replies]),
        )
        #: The one daemon's observers, and the other's: each is judged by what it knows itself.
        self._all = {
            False: (self._statuses, *of_both),
            True: (Statuses(world, setting, trace, people, two), *of_both),
        }

    def on_start(self, life: Life) -> None:
        """A life begins."""
        for each in self._all[life.elsewhere]:
            each.on_start(life)

    def on_wake(self) -> None:
        """The machine goes on after a suspension."""
        for each in self._all[False]:
            each.on_wake()

    def on_request(self, life: Life, exchange: Exchange) -> None:
        """A request leaves the daemon."""
        for each in self._all[life.elsewhere]:
            each.on_request(life, exchange)

    def on_answer(self, life: Life, exchange: Exchange) -> None:
        """An answer reaches the daemon."""
        for each in self._all[life.elsewhere]:
            each.on_answer(life, exchange)

    def on_cycle(self, cycle: Cycle) -> None:
        """A cycle has ended."""
        for each in self._all[cycle.life.elsewhere]:
            each.on_cycle(cycle)

    def on_log(self, life: Life, event: dict[str, Any]) -> None:
        """An event was logged."""
        for each in self._all[life.elsewhere]:
            each.on_log(life, event)

    def a_list_is_doubted(self) -> bool:
        """Return whether a list that has shrunk too much is not believed yet (S8)."""
        return self._statuses.doubting

    def calm_is_over(self) -> None:
        """From now on things go wrong, and what is late may be late for that."""
        self._leases.calm = False

    def all_words_are_shown(self) -> bool:
        """Return whether nobody waits."""
        return self._waits.all_shown()

    def words_must_be_in_time(self, longest: float, besides: Collection[str]) -> None:
        """While nothing goes wrong, whoever waits is served in turn (P9); a flood takes as long as it is."""
        self._waits.in_time(longest, besides)

    def statuses_must_be_right(self) -> None:
        """Long enough after the last fault every operator is as its agents say (P2)."""
        self._statuses.all_right()

    def everything_must_be_right(self) -> None:
        """After a sweep everything stands where it belongs (P1), and nobody waits unseen (C2, T4)."""
        self._displayed.once_and_in_order(self.losses)
        words_must_be_ones_own(self._world, self._setting, self._trace)
        self.authors.are_told_rightly()
        self._cases.nobody_is_hidden(self.losses)
        nobody_is_closed_away(self._world, self._setting, self._trace, self.losses)
        if self._replies is not None:
            self._replies.answers_must_be_right(self.losses)

    def old_chats_must_be_forgotten(self, machine: Machine) -> None:
        """After days of silence the state file is small (P7)."""
        self._state_file.is_bounded(machine.state)
