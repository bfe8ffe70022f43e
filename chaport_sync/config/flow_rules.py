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
from chaport_sync.sync.transcripts.rules import TranscriptRules
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
    """Return the rules of the transcript flow."""
    cases, transcripts = settings.cases, settings.transcripts
    start, zone = transcripts.start, time_zone(transcripts.timezone)[0]
    return TranscriptRules(
        mirror=mirror_rules(settings),
        watch=watch_rules(settings),
        cases=case_rules(settings),
        subject=cases.subject,
        group_id=cases.group_id,
        labels=tuple(cases.labels),
        search_channels=tuple(cases.search_channels),
        own_email=settings.deskie.email,
        start=None if start is None else datetime.combine(start, time(), zone).timestamp(),
        keep=settings.state.keep * DAY,
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
