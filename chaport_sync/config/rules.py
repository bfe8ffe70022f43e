"""The rules of each decision, made from the settings; the core never sees a settings object."""

from chaport_sync.config import Settings
from chaport_sync.core.model import Verdict
from chaport_sync.core.replies.selection import SelectionRules
from chaport_sync.core.statuses.lease import PresenceRules
from chaport_sync.core.statuses.mapping import MappingRules
from chaport_sync.core.statuses.pairing import PairingRules, PairRule
from chaport_sync.core.transcripts.cases import CaseRules
from chaport_sync.core.transcripts.reading import AuthorRules, MirrorRules
from chaport_sync.core.transcripts.watch import WatchRules
from chaport_sync.zone import time_zone


def mapping_rules(settings: Settings) -> MappingRules:
    """Return the rules by which a Deskie status gives a verdict (S2)."""
    status = settings.status
    by_id = {status_id: Verdict(word) for status_id, word in status.map.items()}
    return MappingRules(by_id=by_id, default=Verdict(status.default))


def pairing_rules(settings: Settings) -> PairingRules:
    """Return the rules by which agents and operators are paired (S3)."""
    agents = settings.agents
    return PairingRules(
        pairs=tuple(PairRule(pair.agent, pair.operator) for pair in agents.pairs),
        exclude=agents.exclude,
        match_by_email=agents.match_by_email,
        own_email=settings.deskie.email,
    )


def presence_rules(settings: Settings) -> PresenceRules:
    """Return the rules of grace, lease, hold and changes by hand (S4 to S8)."""
    status = settings.status
    return PresenceRules(
        offline_grace=status.offline_grace,
        lease=status.lease,
        hold=status.hold,
        respect=status.manual_change == "respect",
        pace=settings.chaport.requests_per_second,
    )


def case_rules(settings: Settings) -> CaseRules:
    """Return the rules by which a chat gets its case, and the case its status (T4, C1 to C5)."""
    transcripts, cases, pending = settings.transcripts, settings.cases, settings.pending
    return CaseRules(
        own=cases.create,
        channel=cases.channel,
        wait=cases.wait,
        handoff=transcripts.deliver == "handoff",
        ended_after=transcripts.ended_after,
        pending=pending.enabled,
        reopen_on_handoff=pending.reopen_on_handoff,
        unanswered=pending.unanswered,
        visitor_included="visitor" in transcripts.include,
    )


def mirror_rules(settings: Settings) -> MirrorRules:
    """Return the rules of what a case shows, and how (T1, T5)."""
    return MirrorRules(
        authors=AuthorRules(dict(settings.chaport.bots), dict(settings.chaport.event_kinds)),
        include=frozenset(settings.transcripts.include),
        timezone=time_zone(settings.transcripts.timezone)[0],
        replies=settings.replies.enabled,
    )


def selection_rules(settings: Settings) -> SelectionRules:
    """Return the rules of which replies are sent, and as which operator (R1, R4, R5)."""
    replies = settings.replies
    return SelectionRules(replies.operator, replies.include_rules, replies.max_age, replies.max_length)


def watch_rules(settings: Settings) -> WatchRules:
    """Return the rules of when a chat is read again (T7)."""
    transcripts = settings.transcripts
    return WatchRules(transcripts.poll, transcripts.idle_poll, settings.pending.unanswered)
