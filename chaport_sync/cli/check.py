"""`check`: is the configuration good, and do both accounts have what it names?"""

import asyncio
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

from chaport_sync import logs
from chaport_sync.app import secrets
from chaport_sync.cli.check_cluster import of_cluster
from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import STYLES, print_json, print_table, progress, say
from chaport_sync.clock import Clock
from chaport_sync.config import Loaded, LoadedAccounts, Settings, load_accounts, load_without_names
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import listed, number
from chaport_sync.doctor import FAILED, NOTE, OK, WARNING, Finding
from chaport_sync.doctor.examination import examine
from chaport_sync.doctor.local import examine_host
from chaport_sync.paths import find_config, names_in

#: The most findings that the answer names, and the most characters of each.
NAMED, FOUND = 2, 200


def run_check(config: Path | None, *, offline: bool, quiet: bool, as_json: bool) -> int:
    """Check all that can be checked and print it; return 1 if anything failed, 78 for names where ids are needed.

    With `quiet` only failures are printed; a reload of the service calls it so.

    Raises:
        ConfigError: The configuration has other problems; the error lists all.
    """
    path = find_config(config, os.environ)
    if (accounts := load_accounts(path, secrets_needed=not offline)) is not None:
        return _check_all(accounts, path, offline=offline, quiet=quiet, as_json=as_json)
    loaded = load_without_names(path, secrets_needed=not offline)
    findings, code = _found(loaded, path, offline=offline, quiet=quiet)
    if (account := loaded.settings.account) and loaded.settings.file is not None:
        files = names_in(loaded.settings.file.parent)
        cluster = of_cluster({account: loaded.settings}, files, path, offline=offline, quiet=quiet)
        findings, code = [*cluster, *findings], max(code, _code(cluster))
    answer = _answer(findings, offline=offline)
    if as_json:
        print_json({"answer": answer, **_as_json(findings)})
    elif findings or not quiet:
        say(f"{answer}\n", _style(findings))
        print_findings(findings)
        say(f"\n{_what_next(findings, config, offline=offline)}")
    return code


def _check_all(accounts: LoadedAccounts, path: Path, *, offline: bool, quiet: bool, as_json: bool) -> int:
    """Check each account, and say first whether all are right; return 0 if nothing failed, else the highest code."""
    found: dict[str, list[Finding]] = {}
    codes: dict[str, int] = {}
    names = sorted([*accounts.loaded, *accounts.rejected])
    cluster = of_cluster(accounts.settings, names, path, offline=offline, quiet=quiet)
    for name in names:
        if name in accounts.loaded:
            found[name], codes[name] = _found(accounts.loaded[name], path, offline=offline, quiet=quiet)
        else:
            found[name] = [Finding(FAILED, "configuration", "\n".join(accounts.rejected[name]))]
            codes[name] = Code.CONFIGURATION
    answer = _answer_of_all(found, [name for name, code in codes.items() if code], offline=offline)
    if _counted(cluster):
        answer = f"The cluster: {_answer(cluster, offline=offline)} {answer}"
    code = max(*codes.values(), _code(cluster))
    if as_json:
        of_each = {name: _as_json(findings) for name, findings in found.items()}
        print_json({"answer": answer, **({"cluster": _as_json(cluster)} if cluster else {}), "accounts": of_each})
        return code
    everything = list(chain(cluster, *found.values()))
    if everything or not quiet:
        say(f"{answer}\n", _style(everything))
    for name, findings in {"The cluster": cluster, **found}.items():
        if findings:
            say(f"{name}:", "bold")
            print_findings(findings)
            say("")
    if not quiet:
        rows = [("failed" if code else "ok", name, _counted(found[name])) for name, code in codes.items()]
        print_table(("Result", "Account", "Found"), sorted(rows))
    return code


def _found(loaded: Loaded, path: Path, *, offline: bool, quiet: bool) -> tuple[list[Finding], int]:
    """Return what is found out about one account, and the exit code."""
    settings = loaded.settings
    logs.setup("error", settings.log.format, secrets=secrets(settings))
    findings = [_configuration(settings.file or path, loaded, offline=offline), *examine_host(settings, Clock().now())]
    if offline:
        findings += _secrets(loaded.empty)
    else:
        with progress("Asking both accounts …"):
            findings += asyncio.run(_examined(settings, loaded.statuses))
    if quiet:
        findings = [finding for finding in findings if finding.result == FAILED]
    if loaded.problems:
        return findings, Code.CONFIGURATION
    return findings, _code(findings)


def _code(findings: Sequence[Finding]) -> Code:
    return Code.FAILED if any(finding.result == FAILED for finding in findings) else Code.DONE


def print_findings(findings: Sequence[Finding]) -> None:
    """Print findings as a table, the result in front."""
    print_table(("Result", "What", "Found"), [[each.result, each.subject, each.finding] for each in findings])


def print_findings_json(findings: Sequence[Finding]) -> None:
    """Print findings as JSON; empty fields are left out."""
    print_json(_as_json(findings))


def _as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    return {"findings": [{key: value for key, value in asdict(each).items() if value} for each in findings]}


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


def _counted(findings: Sequence[Finding]) -> str:
    """Return how many findings failed, and how many warn; empty if all is well."""
    counts = Counter(finding.result for finding in findings)
    failed = [f"{counts[FAILED]} failed"] if counts[FAILED] else []
    return ", ".join([*failed, *([number(counts[WARNING], "warning", "warnings")] if counts[WARNING] else [])])


def _answer(findings: Sequence[Finding], *, offline: bool) -> str:
    """Return in a sentence whether everything is right, and if not what is wrong."""
    failed, warnings = (
        [one_line(_named(each), FOUND) for each in findings if each.result == result] for result in (FAILED, WARNING)
    )
    warned = number(len(warnings), "warning", "warnings")
    if failed:
        words = f"{number(len(failed), 'thing', 'things')} failed{f', {warned}' if warnings else ''}"
        return f"{words}. {listed(failed, NAMED)}"
    if warnings:
        return f"Nothing failed, {warned}. {listed(warnings, NAMED)}"
    return "All that was looked at is right." if offline else "Everything is right."


def _named(finding: Finding) -> str:
    """Return a finding with its subject, unless it begins with it."""
    named = finding.finding.startswith(f"{finding.subject}:")
    return finding.finding if named else f"{finding.subject}: {finding.finding}"


def _answer_of_all(found: Mapping[str, Sequence[Finding]], failed: Sequence[str], *, offline: bool) -> str:
    """Return in a sentence whether all accounts are right, and if not what failed first; `failed` are their names."""
    if failed:
        words = f"{len(failed)} of {number(len(found), 'account', 'accounts')} failed"
        return f"{words}. {failed[0]}: {_answer(found[failed[0]], offline=offline)}"
    warned = sum(bool(_counted(findings)) for findings in found.values())
    if warned:
        return f"Nothing failed; {warned} of {number(len(found), 'account has', 'accounts have')} warnings."
    return "All that was looked at is right." if offline else f"All {len(found)} accounts are right."


def _style(findings: Sequence[Finding]) -> str:
    """Return the style of the answer: that of the worst result."""
    results = {each.result for each in findings}
    return f"bold {STYLES[next((each for each in (FAILED, WARNING) if each in results), OK)]}"


def _what_next(findings: Sequence[Finding], config: Path | None, *, offline: bool) -> str:
    """Return the next command."""
    if any(each.result == FAILED for each in findings):
        return "Mend what failed, then check again."
    return f"Next: chaport-sync {f'--config {config} ' if config else ''}{'check' if offline else 'once --dry-run'}"
