"""The rules of each flow and of each decision, made from the settings; nothing further in sees a settings object."""

from datetime import datetime, time

from chaport_sync.config import Settings
from chaport_sync.config.values import time_zone
from chaport_sync.core.languages.any_language import LANGUAGES
from chaport_sync.core.languages.language import Language, Locale
from chaport_sync.core.model import DAY, Author, Verdict
from chaport_sync.core.notices import NoticeRules
from chaport_sync.core.opening_hours import OpeningHours, read_hours
from chaport_sync.core.replies.selection import SelectionRules
from chaport_sync.core.statuses.lease import PresenceRules
from chaport_sync.core.statuses.mapping import MappingRules
from chaport_sync.core.statuses.pairing import PairingRules, PairRule
from chaport_sync.core.transcripts.authors import AuthorRules
from chaport_sync.core.transcripts.cases import CaseRules, Deliver
from chaport_sync.core.transcripts.reading import MirrorRules
from chaport_sync.core.transcripts.watch import WatchRules
from chaport_sync.sync.replies.rules import ReplyRules
from chaport_sync.sync.statuses.flow import StatusRules
from chaport_sync.sync.transcripts.rules import TranscriptRules


def status_rules(settings: Settings) -> StatusRules:
    """Return the rules of the status flow."""
    status = settings.status
    by_id = {status_id: Verdict(word) for status_id, word in status.map.items()}
    return StatusRules(
        poll=status.poll,
        mapping=MappingRules(by_id, Verdict(status.default)),
        pairing=pairing_rules(settings),
        presence=presence_rules(settings),
        keep=settings.state.keep * DAY,
    )


def transcript_rules(settings: Settings) -> TranscriptRules:
    """Return the rules of the transcript flow."""
    transcripts, cases, mirror = settings.transcripts, settings.cases, mirror_rules(settings)
    start = transcripts.start
    return TranscriptRules(
        mirror=mirror,
        watch=WatchRules(transcripts.poll, transcripts.idle_poll, settings.pending.unanswered),
        cases=case_rules(settings),
        subject=cases.subject,
        group_id=cases.group_id,
        labels=tuple(cases.labels),
        search_channels=tuple(cases.search_channels),
        own_email=settings.deskie.email,
        start=None if start is None else datetime.combine(start, time(), mirror.locale.zone).timestamp(),
        keep=settings.state.keep * DAY,
    )


def reply_rules(settings: Settings) -> ReplyRules:
    """Return the rules of the reply flow."""
    return ReplyRules(
        poll=settings.replies.poll,
        selection=selection_rules(settings),
        pairing=pairing_rules(settings),
        authors=author_rules(settings),
        channel=settings.cases.channel,
        own_email=settings.deskie.email,
        language=language(settings),
    )


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
        goes_on_closed=cases.when_closed == "continue",
        deliver=Deliver(transcripts.deliver),
        gather=transcripts.gather,
        ended_after=transcripts.ended_after,
        pending=pending.enabled,
        reopen_on_handoff=pending.reopen_on_handoff,
        unanswered=pending.unanswered,
        visitor_included="visitor" in transcripts.include,
    )


def mirror_rules(settings: Settings) -> MirrorRules:
    """Return the rules of what a case shows, and how (T1, T5)."""
    return MirrorRules(
        authors=author_rules(settings),
        include=frozenset(settings.transcripts.include),
        locale=Locale(language(settings), time_zone(settings.transcripts.timezone)[0]),
        replies=settings.replies.enabled,
    )


def language(settings: Settings) -> Language:
    """Return the language of what is read in Deskie (T5)."""
    return LANGUAGES[settings.cases.language]


def author_rules(settings: Settings) -> AuthorRules:
    """Return the rules by which the author of an event is told (T1)."""
    chaport = settings.chaport
    unlisted = Author.BOT if chaport.unlisted_authors == "bot" else Author.AUTOMATION
    return AuthorRules(dict(chaport.bots), dict(chaport.event_kinds), unlisted)


def selection_rules(settings: Settings) -> SelectionRules:
    """Return the rules of which replies are sent, and as which operator (R1, R4, R5)."""
    replies = settings.replies
    return SelectionRules(replies.operator, replies.include_rules, replies.max_age, replies.max_length)


def notice_rules(settings: Settings) -> NoticeRules:
    """Return the rules of when nobody online is told."""
    windows = tuple(window for entry in settings.notify.hours for window in read_hours(entry))
    hours = OpeningHours(windows, time_zone(settings.transcripts.timezone)[0])
    return NoticeRules(settings.notify.nobody_online_for, hours, settings.account)
