"""Examines this machine, without any request: the state file, the secrets' files, the time zone, alarms."""

import os
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from chaport_sync.config import Settings
from chaport_sync.config.credentials import FILE_NAMES, OPTIONAL
from chaport_sync.config.process import Web
from chaport_sync.config.values import time_zone
from chaport_sync.core.wording import number
from chaport_sync.doctor import FAILED, NOTE, OK, WARNING, Finding
from chaport_sync.monitoring.apprise_services import problems, scheme_of
from chaport_sync.paths import service_directory
from chaport_sync.state_file import open_store, state_path
from chaport_sync.store import StoreError, cannot_be_made, is_in_use


def examine_host(settings: Settings, now: float) -> Iterator[Finding]:
    """Examine whether this machine suits the valid configuration; `now` is in Unix seconds."""
    yield _state_file(settings)
    yield from _readable_secrets(settings)
    if settings.transcripts.enabled:
        yield _zone(settings.transcripts.timezone, now)
    for words in settings.outdated:
        yield Finding(WARNING, "former name", words)
    yield from _web(settings.web)
    if not settings.health.ping_url.get_secret_value():
        yield Finding(NOTE, "alarm", "nobody is told when the daemon dies; [health] ping_url would change that")
    yield from _notices(settings)


def _notices(settings: Settings) -> Iterator[Finding]:
    """Return who is told of troubles; addresses are counted by their scheme, as they are secrets."""
    urls = settings.notify.addresses
    what = "when nobody is online, a flow is down, or events are parked"
    if not urls:
        yield Finding(NOTE, "notices", f"nobody is told {what}; [notify] urls would change that")
    elif wrong := tuple(problems(urls)):
        yield from (Finding(FAILED, "notices", problem) for problem in wrong)
    else:
        by = ", ".join(f"{count} by {scheme}" for scheme, count in Counter(map(scheme_of, urls)).items())
        told = f"{number(len(urls), 'address is', 'addresses are')} told {what}: {by}"
        yield Finding(OK, "notices", f"{told}; `chaport-sync check --notify` tries them")


def _web(web: Web) -> Iterator[Finding]:
    if web.listen:
        address = f"the daemon serves http://{web.listen}/, /metrics and /healthz"
        if not web.is_remote:
            yield Finding(OK, "web", address)
        elif web.password.get_secret_value():
            yield Finding(OK, "web", f"{address}; other machines see the page with the password")
        else:
            words = f"{address}, but the page only with [web] password, because other machines reach it"
            yield Finding(NOTE, "web", words)


def _state_file(settings: Settings) -> Finding:
    if settings.cluster.url:
        return Finding(OK, "state", "is kept in the cluster's database")
    path = state_path(settings, os.environ)
    subject = "state file"
    try:
        if path.is_file():
            open_store(settings, dry_run=True).close()
            if not os.access(path, os.W_OK):
                return Finding(FAILED, subject, f"{path} may not be written by whoever runs this")
        elif words := cannot_be_made(path):
            return Finding(FAILED, subject, words)
    except (StoreError, OSError) as error:
        return Finding(FAILED, subject, str(error))
    services = service_directory(settings.file)
    if services is not None and not path.is_relative_to(services):
        words = f"{path} is fine for whoever runs this, but the service may write only in {services}"
        return Finding(WARNING, subject, f"{words}; leave [state] path empty for it")
    if not path.is_file():
        return Finding(OK, subject, f"{path} will be made at the first start")
    return Finding(OK, subject, f"{path} {'is in use by a running daemon' if is_in_use(path) else 'can be used'}")


def _readable_secrets(settings: Settings) -> Iterator[Finding]:
    if settings.file is None:
        return
    own_files = [settings.file.with_name(name) for name in (*FILE_NAMES.values(), *OPTIONAL.values())]
    origins = settings.credentials.values()
    used = [path for path in own_files if any(origin.startswith(str(path)) for origin in origins)]
    for path in filter(is_for_everybody, used):
        yield Finding(WARNING, "secrets", f"everybody on this machine can read {path}; run chmod 600 {path}")
    # An origin that begins with a square bracket is a key of the configuration file.
    if any(origin.startswith("[") for origin in origins) and is_for_everybody(settings.file):
        words = f"everybody on this machine can read {settings.file}, which holds a secret"
        yield Finding(WARNING, "secrets", f"{words}; put it into {' or '.join(map(str, own_files))}, mode 600")


def is_for_everybody(path: Path) -> bool:
    """Return whether everybody on this machine can read a file."""
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def _zone(name: str, now: float) -> Finding:
    zone, called = time_zone(name)
    clock = f"where it is {datetime.fromtimestamp(now, zone):%H:%M} now"
    if name:
        return Finding(OK, "time zone", f"notes show the time of {called}, {clock}")
    if called in ("UTC", "Etc/UTC"):
        advice = 'if your agents go by another, set [transcripts] timezone, such as "Europe/Istanbul"'
        return Finding(NOTE, "time zone", f"notes show UTC, this machine's time, {clock}; {advice}")
    return Finding(OK, "time zone", f"notes show the time of {called}, this machine's, {clock}")
