"""Names each open question about a service that its own answers have settled against the configuration."""

from collections.abc import Iterator

from chaport_sync.config import Settings
from chaport_sync.doctor import WARNING, Finding
from chaport_sync.questions.question import Outcome
from chaport_sync.questions.recorded import Evidence
from chaport_sync.questions.table import settled


def against(evidence: Evidence, settings: Settings) -> Iterator[Finding]:
    """Return a warning for each question that is settled otherwise than the daemon assumes, with what to change."""
    for question, found in settled(evidence, settings):
        if found.outcome is Outcome.OTHERWISE and not found.told:
            words = f"{question.asks} {found.words[:1].upper()}{found.words[1:]}"
            change = f"; {found.change}" if found.change else ""
            yield Finding(WARNING, "settled question", f"{words}{change}", question.code)
