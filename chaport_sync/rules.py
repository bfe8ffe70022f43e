"""Settings become the small frozen rules that decisions take; the core never sees a settings object."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from chaport_sync.config import Settings
from chaport_sync.core.authors import AuthorRules
from chaport_sync.core.casework import CaseRules
from chaport_sync.core.lease import PresenceRules
from chaport_sync.core.model import Verdict
from chaport_sync.core.pairing import PairingRules, PairRule
from chaport_sync.core.transcript import MirrorRules
from chaport_sync.core.verdicts import MappingRules
from chaport_sync.core.watch import DAY, WatchRules
from chaport_sync.sync.at import CaseFields, TranscriptRules
from chaport_sync.sync.discovery import ReadingRules
from chaport_sync.sync.statuses import StatusRules


def status_rules(settings: Settings) -> StatusRules:
    """Give the status half its rules."""
    status, agents = settings.status, settings.agents
    return StatusRules(
        poll=status.poll,
        mapping=MappingRules(
            by_id={status_id: Verdict(word) for status_id, word in status.map.items()},
            default=Verdict(status.default),
        ),
        pairing=PairingRules(
            pairs=tuple(PairRule(pair.agent, pair.operator) for pair in agents.pairs),
            exclude=agents.exclude,
            match_by_email=agents.match_by_email,
            own_email=settings.deskie.email,
        ),
        presence=PresenceRules(
            offline_grace=status.offline_grace,
            lease=status.lease,
            hold=status.hold,
            respect=status.manual_change == "respect",
        ),
    )


def transcript_rules(settings: Settings) -> TranscriptRules:
    """Give the transcript half its rules for Deskie."""
    transcripts, cases, pending = settings.transcripts, settings.cases, settings.pending
    return TranscriptRules(
        poll=transcripts.poll,
        mirror=mirror_rules(settings),
        cases=CaseRules(
            own=cases.create,
            channel=cases.channel,
            wait=cases.wait,
            handoff=transcripts.deliver == "handoff",
            ended_after=transcripts.ended_after,
            pending=pending.enabled,
            reopen_on_handoff=pending.reopen_on_handoff,
            unanswered=pending.unanswered,
            visitor_included="visitor" in transcripts.include,
        ),
        fields=CaseFields(cases.subject, cases.group_id, tuple(cases.labels), tuple(cases.search_channels)),
        own_email=settings.deskie.email,
    )


def reading_rules(settings: Settings) -> ReadingRules:
    """Give the transcript half its rules for Chaport."""
    transcripts = settings.transcripts
    zone = ZoneInfo(transcripts.timezone)
    start = transcripts.start
    return ReadingRules(
        mirror=mirror_rules(settings),
        watch=WatchRules(transcripts.poll, transcripts.idle_poll, settings.pending.unanswered),
        start=None if start is None else datetime.combine(start, time(), zone).timestamp(),
        keep=settings.state.keep * DAY,
    )


def mirror_rules(settings: Settings) -> MirrorRules:
    """Give the rules for what is shown and how."""
    return MirrorRules(
        authors=AuthorRules(dict(settings.chaport.bots), dict(settings.chaport.event_kinds)),
        include=frozenset(settings.transcripts.include),
        timezone=ZoneInfo(settings.transcripts.timezone),
    )
