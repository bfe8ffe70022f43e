"""What is done to cases: nothing against a person, and no customer is hidden who waits for one (C1 to C5)."""

import asyncio
from collections.abc import Sequence
from math import inf

from chaport_sync.sandbox.chaport.records import Chat
from chaport_sync.sandbox.deskie.records import Case
from tests.simulation.agents_desk import AgentsDesk
from tests.simulation.crashes import Loss
from tests.simulation.invariants.closed import VISITORS_LINE, hides_words
from tests.simulation.invariants.marks import cases_showing
from tests.simulation.life import Cycle, Life, Observer
from tests.simulation.network import Exchange
from tests.simulation.setting import Setting
from tests.simulation.trace import Trace
from tests.world import World


class Cases(Observer):
    """Watches every change of a case, and looks at all of them in the end."""

    def __init__(self, world: World, setting: Setting, trace: Trace, desk: AgentsDesk) -> None:
        self._world = world
        self._setting = setting
        self._trace = trace
        self._desk = desk
        #: When each task of each life looked at a case: chats of several visitors may share one.
        self._looked: dict[tuple[int, str, int], float] = {}

    def on_cycle(self, cycle: Cycle) -> None:
        """Nothing is ever sent to a customer in an agent's name."""
        if self._world.deskie.sent_to_customers:
            self._trace.violate("no message in an agent's name", f"a note of {cycle.flow} reached a customer")

    def on_request(self, life: Life, exchange: Exchange) -> None:
        """The daemon never works against a person."""
        if not exchange.deskie or not exchange.path.startswith("/api/cases/"):
            return
        number = exchange.path.removeprefix("/api/cases/").split("/")[0].removesuffix(".json")
        key = (life.number, number, id(asyncio.current_task()))
        if exchange.method == "POST":
            self._seen_by_somebody(number, self._looked.get(key), exchange)
        elif exchange.method == "PUT":
            self._against_nobody(number, self._looked.get(key), exchange)
        elif exchange.method == "GET" and exchange.path.count("/") == 3:
            self._looked[key] = exchange.at

    def _seen_by_somebody(self, number: str, looked: float | None, exchange: Exchange) -> None:
        """A visitor's new words are not put into a closed case, unless chats go on there."""
        case, body = self._world.deskie.find_case(number), exchange.body()
        goes_on = self._setting.says("cases.when_closed", "continue")
        if case is None or looked is None or goes_on or "Late: written" in str(body):
            return
        act, at = self._desk.case_acts.get(case.id, ("", 0.0))
        words = "message" in body or VISITORS_LINE.search(str(body["note"].get("content")))
        if act == "closed" and case.status == "closed" and at < looked and words:
            message = f"words of a visitor go into case {number}, which was closed before it was looked at"
            self._trace.violate("no visitor's words where nobody looks", message, number)

    def _against_nobody(self, number: str, looked: float | None, exchange: Exchange) -> None:
        case = self._world.deskie.find_case(number)
        if case is None or looked is None:
            return
        act, at = self._desk.case_acts.get(case.id, ("", 0.0))
        status = exchange.body()["case"].get("status")
        if status == "open" and (self._was_hidden_by_us(case) or hides_words(self._world, case)):
            return
        assigned = act == "assigned" and case.staff_id
        if (assigned or (act == "closed" and case.status == "closed")) and at < looked:
            message = f"case {number} was {act} before it was looked at, and is set to {status}"
            self._trace.violate("no case touched against a person", message, number)

    def nobody_is_hidden(self, losses: Sequence[Loss]) -> None:
        """A customer whose last words stay unanswered is not in a case that the daemon keeps pending.

        What was said before the state file was lost is nobody's business, unless a date covers it (T6).
        """
        if not (self._setting.own and self._setting.config["pending.enabled"] == "true"):
            return
        for visitor in self._world.chaport.visitors:
            chat = visitor.chats[-1] if visitor.chats else None
            cases = self._cases_of_waiting(chat, losses) if chat else []
            hidden = [case for case in cases if case.status == "waiting" and not self._is_a_persons(case)]
            if chat and hidden and len(hidden) == len(cases):
                case = hidden[0]
                message = f"{visitor.id}/{chat.id} waits unanswered, and case {case.id} is pending"
                self._trace.violate("no waiting customer hidden", message, visitor.id, str(case.id))

    def _cases_of_waiting(self, chat: Chat, losses: Sequence[Loss]) -> list[Case]:
        said = [event for event in chat.events if event.text]
        # Whoever has seen a message before it was deleted may have taken it for an answer, or for a question.
        if not said or said[-1].author != "visitor" or said[-1].deleted:
            return []
        waits = (self._world.time.now() - said[-1].at).total_seconds()
        forgotten_at = max((loss.at for loss in losses if loss.remembers_until is None), default=-inf)
        unknown = self._setting.says("transcripts.start", "now") and self._world.time.elapsed - waits < forgotten_at
        if unknown or waits < self._setting.number("pending.unanswered"):
            return []
        return cases_showing(self._world, said[-1].text)

    def _is_a_persons(self, case: Case) -> bool:
        """Whether a person had a hand in it; an assignment alone hides nobody whom the daemon has hidden."""
        if case.deleted or case.spam or case.parent_case_id or self._is_answered_in_deskie(case):
            return True
        act, _ = self._desk.case_acts.get(case.id, ("", 0.0))
        if act in ("", "assigned", "unassigned"):
            return bool(act or case.staff_id) and not self._was_hidden_by_us(case)
        return True

    def _is_answered_in_deskie(self, case: Case) -> bool:
        """Whether Deskie made it pending at the end of a chat, which it does where an agent has said the last word."""
        said = [message.form for message in case.messages if message.form != "note"]
        status = [change.by for change in case.changelog if change.event == "status"]
        return status[-1:] == ["system"] and said[-1:] == ["agent"]

    def _was_hidden_by_us(self, case: Case) -> bool:
        """Whether the daemon made the case pending after all others who set its status, or it was opened so."""
        us = f"staff_{self._world.deskie.api_agent.id}"
        changes = [(change.by, change.new) for change in case.changelog if change.event == "status"]
        while changes and changes[-1] == (us, "open"):
            changes.pop()
        return not changes or changes[-1] == (us, "waiting")
