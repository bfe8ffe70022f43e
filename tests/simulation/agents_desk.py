"""What agents do with cases, in whatever way it suits them and not us."""

from collections.abc import Callable

from chaport_sync.sandbox.chaport.records import Visitor
from chaport_sync.sandbox.deskie.records import Case, Staff
from tests.simulation.answers import Answers
from tests.simulation.people import People


class AgentsDesk:
    """Cases in the hands of agents.

    Attributes:
        case_acts: The last act of a person on each case: what, and when.
        lost_chats: Chats whose case was taken away: they are not shown any further (T4).
        disturbed: Visitors whose cases people took away, closed or merged.
        openings: First messages of cases that were merged with others.
        answers: What they write to customers, in seeds in which that is sent.
    """

    def __init__(self, people: People) -> None:
        self._people = people
        self._deskie = people.deskie
        self.case_acts: dict[int, tuple[str, float]] = {}
        self.lost_chats: set[tuple[str, int]] = set()
        self.disturbed: set[str] = set()
        self.openings: set[int] = set()
        self.answers: Answers | None = None

    def case_is_handled(self) -> None:
        """An agent works on a case of a visitor, one thing or another."""
        cases = [case for case in self._deskie.cases if not case.parent_case_id]
        if not cases:
            return
        case, agent = self._people.chance.choice(cases[-12:]), self._people.chance.choice(self._people.agents)
        acts: list[tuple[str, Callable[[], object]]] = [
            ("assigned", lambda: self._deskie.assign(case, agent)),
            ("unassigned", lambda: self._deskie.assign(case, None)),
            ("closed", lambda: self._close(case, agent)),
            ("set to waiting", lambda: self._deskie.set_case_status(case, "waiting", agent)),
            ("opened", lambda: self._deskie.set_case_status(case, "open", agent)),
            ("noted in", lambda: self._deskie.agent_notes(case, agent, "I'll look into it")),
            ("answered", lambda: self._answer(case, agent)),
            ("merged", lambda: self._merge(case)),
            ("trashed", lambda: self._take_away(case, self._deskie.trash)),
            ("marked as spam", lambda: self._take_away(case, self._deskie.spam)),
            ("restored", lambda: self._deskie.restore(case)),
            ("erased", lambda: self._take_away(case, self._deskie.erase)),
        ]
        name, act = self._people.chance.choices(acts, weights=[4, 1, 4, 2, 3, 3, 3, 3, 1, 1, 1, 1])[0]
        before = (case.status, case.staff_id)
        self._people.tell(f"case {case.id} is {name} (was {case.status})", case.id)
        act()
        if (case.status, case.staff_id) != before:
            self.case_acts[case.id] = (name, self._people.world.time.elapsed)

    def a_rule_assigns(self) -> None:
        """A rule of Deskie's gives the oldest case that is nobody's to an agent, one agent after the other."""
        case = next((case for case in self._deskie.cases if not (case.staff_id or case.parent_case_id)), None)
        if case is not None:
            agents = self._people.agents
            agent = agents[case.id % len(agents)]
            self._people.tell(f"case {case.id} is assigned by a rule (was {case.status})", case.id)
            self._deskie.assign(case, agent)
            self.case_acts[case.id] = ("assigned", self._people.world.time.elapsed)

    def two_cases_are_done_with(self) -> None:
        """An agent merges a customer's case into another customer's, and closes that."""
        cases = [case for case in self._deskie.cases if not (case.parent_case_id or case.deleted or case.spam)]
        if len(cases) > 1:
            case, into = cases[-2:]
            self._merge_into(case, into)
            self._people.tell(f"case {into.id} is closed (was {into.status})", into.id)
            self._close(into, self._people.agents[0])
            self.case_acts[into.id] = ("closed", self._people.world.time.elapsed)

    def _answer(self, case: Case, agent: Staff) -> None:
        if self.answers is None:
            self._deskie.agent_replies(case, agent, "We are on it")
        else:
            self.answers.answer_plainly(case, agent)

    def _close(self, case: Case, agent: Staff) -> None:
        self._disturb(case)
        self._deskie.set_case_status(case, "closed", agent)

    def _merge(self, case: Case) -> None:
        others = [other for other in self._deskie.cases if other is not case and not other.parent_case_id]
        if others:
            self._merge_into(case, self._people.chance.choice(others))

    def _merge_into(self, case: Case, into: Case) -> None:
        for each in self._with_merged(case):
            if into.deleted or into.spam:
                self._lose(each)
            self._disturb(each)
        self.openings |= {message.id for each in (case, into) for message in each.messages[:1]}
        self._people.tell(f"case {case.id} is merged into {into.id}", case.id, into.id)
        self._deskie.merge(case, into)
        if self.answers is not None:
            self.answers.merged(case, into)

    def _take_away(self, case: Case, act: Callable[[Case], None]) -> None:
        for each in self._with_merged(case):
            self._lose(each)
        act(case)

    def _with_merged(self, case: Case) -> list[Case]:
        found = [case]
        for each in found:
            found += [other for other in self._deskie.cases if other.parent_case_id == each.id]
        return found

    def _lose(self, case: Case) -> None:
        """Chats in a case that is taken away are not shown any further; which they are nobody tells, so all of them."""
        self._disturb(case)
        for visitor in self._visitors_of(case):
            self.lost_chats |= {(visitor.id, chat.id) for chat in visitor.chats}

    def _disturb(self, case: Case) -> None:
        self.disturbed |= {visitor.id for visitor in self._visitors_of(case)}

    def _visitors_of(self, case: Case) -> list[Visitor]:
        user = self._deskie.find_user(case.user_id)
        if user is None:
            return []
        return [
            visitor
            for visitor in self._people.chaport.visitors
            if visitor.id == user.custom_id or (visitor.email and visitor.email == user.email)
        ]
