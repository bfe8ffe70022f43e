"""Say why an operator has its status, and what happens next and when (S2 to S8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chaport_sync.core.model import OFFLINE, Verdict
from chaport_sync.core.statuses.history import AgentSeen, OperatorSeen
from chaport_sync.core.statuses.lease import OperatorState, PresenceRules, grace_ends, renew_at
from chaport_sync.core.statuses.mapping import NOT_IN_MAP
from chaport_sync.core.statuses.presence import AS_ASKED, LEFT_ALONE
from chaport_sync.core.statuses.unattended import end_of
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import Clock, gist, listed

#: The most characters of a name.
_NAME = 80
#: The names of Deskie's built-in statuses, by id; an account's custom statuses have names of their own.
NAMES: Mapping[str, str] = {"1": "Online", "2": "Offline", "3": "Without chats"}


@dataclass(frozen=True, slots=True)
class OwnStatuses:
    """The names of the account's custom statuses, by id."""

    names: Mapping[str, str] = field(default_factory=dict)


def facts(agent: AgentSeen, names: Mapping[str, str], clock: Clock) -> str:
    """Say which status an agent that drives an operator has, what this status asks for (S2), and since when.

    Args:
        agent: As the last good poll found it.
        names: The names of the account's statuses, by id.
        clock: Writes a moment as people read it.
    """
    words, since = _is_in(agent, names), clock(agent.since)
    return f"Since {since} {words}" if agent.why == NOT_IN_MAP else f"{words} since {since}"


def _is_in(agent: AgentSeen, names: Mapping[str, str]) -> str:
    name = names.get(agent.status) or NAMES.get(agent.status)
    if agent.why == NOT_IN_MAP:
        status = f"{name} ({agent.status})" if name else agent.status
        return f"{agent.person.called} is in {status}, {not_mapped(agent.asks)}"
    asks = f"{agent.status} → {agent.asks}" if name else f"→ {agent.asks}"
    return f"{agent.person.called} is in {name or agent.status or 'no status'} ({asks})"


def not_mapped(treated_as: str) -> str:
    """Say what a status without a mapping counts as, and why; the words follow the status's name."""
    return f"which counts as {treated_as}, because {NOT_IN_MAP}"


def idle(agent: AgentSeen) -> str:
    """Say why an agent drives no operator."""
    return f"{agent.person.called} drives no operator: {agent.why}"


def answer(
    operator: OperatorSeen, agents: Sequence[AgentSeen], names: Mapping[str, str], following: str, seen: str = ""
) -> str:
    """Say in one sentence which status an operator has, why, and what comes next.

    Args:
        operator: As it must be now.
        agents: Those who drive it.
        names: The names of the account's statuses, by id.
        following: What comes next, as `what_next` returns it.
        seen: When it was so, if that is not now.
    """
    called, status = one_line(operator.person.called, _NAME), operator.status or "without a status"
    why = gist(operator.reason)
    asked = {AS_ASKED.words: operator.status, LEFT_ALONE.words: Verdict.KEEP.value}.get(operator.reason)
    if asking := [_is_in(agent, names) for agent in agents if agent.asks == asked]:
        why = listed(asking)
    shown = f"{seen}, {called} was {status}" if seen else f"{called} is {status}"
    return f"{shown} in Chaport because {why}; {gist(following)}."


def what_next(  # noqa: C901 - one branch for each thing that may happen
    operator: OperatorSeen,
    state: OperatorState,
    agents: Sequence[AgentSeen],
    rules: PresenceRules,
    clock: Clock,
    *,
    now: float,
    at_work: bool = True,
) -> str:
    """Say what will become of an operator by itself, and when.

    Args:
        operator: As the last good poll found it.
        state: What is remembered of it.
        agents: Those who drive it.
        rules: The configured durations and policy.
        clock: Writes a moment as people read it.
        now: Unix seconds.
        at_work: Whether a daemon runs; without one only Chaport does something by itself.
    """
    if not at_work:
        return _without_the_daemon(state, rules, clock, now)
    who = " or ".join(agent.person.called for agent in agents) or "an agent"
    if state.attempted:
        return f"{state.attempted} was sent at {clock(state.attempted_at)} and is not confirmed; it is sent again"
    if state.yielded_to is not None:
        return "it stays as somebody set it in Chaport until the agents' status asks for something else"
    match state.verdict:
        case None:
            return "the next good poll decides"
        case Verdict.KEEP:
            return f"it is left as it is until {who} asks for something else{_kept_until(operator, state, clock, now)}"
        case Verdict.OFFLINE if operator.status == OFFLINE:
            return f"it stays offline until {who} is available"
        case verdict if verdict.value != operator.status and state.contested(now):
            return f"it becomes {verdict.value} again, once a minute at most, because something else keeps setting it"
        case Verdict.OFFLINE:
            deadline = grace_ends(state, rules)
            if deadline is None:
                return "the next good poll decides when it goes offline"
            if deadline <= now:
                return f"it goes offline with the next good poll that finds {who} not available"
            return f"it goes offline at {clock(deadline)} unless {who} is available again before"
        case verdict if verdict.value not in (operator.status, state.written):
            return f"it becomes {verdict.value} with the next good poll"
        case verdict:
            hold = _kept_until(operator, state, clock, now)
            return f"it stays {verdict.value} until {who} asks for something else{hold}"


def _kept_until(operator: OperatorSeen, state: OperatorState, clock: Clock, now: float) -> str:
    """Say until when a lease of ours lasts, and when it is renewed (S5); empty if none runs."""
    ours = state.written in (operator.status, state.verdict)
    if not state.has_lease(now) or state.written == OFFLINE or not ours:
        return ""
    until, renewed = clock(state.lease_until), clock(renew_at(state))
    return f"; Chaport keeps {state.written} until {until}, and the daemon renews that after {renewed}"


def _without_the_daemon(state: OperatorState, rules: PresenceRules, clock: Clock, now: float) -> str:
    """Say what Chaport does by itself while no daemon runs."""
    until = end_of(state, state.written, rules)
    if state.attempted not in ("", state.written):
        sent = f"{state.attempted} was sent at {clock(state.attempted_at)}, and whether Chaport took it is not known"
    elif state.written in ("", OFFLINE) or not until:
        return "nothing happens until the daemon runs again"
    elif until > now:
        sent = f"Chaport ends {state.written} at {clock(until)}"
    else:
        sent = f"Chaport ended {state.written} at {clock(until)}: it is offline"
    return f"{sent}; nothing else happens until the daemon runs again"
