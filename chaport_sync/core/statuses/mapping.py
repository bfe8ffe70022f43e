"""What an agent's status asks of an operator, and of several agents together (S2, S3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chaport_sync.core.model import Agent, Verdict
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import Reason

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

    def cause(self, *, alone: bool) -> str:
        """Say what decides in place of the agent's status, empty if that does; who it is where others are as well."""
        who = "" if alone else one_line(self.agent.email or self.agent.id, 60)
        if not self.agent.active:
            return f"{who or 'the agent'} is disabled"
        of_whom = f" of {who}" if who else ""
        return f"status {one_line(self.unmapped, 60)}{of_whom} is not mapped" if self.unmapped else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an operator's agents ask for together; `cause` says why, where their statuses do not."""

    verdict: Verdict
    cause: str = ""

    def told(self, reason: Reason) -> Reason:
        """Return a reason that comes of it, with its cause."""
        return reason._replace(words=f"{reason.words} ({self.cause})") if self.cause else reason


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


def combine(verdicts: Sequence[AgentVerdict]) -> Asked:
    """Return the most available of several verdicts, at least one: agents may share one operator (S3)."""
    ranking = list(Verdict)
    most = min((each.verdict for each in verdicts), key=ranking.index)
    causes = [each.cause(alone=len(verdicts) == 1) for each in verdicts if each.verdict is most]
    return Asked(most, "; ".join(filter(None, causes)))
