"""Nobody's words, name or address where another visitor's chat is shown, whatever record a service answers with."""

import re
from collections.abc import Iterator

from chaport_sync.sandbox.deskie.records import Case
from tests.simulation.invariants.marks import MARK, mark_of
from tests.simulation.life import Life, Observer
from tests.simulation.network import Exchange
from tests.simulation.setting import Setting
from tests.simulation.trace import Trace
from tests.world import World

INVARIANT = "nothing of another record is used"
#: How a visitor's name and address begin; the number is the visitor's own.
NAMED = re.compile(r"\bvera-?(\d+)", re.IGNORECASE)


class Strangers(Observer):
    """Looks at each text as it leaves: whose words it shows, whose name stands in it, whose case it goes to."""

    def __init__(self, world: World, setting: Setting, trace: Trace) -> None:
        self._world = world
        self._setting = setting
        self._trace = trace

    def on_request(self, life: Life, exchange: Exchange) -> None:  # noqa: ARG002 - the observer's signature
        """A text shows one visitor's chat, and goes to a case of that visitor's."""
        if exchange.method != "POST" or not exchange.deskie or not exchange.path.startswith("/api/cases"):
            return
        (row,) = exchange.body().values()
        told = " ".join(map(str, row.values()))
        speakers = self._speakers(set(MARK.findall(told)))
        if not speakers:
            return
        named = speakers | {f"{number}" for number in NAMED.findall(told)}
        number = exchange.path.removeprefix("/api/cases/").split("/")[0]
        case = self._world.deskie.find_case(number)
        owners = self._owners(case) if case is not None else speakers
        if len(named) > 1 or not speakers <= owners:
            message = f"{exchange.path}: words of Vera-{'and '.join(sorted(speakers))}, and {sorted(named | owners)}"
            self._trace.violate(INVARIANT, message, number)

    def _speakers(self, marks: set[str]) -> set[str]:
        return {
            found[1]
            for visitor in self._world.chaport.visitors
            for chat in visitor.chats
            for event in chat.events
            if mark_of(event) in marks and (found := NAMED.search(visitor.name))
        }

    def _owners(self, case: Case) -> set[str]:
        """Return whose case it is: the customer's, and those whose cases people merged into it."""
        return {each for one in self._with_merged(case) for each in self._customers(one)}

    def _with_merged(self, case: Case) -> Iterator[Case]:
        yield case
        for other in self._world.deskie.cases:
            if other.parent_case_id == case.id:
                yield from self._with_merged(other)

    def _customers(self, case: Case) -> Iterator[str]:
        user = self._world.deskie.find_user(case.user_id)
        for visitor in self._world.chaport.visitors:
            same = user and (visitor.id == user.custom_id or (visitor.email and visitor.email == user.email))
            if same and (found := NAMED.search(visitor.name)):
                yield found[1]
