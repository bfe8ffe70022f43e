"""`report`: one file for whoever helps, in which nothing tells who people are or what they wrote."""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from chaport_sync import __version__, logs
from chaport_sync.api.connection import Carrier
from chaport_sync.app import secrets
from chaport_sync.cli.accounts import all_accounts, chosen
from chaport_sync.cli.exits import Code, readable_exits
from chaport_sync.cli.output import say
from chaport_sync.cli.state_file import remembered
from chaport_sync.cli.status import everything
from chaport_sync.clock import Clock
from chaport_sync.config import Settings, load
from chaport_sync.doctor.examination import examine
from chaport_sync.doctor.local import examine_host
from chaport_sync.paths import ACCOUNT_VARIABLE, UnreadableFileError, find_config
from chaport_sync.questions.mask import Mask
from chaport_sync.questions.recorded import Evidence
from chaport_sync.questions.recorder import Recorder
from chaport_sync.questions.shapes import shapes
from chaport_sync.report import sections
from chaport_sync.report.document import Section, as_json, as_text
from chaport_sync.report.journal import Journal, read_journal
from chaport_sync.report.key import report_key
from chaport_sync.setup.files import beside
from chaport_sync.state_file import state_path
from chaport_sync.store import StoreError

#: What stands for the standard output.
STDOUT = Path("-")
#: The shortest words of the configuration that are looked for in an error's words.
_SHORTEST = 4


def run_reports(config: Path | None, file: Path | None, run: Callable[[Path | None], int]) -> int:
    """Write a report into this file by `run`, or if there are several accounts and none is chosen, one of each.

    Returns:
        The highest exit code; what keeps one account's report from being made is said, and the others are made.
    """
    names = all_accounts(config)
    if not names:
        return run(file)
    if file is not None:
        raise click.UsageError("FILE is for one account; choose it by --account NAME, or leave FILE out")
    codes = []
    for name in names:
        _tell(name)
        try:
            with chosen(name), readable_exits(sys.stderr):
                codes.append(run(None))
        except SystemExit as ended:
            codes.append(int(ended.code or 0))
    return max(codes)


def run_report(
    config: Path | None,
    file: Path | None,
    *,
    answers_only: bool,
    force: bool,
    in_json: bool,
    clock: Clock | None = None,
    over: Carrier | None = None,
) -> int:
    """Write the report; return 0 if it was written, also if a service is down.

    Args:
        config: The configuration.
        file: Where to write; None makes a name in the current folder, with that of the account that was chosen, and
            `-` is the standard output.
        answers_only: Whether to leave out what needs a daemon on this machine.
        force: Whether an existing file is replaced.
        in_json: Whether to write JSON instead of text.
        clock: The shell's clock.
        over: What carries the requests in tests; None is the network.

    Raises:
        UsageError: The file exists.
        ConfigError: The configuration cannot be used.
    """
    clock = clock or Clock()
    day = f"{datetime.fromtimestamp(clock.now(), UTC):%Y%m%d}"
    parts = filter(None, ("chaport-sync-report", os.environ.get(ACCOUNT_VARIABLE), day))
    path = file or Path(f"{'-'.join(parts)}.{'json' if in_json else 'txt'}")
    if path != STDOUT and not force and os.path.lexists(path):
        raise click.UsageError(f"{path} exists; give another FILE, or --force to replace it")
    if path != STDOUT and (path.is_dir() or not os.access(path.parent, os.W_OK)):
        raise click.UsageError(f"{path} cannot be written; give another FILE")
    _tell("Reading the configuration")
    settings = load(find_config(config, os.environ))
    logs.setup("error", settings.log.format, secrets=secrets(settings))
    made = f"{datetime.fromtimestamp(clock.now(), UTC):%Y-%m-%d %H:%M} UTC, chaport-sync {__version__}"
    found = _gathered(config, settings, clock, over, answers_only=answers_only)
    _tell("Writing the report")
    text = (as_json if in_json else as_text)(found, made)
    if path == STDOUT:
        sys.stdout.write(text)
    else:
        # A link in its place is replaced and not followed.
        beside(path, text.encode(), 0o600).replace(path)
        say(f"{path} is written, for you only. Read it, then send it to whoever helps you.")
    return Code.DONE


def _gathered(
    config: Path | None, settings: Settings, clock: Clock, over: Carrier | None, *, answers_only: bool
) -> list[Section]:
    key, kept = report_key(state_path(settings, os.environ).parent)
    mask = Mask(key, (urlsplit(settings.deskie.url).netloc, urlsplit(settings.chaport.url).netloc))
    recorder = Recorder(mask)
    journal = Journal()
    record, problem = None, ""
    if not answers_only:
        _tell("Reading the state file")
        record, problem = _status(config)
        _tell("Reading the journal")
        journal = read_journal(settings.file)
    _tell("Asking both accounts")
    there = asyncio.run(examine(settings, clock, over, recorder=recorder, read_on=_tell))
    here = [] if answers_only else examine_host(settings, clock.now())
    logged = Counter(str(event["event"]) for event in journal.events)
    logged.update(f"{event['event']} as a {event['form']}" for event in journal.events if event.get("form"))
    evidence = Evidence(tuple(recorder.exchanges), logged)
    answered = shapes(evidence)
    found = [
        sections.versions(kept=kept),
        sections.questions(evidence, recorder.settings(settings)),
        sections.news(answered),
        sections.checked(here, there, _real(settings), mask),
        sections.configuration(settings, mask),
        sections.answers(answered),
    ]
    return found if answers_only else [*found, sections.status(record, problem, mask), sections.events(journal, mask)]


def _status(config: Path | None) -> tuple[dict[str, Any] | None, str]:
    """Return what `status` says, or None and why it says nothing; the reason does not repeat the file's path."""
    try:
        with remembered(config, time.time()) as known:
            return everything(known), ""
    except (StoreError, UnreadableFileError, OSError):
        return None, "Left out: there is no state file yet, or it cannot be read; `chaport-sync status` says why."


def _real(settings: Settings) -> Iterator[str]:
    """Return the names and places in the configuration that an error's words may repeat."""
    agents, chaport, cases = settings.agents, settings.chaport, settings.cases
    words = [settings.deskie.email, cases.subject, settings.replies.operator, *agents.exclude, *chaport.bots.values()]
    words += [word for pair in agents.pairs for word in (pair.agent, pair.operator)]
    words += [urlsplit(url).hostname or "" for url in (settings.deskie.url, chaport.url)]
    words += [str(settings.file), str(state_path(settings, os.environ)), *secrets(settings)]
    return (word for word in words if len(word) >= _SHORTEST)


def _tell(step: str) -> None:
    sys.stderr.write(f"{step} …\n")
    sys.stderr.flush()
