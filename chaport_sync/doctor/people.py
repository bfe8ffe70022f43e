"""Examines the pairs: who would change now, whether another program sets them too, whose answers reach visitors."""

from collections.abc import Iterator, Sequence

from chaport_sync.config import Settings
from chaport_sync.config.rules import pairing_rules, selection_rules, status_rules
from chaport_sync.core.model import DAY, OFFLINE, ONLINE, Agent, Operator
from chaport_sync.core.replies.selection import ANYBODY, senders
from chaport_sync.core.statuses.lease import FASTEST, PresenceRules, lease_in_force
from chaport_sync.core.statuses.mapping import combine, judge
from chaport_sync.core.statuses.pairing import Pairing, names, pair
from chaport_sync.core.wording import number
from chaport_sync.doctor import FAILED, NOTE, OK, WARNING, Finding
from chaport_sync.state_beside import copy_beside
from chaport_sync.store import StoreError

#: The most changes by hand that people make in a day, for each paired operator.
USUAL_CHANGES = 5
#: The rule of a change that somebody makes in Chaport against what the daemon set.
AGAINST_US = "S7"
NATIVE = "Deskie's own Chaport integration writes the same operators and must be switched off"


def pairs(settings: Settings, agents: Sequence[Agent], operators: Sequence[Operator], now: float) -> Iterator[Finding]:
    """Examine the pairs, the changes that are due now, and other writers; `now` is in Unix seconds."""
    rules = status_rules(settings)
    pairing = pair(agents, operators, rules.pairing)
    yield Finding(OK if pairing.drivers else FAILED, "pairs", _paired(pairing))
    for missing in pairing.dangling:
        yield Finding(WARNING, "pairs", f"[agents] pairs names what is not there: {missing}")
    if pairing.unpaired:
        who = ", ".join(each.agent.email or each.agent.id for each in pairing.unpaired)
        yield Finding(WARNING, "pairs", f"agents without an operator: {who}")
    asked = {
        operator: combine([judge(agent, rules.mapping) for agent in driving]).verdict.value
        for operator, driving in pairing.drivers.items()
    }
    driven = [operator for operator in operators if operator.id in asked]
    changes = [
        f"{each.email or each.id}: {each.status or 'unknown'} → {asked[each.id]}"
        for each in driven
        if asked[each.id] not in ("keep", each.status)
    ]
    if driven:
        yield _lease(len(driven), rules.presence)
    yield Finding(OK, "changes", "\n".join(changes) if changes else "no operator would change now")
    yield _others(settings, driven, changed=bool(changes), now=now)


def replies(settings: Settings, agents: Sequence[Agent], operators: Sequence[Operator]) -> Iterator[Finding]:
    """Examine which agents have an operator to answer as (R1)."""
    if not settings.replies.enabled:
        if settings.cases.create:
            yield Finding(NOTE, "replies", "are off: what agents answer in a case stays in Deskie")
        return
    fallback = settings.replies.operator
    if fallback and not any(names(fallback, each) for each in operators if not each.is_bot):
        yield Finding(FAILED, "replies", f"[replies] operator: Chaport has no operator {fallback}")
    answering = senders(operators, pair(agents, operators, pairing_rules(settings)), selection_rules(settings))
    own = settings.deskie.email.casefold()
    unheard = [
        each
        for each in agents
        if each.active and not answering.keys() & {each.id, ANYBODY} and each.email.casefold() != own
    ]
    if unheard:
        who = ", ".join(each.email or each.id for each in unheard)
        advice = "give each an operator, or set [replies] operator"
        yield Finding(WARNING, "replies", f"no visitor reads the answers of {who}: {advice}")
    else:
        yield Finding(OK, "replies", "what agents answer in a case is sent to the visitor")


def _paired(pairing: Pairing) -> str:
    count = len(pairing.drivers)
    if not count:
        return "no agent is paired with an operator: give both the same e-mail address, or set [agents] pairs"
    agents = len({agent.id for driving in pairing.drivers.values() for agent in driving})
    return f"{number(agents, 'agent drives', 'agents drive')} {number(count, 'operator', 'operators')}"


def _lease(paired: int, rules: PresenceRules) -> Finding:
    """Return the lease in force if all paired operators are online: how long they outlive this host."""
    lease = lease_in_force(paired, rules)
    if not lease.reason:
        return Finding(OK, "lease", f"{lease.in_words}, as configured")
    words = f"{lease.in_words}; if this host dies, they go offline within that time"
    if rules.pace < FASTEST:
        words += f"; [chaport] requests_per_second of more than {rules.pace:g} makes it shorter"
    return Finding(OK, "lease", words)


def _others(settings: Settings, driven: Sequence[Operator], *, changed: bool, now: float) -> Finding:
    """Return whether another program seems to set the operators; neither API tells that, so this is a guess."""
    try:
        store = copy_beside(settings)
    except StoreError:
        return Finding(NOTE, "other writers", "not examined: the state cannot be read")
    try:
        # Elsewhere people may set operators as they like.
        by_hand = sum(each.by_hand and each.rule == AGAINST_US for each in store.statuses.changes(now - DAY))
        wrote = any(state.written for state in store.statuses.operators().values())
    finally:
        store.close()
    if by_hand > USUAL_CHANGES * max(1, len(driven)):
        changes = number(by_hand, "change in the last day was", "changes in the last day were")
        words = f"{changes} not ours: if not people made them, {NATIVE}"
        return Finding(WARNING, "other writers", words)
    statuses = {operator.status for operator in driven}
    if not wrote and not changed and {ONLINE, OFFLINE} <= statuses:
        words = f"each operator has the status its agents ask for, but we never set one: it looks as if {NATIVE}"
        return Finding(WARNING, "other writers", words)
    return Finding(OK, "other writers", "nothing else seems to set the operators")
