"""`init`: a guided set-up. It asks, tries each answer on the services, shows what it would write, and writes it."""

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from chaport_sync import logs
from chaport_sync.api.errors import ApiError
from chaport_sync.cli.exits import Code
from chaport_sync.cli.init_steps import Answers, ask_everything
from chaport_sync.cli.interview import Answering, Person, Prepared
from chaport_sync.cli.once import show_once
from chaport_sync.cli.output import say
from chaport_sync.cli.service_files import CONFIG
from chaport_sync.cli.service_host import HOST, can_be_installed, run_install, start_service
from chaport_sync.config import ConfigError, Settings, load_accounts
from chaport_sync.config.accounts import doubled
from chaport_sync.config.credentials import FILE_NAMES
from chaport_sync.paths import ACCOUNT_VARIABLE, find_config
from chaport_sync.setup.files import write_together
from chaport_sync.setup.place import Place, find_place
from chaport_sync.setup.proposal import Proposal, propose
from chaport_sync.setup.questions import Question, yes_or_no
from chaport_sync.store import StoreError

#: The keys that are asked for, which the environment must not have: it would win over the file.
ASKED = (
    *FILE_NAMES,
    ("deskie", "url"),
    ("deskie", "email"),
    ("chaport", "url"),
    ("status", "map"),
    ("agents", "pairs"),
    ("transcripts", "enabled"),
    ("transcripts", "timezone"),
    ("cases", "channel"),
    ("cases", "language"),
    ("replies", "enabled"),
)


def run_init(config: Path | None, prepared: Path | None, account: str | None) -> int:
    """Ask, show, and write; return 1 if somebody decides not to write.

    Raises:
        click.UsageError: There is neither a terminal nor a file with answers, or the file lacks some.
        ConfigError, UnreadableFileError: What is there cannot be used, and has to be mended by hand first.
        ApiError: A service refuses what the file with answers says.
        click.ClickException: The files cannot be written; then none was.
    """
    if prepared is None and not has_terminal():
        raise click.UsageError("init asks questions, so it needs a terminal; or give the answers with --from FILE")
    answering: Answering = Person() if prepared is None else Prepared(prepared)
    path = find_config(config, os.environ)
    place = find_place(path, account or os.environ.get(ACCOUNT_VARIABLE, ""), os.environ, ASKED)
    logs.setup("error", "auto", stream=None)
    try:
        return _set_up(place, answering, config)
    except (click.Abort, KeyboardInterrupt, EOFError):
        say("\nNothing was written.")
        raise


def has_terminal() -> bool:
    """Return whether somebody can answer."""
    return sys.stdin.isatty()


def _set_up(place: Place, answering: Answering, config: Path | None) -> int:
    answers = ask_everything(place, answering)
    proposal = propose(place, answers.values, answers.secrets, answers.statuses)
    settings = _settings(place, proposal, answers)
    if not proposal.files:
        say(f"\n{place.file} says all of this already; nothing is to be written.")
        return Code.DONE
    say(f"\n{place.file}:", "bold")
    say(proposal.shown.rstrip() or "Only keys change.")
    _show_what_would_change(settings)
    say("These files are to be written:", "bold")
    for file in proposal.files:
        say(f"  {file.path}{' (a copy of the present one is kept)' if file.path.exists() else ''}")
    if answering.is_person and not answering.ask(
        Question(("write",), "", yes_or_no, default=True, prompt="Write them?")
    ):
        say("Nothing was written.")
        return Code.FAILED
    try:
        copies = write_together(proposal.files, datetime.now().astimezone())
    except OSError as error:
        raise click.ClickException(f"nothing was written, because {error.filename}: {error.strerror}") from None
    say("Written.", "green")
    for copy in copies:
        say(f"What was there before is in {copy}.")
    if answering.is_person and place.file == CONFIG and can_be_installed() and _is_wanted(answering):
        run_install(HOST, force=False, as_json=False)
        start_service()
        say("The service runs. How it does: chaport-sync status", "green")
    else:
        _say_what_comes_next(config, place)
    return Code.DONE


def _is_wanted(answering: Answering) -> bool:
    words = "Install the service and start it now?"
    try:
        return bool(answering.ask(Question(("service",), "", yes_or_no, default=True, prompt=words)))
    except (click.Abort, KeyboardInterrupt, EOFError):  # what was written stays
        return False


def _settings(place: Place, proposal: Proposal, answers: Answers) -> Settings:
    """Return the settings as they will be.

    Raises:
        ConfigError: They cannot be used, or another account has the same help desk or token.
    """
    loaded = place.loaded(proposal.text, answers.secrets)
    problems = list(loaded.problems)
    if place.account:
        settings = {**_other_accounts(place), place.account: loaded.settings}
        problems += [words for name, words in doubled(settings).items() if name == place.account]
    if problems:
        raise ConfigError(place.file, tuple(problems))
    return loaded.settings


def _other_accounts(place: Place) -> Mapping[str, Settings]:
    environ = {name: text for name, text in place.environ.items() if name != ACCOUNT_VARIABLE}
    try:
        found = load_accounts(place.config, environ)
    except ConfigError:  # there is none yet that can be used
        return {}
    return {} if found is None else found.settings


def _show_what_would_change(settings: Settings) -> None:
    say("\nWhat the daemon would do now (nothing is written to the services):", "bold")
    try:
        show_once(settings, None, dry_run=True, as_json=False)
    except (ApiError, StoreError) as error:
        say(f"This cannot be shown: {error}", "yellow")
    say("")


def _say_what_comes_next(config: Path | None, place: Place) -> None:
    """Say what to do after the files were written."""
    if place.text:
        key = "" if place.account else ", a new key by systemctl restart"
        say(f"A service that runs takes it over by systemctl reload{key}.")
    given = f"--config {config} " if config else ""
    chosen = f" --account {place.account}" if place.account else ""
    say(f"Next: chaport-sync {given}check{chosen}")
