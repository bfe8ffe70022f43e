"""What an agent's status asks of an operator, and of several agents together (S2, S3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chaport_sync.core.model import Agent, Verdict

#: Deskie's own statuses (Deskie reference, 2.2); `[status.map]` may say otherwise.
BUILT_IN: Mapping[int, Verdict] = {1: Verdict.ONLINE, 2: Verdict.OFFLINE, 3: Verdict.OFFLINE}

#: Why a status with an id has the verdict of `[status] default`.
NOT_IN_MAP = "[status.map] does not name it"

#: The deprecated word, asked only where `status_id` is missing.
WORDS: Mapping[str, Verdict] = {"online": Verdict.ONLINE, "offline": Verdict.OFFLINE}


@dataclass(frozen=True, slots=True)
class MappingRules:
    """The configured verdict of each custom status, and the one for statuses nobody mapped."""

    by_id: Mapping[int, Verdict] = field(default_factory=dict)
    default: Verdict = Verdict.OFFLINE


@dataclass(frozen=True, slots=True)
class AgentVerdict:
    """One agent's verdict. `unmapped` is the status that no rule knows, as text, else empty."""

    agent: Agent
    verdict: Verdict
    reason: str
    unmapped: str = ""


def judge(agent: Agent, rules: MappingRules) -> AgentVerdict:
    """Map one agent's status (S2). An unknown status gets the default and says that it did."""
    if not agent.active:
        return AgentVerdict(agent, Verdict.OFFLINE, "the agent is disabled")
    if agent.status_id is not None:
        known = rules.by_id.get(agent.status_id, BUILT_IN.get(agent.status_id))
        if known is not None:
            return AgentVerdict(agent, known, f"status {agent.status_id} is {known}")
        return AgentVerdict(agent, rules.default, NOT_IN_MAP, str(agent.status_id))
    known = WORDS.get(agent.status_word)
    if known is not None:
        return AgentVerdict(agent, known, f"status is {agent.status_word}")
    unknown = agent.status_word or "none"
    return AgentVerdict(agent, rules.default, f"status {unknown} is not mapped: {rules.default}", unknown)


def combine(verdicts: Sequence[AgentVerdict]) -> AgentVerdict:
    """Give the most available of several verdicts: agents may share one operator (S3)."""
    ranking = list(Verdict)
    return min(verdicts, key=lambda verdict: ranking.index(verdict.verdict))
