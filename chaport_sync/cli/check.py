"""`check`: is the configuration good, and do both accounts have what it names?"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from chaport_sync import logs
from chaport_sync.app import secrets
from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import print_json, print_table, progress, say
from chaport_sync.clock import Clock
from chaport_sync.config import Loaded, Settings, load_without_names
from chaport_sync.core.wording import number
from chaport_sync.doctor import FAILED, NOTE, OK, WARNING, Finding
from chaport_sync.doctor.examination import examine
from chaport_sync.doctor.local import examine_host
from chaport_sync.paths import find_config


def run_check(config: Path | None, *, offline: bool, quiet: bool, as_json: bool) -> int:
    """Check all that can be checked and print it; return 1 if anything failed, 78 for names where ids are needed.

    With `quiet` only failures are printed; a reload of the service calls it so.

    Raises:
        ConfigError: The configuration has other problems; the error lists all.
    """
    path = find_config(config, os.environ)
    loaded = load_without_names(path, secrets_needed=not offline)
    settings = loaded.settings
    logs.setup("error", settings.log.format, secrets=secrets(settings))
    findings = [_configuration(path, loaded, offline=offline), *examine_host(settings, Clock().now())]
    if offline:
        findings += _secrets(loaded.empty)
    else:
        with progress("Asking both accounts …"):
            findings += asyncio.run(_examined(settings, loaded.statuses))
    if quiet:
        findings = [finding for finding in findings if finding.result == FAILED]
    if as_json:
        print_findings_json(findings)
    elif findings or not quiet:
        print_findings(findings)
        say(f"\n{_summary(findings, config, offline=offline)}")
    if loaded.problems:
        return Code.CONFIGURATION
    return Code.FAILED if any(finding.result == FAILED for finding in findings) else Code.DONE


def print_findings(findings: Sequence[Finding]) -> None:
    """Print findings as a table, the result in front."""
    print_table(("Result", "What", "Found"), [[each.result, each.subject, each.finding] for each in findings])


def print_findings_json(findings: Sequence[Finding]) -> None:
    """Print findings as JSON; empty fields are left out."""
    print_json({"findings": [{key: value for key, value in asdict(each).items() if value} for each in findings]})


def _configuration(path: Path, loaded: Loaded, *, offline: bool) -> Finding:
    if loaded.problems:
        # The message refers to this command, which need not refer to itself.
        problems = [each if offline else each.partition("; `chaport-sync check`")[0] for each in loaded.problems]
        return Finding(FAILED, "configuration", "\n".join([f"{path}:", *problems]))
    there = f"{path} is valid" if path.exists() else "the environment says everything; there is no file"
    return Finding(OK, "configuration", there)


def _secrets(empty: Sequence[str]) -> list[Finding]:
    """Return what is known of the secrets without any request: which files are empty."""
    if empty:
        return [Finding(WARNING, "secrets", problem) for problem in empty]
    return [Finding(NOTE, "secrets", "only the accounts can tell whether they are right, and these were not asked")]


async def _examined(settings: Settings, by_name: Mapping[str, str]) -> list[Finding]:
    return await examine(settings, Clock(), by_name=by_name)


def _summary(findings: Iterable[Finding], config: Path | None, *, offline: bool) -> str:
    """Return a summary in one line, with the next command."""
    counts = Counter(finding.result for finding in findings)
    failed, warnings = counts[FAILED], counts[WARNING]
    warned = number(warnings, "warning", "warnings")
    if failed:
        return f"{failed} failed{f', {warned}' if warnings else ''}. Mend what failed, then check again."
    command = f"chaport-sync {f'--config {config} ' if config else ''}{'check' if offline else 'once --dry-run'}"
    well = "All that was looked at is well" if offline else "All is well"
    return f"{f'{warned}, nothing failed' if warnings else well}. Next: {command}"
