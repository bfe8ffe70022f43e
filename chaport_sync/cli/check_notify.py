"""`check --notify`: sends a test notice to each address of `[notify] urls`, and says which took it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from chaport_sync import logs
from chaport_sync.app import secrets
from chaport_sync.cli.check import print_findings, print_findings_json
from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import progress
from chaport_sync.config import Settings, load
from chaport_sync.core.notice_words import TRIAL, title
from chaport_sync.doctor import FAILED, OK, Finding
from chaport_sync.monitoring.apprise_services import problems, services
from chaport_sync.paths import find_config


def run_notify(config: Path | None, *, as_json: bool) -> int:
    """Send a test notice to each address and print which took it; return 1 unless all did.

    Raises:
        ConfigError: The configuration cannot be used.
    """
    settings = load(find_config(config, os.environ))
    logs.setup("error", settings.log.format, secrets=secrets(settings))
    with progress("Sending a test notice …"):
        findings = list(_tried(settings))
    (print_findings_json if as_json else print_findings)(findings)
    return Code.DONE if all(each.result == OK for each in findings) else Code.FAILED


def _tried(settings: Settings) -> Iterator[Finding]:
    urls = settings.notify.addresses
    if not urls:
        yield Finding(FAILED, "notices", "nobody is told: [notify] urls is empty")
        return
    if wrong := tuple(problems(urls)):
        yield from (Finding(FAILED, "notices", problem) for problem in wrong)
        return
    for service in services(urls):
        try:
            service.send(title(settings.account, "a test"), TRIAL)
        except Exception as error:  # noqa: BLE001 - its words may have the address
            how = f"`{sys.prefix}/bin/apprise -vv -b test ADDRESS` says why"
            yield Finding(FAILED, service.name, f"did not take the test notice ({type(error).__name__}); {how}")
        else:
            yield Finding(OK, service.name, "took the test notice; see whether it arrived")
