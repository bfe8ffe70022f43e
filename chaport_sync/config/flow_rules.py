"""The rules of each flow, made from the configuration."""

from datetime import datetime, time

from chaport_sync.config import Settings
from chaport_sync.config.rules import (
    case_rules,
    mapping_rules,
    mirror_rules,
    pairing_rules,
    presence_rules,
    selection_rules,
    watch_rules,
)
from chaport_sync.core.model import DAY
from chaport_sync.sync.replies.rules import ReplyRules
from chaport_sync.sync.statuses.flow import StatusRules
from chaport_sync.sync.transcripts.chat_reader import ReadingRules
from chaport_sync.sync.transcripts.desk import CaseFields, TranscriptRules
from chaport_sync.zone import time_zone


def status_rules(settings: Settings) -> StatusRules:
    """Return the rules of the status flow."""
    return StatusRules(
        poll=settings.status.poll,
        mapping=mapping_rules(settings),
        pairing=pairing_rules(settings),
        presence=presence_rules(settings),
        keep=settings.state.keep * DAY,
    )


def transcript_rules(settings: Settings) -> TranscriptRules:
    """Return the rules by which the transcript flow writes into Deskie."""
    cases = settings.cases
    return TranscriptRules(
        poll=settings.transcripts.poll,
        mirror=mirror_rules(settings),
        cases=case_rules(settings),
        fields=CaseFields(cases.subject, cases.group_id, tuple(cases.labels), tuple(cases.search_channels)),
        own_email=settings.deskie.email,
    )


def reply_rules(settings: Settings) -> ReplyRules:
    """Return the rules of the reply flow."""
    return ReplyRules(
        poll=settings.replies.poll,
        selection=selection_rules(settings),
        pairing=pairing_rules(settings),
        authors=mirror_rules(settings).authors,
        channel=settings.cases.channel,
        own_email=settings.deskie.email,
    )


def reading_rules(settings: Settings) -> ReadingRules:
    """Return the rules by which the transcript flow reads Chaport."""
    start, zone = settings.transcripts.start, time_zone(settings.transcripts.timezone)[0]
    return ReadingRules(
        mirror=mirror_rules(settings),
        watch=watch_rules(settings),
        start=None if start is None else datetime.combine(start, time(), zone).timestamp(),
        keep=settings.state.keep * DAY,
    )
