"""As whom an agent's answer may be sent: who drove whom, and when (R1, S3)."""

from tests.simulation.answers import Answer
from tests.simulation.setting import Setting
from tests.world import World

#: The lists of agents and operators may be so old when an answer is judged by them, and something for the cycle itself.
FRESH = 300.0 + 60.0
EXCLUDED = ("excluded@acme.example", "sync@acme.example")


class WhoAnswers:
    """Remembers the addresses that each agent had; operators and the configuration do not change."""

    def __init__(self, world: World, setting: Setting) -> None:
        self._world = world
        self._fallback = setting.config["replies.operator"].strip('"')
        self._addresses: dict[int, list[tuple[float, str]]] = {}

    def look(self) -> None:
        """Take note of who is called how now; an agent who is deleted has no address."""
        now, here = self._world.time.elapsed, {agent.id: agent.email for agent in self._world.deskie.staff}
        for agent_id in here.keys() | self._addresses.keys():
            known, email = self._addresses.setdefault(agent_id, []), here.get(agent_id, "")
            if not known or known[-1][1] != email:
                known.append((now, email))

    def of(self, answer: Answer, since: float, until: float) -> set[str]:
        """Return the operators as whom an answer may have been sent between two moments, "" for nobody."""
        known = self._addresses.get(answer.agent.id, [(0.0, "")])
        emails = [
            email
            for (at, email), (ended, _) in zip(known, [*known[1:], (1e12, "")], strict=True)
            if at <= until and ended >= since - FRESH
        ]
        return set().union(*(self._driven(email) for email in emails))

    def _driven(self, email: str) -> set[str]:
        email = email.casefold()
        wanted = "agent0@acme.example" if email == "shared@acme.example" else email
        found = {one.id for one in self._world.chaport.operators if wanted and one.email.casefold() == wanted}
        found = set() if email in EXCLUDED else found
        fallback = {one.id for one in self._world.chaport.operators if one.email.casefold() == self._fallback}
        return found or fallback or {""}
