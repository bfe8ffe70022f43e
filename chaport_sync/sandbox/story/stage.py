"""The stage of a story: both accounts, the people in them, and how the operators' statuses went."""

from datetime import datetime

from chaport_sync.sandbox.chaport.records import Chat
from chaport_sync.sandbox.deskie.records import Case
from chaport_sync.sandbox.sandbox import Sandbox

ONLINE, OFFLINE, TRAINING = 1, 2, 113808
AGENTS = ("Ann", "Boris", "Clara", "Daniel")
_AMPLE = 6000


class Stage:
    """People act by its methods; what came of it is read from the accounts and from `course`.

    Times are seconds since the stage was set, on the sandbox's clock.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.began = sandbox.now()
        deskie, chaport = sandbox.deskie, sandbox.chaport
        deskie.requests_per_minute = _AMPLE
        self.channel = deskie.add_channel(12, title="Chaport")
        self.agents = {name: deskie.add_agent(name, _address(name), OFFLINE) for name in AGENTS}
        self.operators = {name: chaport.add_operator(name, _address(name)) for name in AGENTS}
        self.bot = chaport.add_bot("Robin")
        self.chat: Chat | None = None
        self.deskie_is_down = False
        self._sampled: dict[str, list[tuple[float, str]]] = {name: [] for name in AGENTS}

    # ---- what people do

    def takes(self, status_id: int, *names: str) -> None:
        """Agents choose a status in Deskie."""
        for name in names:
            self.sandbox.deskie.set_status(self.agents[name], status_id)

    def visitor_comes(self, name: str, greeting: str) -> None:
        """A visitor opens the chat on the website, and the bot greets."""
        chaport = self.sandbox.chaport
        visitor = chaport.add_visitor(name, _address(name), page="https://acme.example/delivery")
        self.chat = chaport.start_chat(visitor, self.bot)
        chaport.bot_says(self.chat, greeting)

    def bot_says(self, text: str) -> None:
        """The bot writes."""
        self.sandbox.chaport.bot_says(self._chat, text)

    def visitor_says(self, text: str) -> None:
        """The visitor writes."""
        self.sandbox.chaport.visitor_says(self._chat, text)

    def joins(self, name: str) -> None:
        """An operator takes the chat over from the bot."""
        self.sandbox.chaport.operator_joins(self._chat, self.operators[name])

    def operator_says(self, name: str, text: str) -> None:
        """An operator writes."""
        self.sandbox.chaport.operator_says(self._chat, self.operators[name], text)

    def agent_answers(self, name: str, text: str) -> None:
        """An agent answers in the case."""
        if self.case is not None:
            self.sandbox.deskie.agent_replies(self.case, self.agents[name], text)

    def answer_breaks_off(self) -> None:
        """The next message to Deskie arrives, but half of the answer is lost: its sender cannot know."""
        self.sandbox.faults.add("truncated", side="deskie", method="POST", path="/messages")

    def deskie_fails(self) -> None:
        """Deskie answers nothing but 503."""
        self.deskie_is_down = True
        self.sandbox.faults.outage("deskie")

    def deskie_recovers(self) -> None:
        """Deskie answers again."""
        self.deskie_is_down = False
        self.sandbox.faults.clear()

    # ---- what one sees

    @property
    def elapsed(self) -> float:
        """The time."""
        return self.seconds(self.sandbox.now())

    def seconds(self, at: datetime) -> float:
        """A moment in the stage's time."""
        return (at - self.began).total_seconds()

    @property
    def case(self) -> Case | None:
        """The first case, which is the visitor's: nobody else opens any."""
        return next(iter(self.sandbox.deskie.cases), None)

    def said(self) -> list[str]:
        """What was written in the chat, in order."""
        return [event.text for event in self.chat.events if event.text] if self.chat else []

    def status(self, name: str) -> str:
        """An operator's status at this moment."""
        return self.sandbox.chaport.status_of(self.operators[name])

    def lease_left(self, name: str) -> float | None:
        """The seconds for which an operator's status still holds, None if it holds until further notice."""
        until = self.operators[name].lease_until
        return None if until is None else max(0.0, (until - self.sandbox.now()).total_seconds())

    def observe(self) -> None:
        """Look at the operators; to be called often, since the end of a lease is no request."""
        for name, course in self._sampled.items():
            course.append((self.elapsed, self.status(name)))

    def course(self, name: str, begin: float) -> list[tuple[float, str]]:
        """An operator's status at `begin`, and each that it has had since, with its time.

        What the API was told counts as well as what was observed, so nothing is too short to be seen.
        """
        path = f"/api/v1/operators/{self.operators[name].id}/status"
        written = [
            (self.seconds(request.at), str(request.body["status"]))
            for request in self.sandbox.requests_of("chaport", "POST", path)
            if request.effect
        ]
        course: list[tuple[float, str]] = []
        for at, word in sorted(self._sampled[name] + written, key=lambda entry: entry[0]):
            if at <= begin:
                course = [(begin, word)]
            elif not course or course[-1][1] != word:
                course.append((at, word))
        return course

    @property
    def _chat(self) -> Chat:
        if self.chat is None:
            raise RuntimeError("nobody has opened a chat yet")
        return self.chat


def _address(name: str) -> str:
    return f"{name.lower()}@acme.example"
