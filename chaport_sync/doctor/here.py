"""What can be looked at without asking anybody: the configuration and the state file."""

import os
from collections.abc import Iterator

from chaport_sync.config import Settings
from chaport_sync.doctor.finding import FAILED, OK, WARNING, Finding
from chaport_sync.state import open_store, state_path
from chaport_sync.store import StoreError, is_in_use


def look_around(settings: Settings) -> Iterator[Finding]:
    """Examine the configuration, which is valid, and the state file."""
    yield _state_file(settings)
    if not settings.status.enabled and not settings.transcripts.enabled:
        yield Finding(WARNING, "halves", "both are switched off: set [status] or [transcripts] enabled = true")
    if settings.transcripts.enabled and settings.cases.create:
        yield Finding(OK, "answers", "what agents write in Deskie stays in Deskie; they answer visitors in Chaport")
    if settings.metrics.listen:
        yield Finding(OK, "metrics", f"the daemon serves http://{settings.metrics.listen}/metrics and /healthz")
    if not settings.health.ping_url.get_secret_value():
        yield Finding(OK, "alarm", "nobody is told when the daemon dies; [health] ping_url would change that")


def _state_file(settings: Settings) -> Finding:
    path = state_path(settings, os.environ)
    try:
        open_store(settings, dry_run=True).close()
        there = path.exists()
    except (StoreError, OSError) as error:
        return Finding(FAILED, "state file", str(error))
    if not there:
        return Finding(OK, "state file", f"{path} will be made at the first start")
    return Finding(OK, "state file", f"{path} {'is in use by a running daemon' if is_in_use(path) else 'can be used'}")
