"""Examines which agents' answers reach visitors (R1)."""

from collections.abc import Iterator, Sequence

from chaport_sync.config import Settings
from chaport_sync.config.rules import pairing_rules, selection_rules
from chaport_sync.core.model import Agent, Operator
from chaport_sync.core.replies.selection import ANYBODY, senders
from chaport_sync.core.statuses.pairing import names, pair
from chaport_sync.doctor.finding import FAILED, NOTE, OK, WARNING, Finding


def replies(settings: Settings, agents: Sequence[Agent], operators: Sequence[Operator]) -> Iterator[Finding]:
    """Examine which agents have an operator to answer as."""
    if not settings.replies.enabled:
        if settings.cases.create:
            yield Finding(NOTE, "replies", "are off: what agents answer in a case stays in Deskie")
        return
    fallback = settings.replies.operator
    if fallback and not any(names(fallback, each) for each in operators if not each.is_bot):
        yield Finding(FAILED, "replies", f"[replies] operator: Chaport has no operator {fallback}")
    pairing = pairing_rules(settings)
    answering = senders(operators, pair(agents, operators, pairing), selection_rules(settings))
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


def polls_a_minute(settings: Settings) -> float:
    """Return the Deskie units a minute that looking for answers costs (R3)."""
    return 60 / settings.replies.poll if settings.replies.enabled else 0.0
