"""What the status of one agent asks of an operator, and what several agents ask together (S2, S3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chaport_sync.core.model import Agent, Verdict
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import Reason

#: The verdicts of Deskie's built-in statuses, by id; `[status.map]` may say otherwise.
BUILT_IN: Mapping[int, Verdict] = {1: Verdict.ONLINE, 2: Verdict.OFFLINE, 3: Verdict.OFFLINE}

#: The reason if a status with an id has the verdict of `[status] default`.
NOT_IN_MAP = "[status.map] does not name it"

#: The verdicts of Deskie's deprecated words, which decide only if `status_id` is missing.
WORDS: Mapping[str, Verdict] = {"online": Verdict.ONLINE, "offline": Verdict.OFFLINE}


_RANK: Mapping[Verdict, int] = {verdict: place for place, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class MappingRules:
    """The configured verdict of each status, by its id, and the verdict of a status without a mapping."""

    by_id: Mapping[int, Verdict] = field(default_factory=dict)
    default: Verdict = Verdict.OFFLINE


@dataclass(frozen=True, slots=True)
class AgentVerdict:
    """One agent's verdict. `unmapped` is the status that has no mapping, as text; empty if it has one."""

    agent: Agent
    verdict: Verdict
    reason: str
    unmapped: str = ""

    def cause(self, *, alone: bool) -> str:
        """Say what decides if not the agent's status, else empty; the agent is named unless it is `alone`."""
        who = "" if alone else one_line(self.agent.email or self.agent.id, 60)
        if not self.agent.active:
            return f"{who or 'the agent'} is disabled"
        of_whom = f" of {who}" if who else ""
        return f"status {one_line(self.unmapped, 60)}{of_whom} is not mapped" if self.unmapped else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an operator's agents ask for together; `cause` says what decides if not their statuses, else it is empty."""

    verdict: Verdict
    cause: str = ""

    def told(self, reason: Reason) -> Reason:
        """Return a reason with the cause added, if there is one."""
        return reason._replace(words=f"{reason.words} ({self.cause})") if self.cause else reason


def judge(agent: Agent, rules: MappingRules) -> AgentVerdict:
    """Return the verdict of one agent's status (S2); a status without a mapping gets the default and is `unmapped`."""
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
    """Return the most available of the verdicts of an operator's agents, of which there is at least one (S3)."""
    most = min((each.verdict for each in verdicts), key=_RANK.__getitem__)
    causes = [each.cause(alone=len(verdicts) == 1) for each in verdicts if each.verdict is most]
    return Asked(most, "; ".join(filter(None, causes)))
