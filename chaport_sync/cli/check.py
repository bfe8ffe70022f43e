"""`check`: is the configuration good, and do both accounts answer as it expects?"""

import asyncio
import os
from dataclasses import asdict
from pathlib import Path

from chaport_sync import logs
from chaport_sync.app import secrets
from chaport_sync.cli.exits import Code
from chaport_sync.cli.show import print_json, print_table, progress
from chaport_sync.clock import Clock
from chaport_sync.config import Settings, load
from chaport_sync.doctor.examination import examine
from chaport_sync.doctor.finding import FAILED, OK, Finding
from chaport_sync.doctor.here import look_around
from chaport_sync.places import find_config


def run_check(config: Path | None, *, offline: bool, as_json: bool) -> int:
    """Check everything that can be checked and print it; 1 if anything failed.

    Raises:
        ConfigError: The configuration cannot be used; it lists every problem.
    """
    path = find_config(config, os.environ)
    settings = load(path, secrets_needed=not offline)
    logs.setup("error", settings.log.format, secrets=secrets(settings))
    findings = [Finding(OK, "configuration", f"{path} is valid"), *look_around(settings)]
    if not offline:
        with progress("Asking both accounts …"):
            findings += asyncio.run(_examined(settings))
    if as_json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    else:
        rows = [[finding.result, finding.subject, finding.finding] for finding in findings]
        print_table(("Result", "What", "Found"), rows)
    return Code.FAILED if any(finding.result == FAILED for finding in findings) else Code.DONE


async def _examined(settings: Settings) -> list[Finding]:
    return await examine(settings, Clock())
