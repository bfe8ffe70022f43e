"""A case that only a bot answers is out of the agents' way, also where Deskie itself opens cases (C1, C5)."""

from collections.abc import Iterator
from typing import Any

from chaport_sync.sandbox.deskie.records import Case
from tests.simulation.agents_desk import AgentsDesk
from tests.simulation.life import Cycle, Life, Observer
from tests.simulation.setting import Setting
from tests.simulation.trace import Trace
from tests.world import World

INVARIANT = "a case that only a bot answers is pending"


class Pending(Observer):
    """Looks at each case into which a cycle without any trouble wrote a visitor's words.

    Who takes part in the chat, and whether all is written, is what the daemon knows; who had a hand in the case is not.
    """

    def __init__(self, world: World, setting: Setting, trace: Trace, desk: AgentsDesk) -> None:
        self._world = world
        self._trace = trace
        self._desk = desk
        self._watching = setting.own and setting.says("pending.enabled", "true")
        #: Lives that leave a channel alone, because it was refused.
        self._refused: set[int] = set()

    def on_start(self, life: Life) -> None:
        """A daemon without its memory takes its cases for other people's."""
        self._watching = self._watching and life.remembers_until is None and not life.elsewhere

    def on_log(self, life: Life, event: dict[str, Any]) -> None:
        """Three cases in a row did not become pending."""
        if event["event"] == "case.pending_refused":
            self._refused.add(life.number)

    def on_cycle(self, cycle: Cycle) -> None:
        """Words of visitors were written, and the status after them."""
        life = cycle.life
        if not self._watching or cycle.flow != "transcripts" or life.dry_run or life.number in self._refused:
            return
        if not cycle.good or any(each.answer() is None for each in cycle.requests):
            return
        for case in self._written_into(cycle):
            if self._is_a_bots(case, life) and case.status != "waiting":
                message = f"case {case.id} is {case.status} after the visitor's words to a bot"
                self._trace.violate(INVARIANT, message, str(case.id))

    def _written_into(self, cycle: Cycle) -> Iterator[Case]:
        for each in cycle.requests:
            if each.deskie and each.method == "POST":
                path = each.path.removeprefix("/api/cases/")
                number = path.removesuffix("/messages.json") if path != each.path else each.answer()["case"]["case_id"]
                case = self._world.deskie.find_case(number)
                if case is not None:
                    yield case

    def _is_a_bots(self, case: Case, life: Life) -> bool:
        """Whether one chat is shown in it, in which a bot answers in time, and no person has touched the case."""
        transcripts = life.app.store.transcripts
        chats = transcripts.chats_in(str(case.id))
        merged = any(other.parent_case_id == case.id for other in self._world.deskie.cases)
        if len(chats) != 1 or case.id in self._desk.case_acts or case.staff_id or case.parent_case_id or merged:
            return False
        (chat,) = chats
        settled = not (chat.status_due or transcripts.open_lines(chat.key))
        return settled and chat.bot_spoke and not (chat.human or chat.opened_unanswered or chat.silenced)
