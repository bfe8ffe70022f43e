"""Records for people: how agents and operators were last found, and each change of a status with its reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from chaport_sync.core.model import OFFLINE, Agent, Operator, Person
from chaport_sync.core.statuses.lease import OperatorState
from chaport_sync.core.statuses.mapping import AgentVerdict
from chaport_sync.core.statuses.pairing import Pairing
from chaport_sync.core.statuses.presence import AS_ASKED, END_UNSURE, Decision
from chaport_sync.core.wording import Reason

UNANSWERED = Reason("S6", "it was written before, and Chaport's answer was lost")
RAN_OUT = Reason("S5", "its lease ended before it was renewed")
AS_FOUND = Reason("S6", "somebody set it in Chaport, as its agents ask")


@dataclass(frozen=True, slots=True)
class AgentSeen:
    """An agent as the last good poll found it.

    `since` is when this status was first seen (Unix seconds). `asks` is its verdict, empty if the agent is excluded.
    `why` is the reason of the verdict, or why the agent drives no operator.
    """

    agent_id: str
    name: str = ""
    email: str = ""
    status: str = ""
    since: float = 0.0
    asks: str = ""
    why: str = ""

    @property
    def person(self) -> Person:
        """Who this is."""
        return Person(self.agent_id, self.name, self.email)


@dataclass(frozen=True, slots=True)
class OperatorSeen:
    """A paired operator as it was last found or set, with the ids of its agents, and the reason of the last decision.

    `status` is what Chaport said, or what was written since; it is empty if neither is known. `since` is when it was
    first seen (Unix seconds). `rule` is the number of the rule that decided, `reason` its words.
    """

    operator_id: str
    name: str = ""
    email: str = ""
    status: str = ""
    since: float = 0.0
    agents: tuple[str, ...] = ()
    rule: str = ""
    reason: str = ""

    @property
    def person(self) -> Person:
        """Who this is."""
        return Person(self.operator_id, self.name, self.email)

    def with_reason(self, reason: Reason) -> Self:
        """Return the operator with another reason."""
        return replace(self, rule=reason.rule, reason=reason.words)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One change of an operator's status, `by_hand` if the daemon did not make it; `agents` drove the operator then.

    Names and addresses are kept, because these people may be gone when somebody asks.
    """

    at: float
    operator_id: str
    operator_name: str
    operator_email: str
    before: str
    after: str
    agents: tuple[Person, ...]
    rule: str
    reason: str
    by_hand: bool = False

    @property
    def operator(self) -> Person:
        """The operator whose status changed."""
        return Person(self.operator_id, self.operator_name, self.operator_email)


def person(record: Agent | Operator) -> Person:
    """Return id, name and address of an agent or operator."""
    return Person(record.id, record.name, record.email)


def agents_seen(
    verdicts: Iterable[AgentVerdict], pairing: Pairing, before: Mapping[str, AgentSeen], now: float
) -> list[AgentSeen]:
    """Return each agent as it was found, with the time since when it has this status."""
    excluded = {agent.id for agent in pairing.excluded}
    unpaired = {each.agent.id: each.reason for each in pairing.unpaired}
    found = []
    for verdict in verdicts:
        agent = verdict.agent
        asks, why = verdict.verdict.value, unpaired.get(agent.id, verdict.reason)
        if agent.id in excluded:
            asks, why = "", "it is excluded"
        status = _status_of(agent)
        found.append(AgentSeen(*person(agent), status, _since(before.get(agent.id), status, now), asks, why))
    return found


def operators_seen(
    decisions: Sequence[Decision], pairing: Pairing, before: Mapping[str, OperatorSeen], now: float
) -> list[OperatorSeen]:
    """Return each decided operator as it was found, with the time since when it has this status."""
    found = []
    for decision in decisions:
        operator = decision.operator
        drivers = tuple(agent.id for agent in pairing.drivers.get(operator.id, ()))
        status = operator.status or ""
        since = _since(before.get(operator.id), status, now)
        found.append(OperatorSeen(*person(operator), status, since, drivers, *decision.reason))
    return found


def our_change(decision: Decision, to: str, agents: Sequence[Agent], now: float) -> StatusChange:
    """Return the entry of a change that the daemon made."""
    operator = decision.operator
    drivers = tuple(map(person, agents))
    return StatusChange(now, *person(operator), operator.status or "", to, drivers, *decision.reason)


def found_change(
    decision: Decision, before: OperatorState | None, known: OperatorSeen | None, agents: Sequence[Agent], now: float
) -> StatusChange | None:
    """Return the entry of a change that Chaport shows and that is not recorded yet, None if it shows none.

    Args:
        decision: What was decided after the operator was read.
        before: What was remembered of it before that.
        known: The operator as it was last found or set.
        agents: Who drives it.
        now: Unix seconds.
    """
    status = decision.operator.status
    if before is None or known is None or not known.status or status in (None, known.status):
        return None
    found = replace(our_change(decision, status, agents, now), before=known.status)
    if status == before.attempted or (status != before.written and before.may_be_ours(status, now)):
        return replace(found, rule=UNANSWERED.rule, reason=UNANSWERED.words)
    if status == OFFLINE and known.status == before.written and before.lease_until <= now + END_UNSURE:
        at = min(max(before.lease_until, known.since), now)
        return replace(found, at=at, rule=RAN_OUT.rule, reason=RAN_OUT.words)
    reason = AS_FOUND if decision.reason == AS_ASKED else decision.reason
    return replace(found, rule=reason.rule, reason=reason.words, by_hand=True)


def after_change(seen: OperatorSeen, change: StatusChange) -> OperatorSeen:
    """Return an operator after a change; after one of ours its reason is that its agents ask for this status."""
    after = replace(seen, status=change.after, since=change.at)
    return after if change.by_hand else after.with_reason(AS_ASKED)


def _since(before: AgentSeen | OperatorSeen | None, status: str, now: float) -> float:
    """Return since when the status is this one: `now` unless it was so before."""
    return before.since if before and before.status == status else now


def _status_of(agent: Agent) -> str:
    if not agent.active:
        return "disabled"
    return str(agent.status_id) if agent.status_id is not None else agent.status_word
