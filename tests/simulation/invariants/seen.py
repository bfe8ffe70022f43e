"""What a cycle was told about agents and operators, read anew from the wire, and what follows from it (S2, S3)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulation.life import Cycle
from tests.simulation.setting import Setting
from tests.world import World

#: The most available first (S3).
RANK = ("online", "invisible", "keep", "offline")


@dataclass(frozen=True)
class SeenAgent:
    """An agent as answered."""

    id: str
    email: str
    status: int
    active: bool


@dataclass(frozen=True)
class SeenOperator:
    """An operator as answered; `status` is empty where nothing is said."""

    email: str
    status: str


@dataclass(frozen=True)
class SeenAgents:
    """The agents, and the daemon's clock when they were answered."""

    agents: tuple[SeenAgent, ...]
    clock: float


class Seen:
    """Both lists, and each operator's verdict."""

    def __init__(
        self, setting: Setting, agents: SeenAgents | None, operators: Mapping[str, SeenOperator] | None
    ) -> None:
        self._setting = setting
        self.complete = agents is not None and operators is not None
        self.clock = agents.clock if agents else 0.0
        self.operators = operators or {}
        self.ids = frozenset(agent.id for agent in agents.agents) if agents else frozenset()
        self.drivers: dict[str, list[SeenAgent]] = {}
        for agent in agents.agents if agents else ():
            for operator_id in self._operators_of(agent):
                self.drivers.setdefault(operator_id, []).append(agent)

    @classmethod
    def of_world(cls, setting: Setting, world: World) -> "Seen":
        """What is true now."""
        agents = [SeenAgent(str(one.id), one.email, one.status_id, one.active) for one in world.deskie.staff]
        chaport = world.chaport
        operators = {one.id: SeenOperator(one.email, chaport.status_of(one)) for one in chaport.operators}
        return cls(setting, SeenAgents(tuple(agents), world.now()), operators)

    def verdict(self, operator_id: str) -> str:
        """The most available of the verdicts of its agents."""
        return min((self._verdict(agent) for agent in self.drivers[operator_id]), key=RANK.index)

    def _verdict(self, agent: SeenAgent) -> str:
        if not agent.active:
            return "offline"
        known = {1: "online", 2: "offline", 3: "offline"} | self._setting.mapping
        return known.get(agent.status, self._setting.config["status.default"].strip('"'))

    def _operators_of(self, agent: SeenAgent) -> Iterator[str]:
        email = agent.email.casefold()
        if email in ("excluded@acme.example", "sync@acme.example"):
            return
        wanted = "agent0@acme.example" if email == "shared@acme.example" else email
        for operator_id, operator in self.operators.items():
            if operator.email.casefold() == wanted:
                yield operator_id


def seen_agents(cycle: Cycle) -> SeenAgents | None:
    """Return the last list of agents that a cycle was answered."""
    for exchange in reversed(cycle.requests):
        if exchange.path == "/api/staff.json" and isinstance(answer := exchange.answer(), dict | list):
            rows: list[Any] = list(answer.values()) if isinstance(answer, dict) else answer
            agents = [_agent(row["staff"]) for row in rows if isinstance(row, dict) and "staff" in row]
            return SeenAgents(tuple(agents), exchange.clock)
    return None


def seen_operators(cycle: Cycle) -> Mapping[str, SeenOperator] | None:
    """Return the last list of operators that a cycle was answered, by id."""
    for exchange in reversed(cycle.requests):
        if exchange.path == "/api/v1/operators" and isinstance(answer := exchange.answer(), dict):
            rows = answer["result"]
            return {row["id"]: SeenOperator(row["email"], row.get("lastStatus", "")) for row in rows}
    return None


def _agent(row: dict[str, Any]) -> SeenAgent:
    return SeenAgent(str(row["staff_id"]), row["staff_email"], int(row["status_id"]), bool(row["active"]))
