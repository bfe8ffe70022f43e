"""Why an answer did not reach the visitor, as its agent is told: each reason only where it holds (R1, R5)."""

from collections.abc import Callable

from chaport_sync.sandbox.deskie.records import Case
from tests.simulation.answers import Answer
from tests.simulation.invariants.outcomes import Told
from tests.simulation.invariants.who_answers import WhoAnswers
from tests.simulation.setting import Setting
from tests.world import World

#: So often a message is tried before it is called refused (P3).
TRIES = 5


class Reasons:
    """Checks what a note says against what both accounts know."""

    def __init__(self, world: World, setting: Setting, who: WhoAnswers) -> None:
        self._world = world
        self._setting = setting
        self._who = who

    def hold(self, answer: Answer, told: Told, since: float | None) -> bool:
        """Return whether the reason given is one that may be given, and true; replies are on since `since`."""
        known: dict[str, Callable[[], bool]] = {
            "no Chaport operator is paired with you": lambda: "" in self._who.of(answer, answer.at, told.at),
            "it could not be sent in time": lambda: self._is_late(answer, told.at, since),
            "this case is another customer's": lambda: self.is_merged(answer),
            "it may be meant for the customer of a case that was merged": lambda: self.is_merged(answer),
            "Chaport does not know the visitor any more": lambda: self._is_gone(answer),
            "there is nothing in it that can be sent": lambda: answer.kind == "nothing",
            "Chaport refused it": lambda: self._refusals(answer) >= TRIES,
        }
        return any(told.why.startswith(words) and holds() for words, holds in known.items())

    def age(self, answer: Answer, at: float) -> float:
        """Return by how many seconds an answer is too old at a moment."""
        return at - answer.due - self._setting.number("replies.max_age")

    def _is_late(self, answer: Answer, at: float, since: float | None) -> bool:
        """Return whether an answer was too old, or older than replies are on; what is due later may not be told so."""
        ahead = answer.due - answer.at if self._setting.deskie_quirks["omit_sent_at"] else 0.0
        old = self.age(answer, at) + ahead > -2 or (since is not None and answer.due - ahead < since)
        return self.clock_was_wrong or old

    @property
    def clock_was_wrong(self) -> bool:
        """Whether the daemon may have been wrong about the time."""
        return "wrong_clock" in self._setting.misfortunes

    @property
    def may_be_late(self) -> bool:
        """Whether a request may have left long after it was decided: the machine was suspended between the two."""
        return self.clock_was_wrong or "suspension" in self._setting.misfortunes

    def customer(self, case: Case) -> str:
        """Return the visitor who is a case's customer."""
        user = self._world.deskie.find_user(case.user_id)
        return user.custom_id if user else ""

    def is_merged(self, answer: Answer) -> bool:
        """Return whether an answer stood in a case that was merged, or into which one was."""
        into = answer.cases[-1]
        return bool(answer.moves or answer.case.parent_case_id) or any(
            case.parent_case_id == into.id for case in self._world.deskie.cases
        )

    def _is_gone(self, answer: Answer) -> bool:
        return any(self._world.chaport.find_visitor(self.customer(case)) is None for case in answer.cases)

    def _refusals(self, answer: Answer) -> int:
        return sum(
            400 <= request.status < 500 and request.status != 429 and answer.mark in str(request.body)
            for request in self._world.sandbox.requests_of("chaport", "POST", "/api/v1/messages")
        )
