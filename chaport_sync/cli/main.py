"""The command line: one function for each command. It has the help text, and calls the command's own module."""

import os
import sys
from functools import partial
from pathlib import Path

import click

from chaport_sync import __version__
from chaport_sync.cli.cluster import move, workers
from chaport_sync.cli.configure import config_group, init
from chaport_sync.cli.exits import readable_exits
from chaport_sync.cli.known import chats, explain, history, status, timeline
from chaport_sync.cli.options import PATH, account_option, config_option, dry_run_option, json_option
from chaport_sync.cli.service import service
from chaport_sync.cli.streams import prepare_streams
from chaport_sync.cli.trial import demo, sandbox
from chaport_sync.cli.unseen import unseen


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 75 another instance runs, 78 configuration.",
)
@click.option(
    "--config",
    type=PATH,
    metavar="PATH",
    help="The configuration; else $CHAPORT_SYNC_CONFIG, else /etc/chaport-sync/config.toml.",
)
@click.version_option(__version__, message="chaport-sync %(version)s", help="Print it.")
@click.pass_context
def app(context: click.Context, config: Path | None) -> None:
    """Keeps Chaport live chat in step with the Deskie help desk."""
    context.obj = config


app.add_command(init)
app.add_command(config_group)


@app.command()
@dry_run_option
@config_option
@click.pass_obj
def run(config: Path | None, *, dry_run: bool) -> None:
    """Run the daemon in the foreground.

    SIGHUP reads the configuration again, SIGTERM ends it cleanly.
    """
    # httpx and structlog would take it along for what they draw on a terminal: 4 MB.
    with unseen("rich", "pygments"):
        from chaport_sync.cli.run import run_daemon
    run_daemon(config, dry_run=dry_run)


@app.command()
@dry_run_option
@json_option
@account_option
@config_option
@click.pass_obj
def once(config: Path | None, *, dry_run: bool, as_json: bool) -> None:
    """Run one cycle of each flow, and show what it did.

    With --dry-run nothing is written, and what would be is shown.
    """
    from chaport_sync.cli.once import run_once

    sys.exit(run_once(config, dry_run=dry_run, as_json=as_json))


@app.command()
@click.option("--offline", is_flag=True, help="Look at the configuration and the state file only.")
@click.option("--quiet", is_flag=True, help="Print only what failed.")
@click.option("--probe", metavar="OPERATOR", help="Find out on this operator how Chaport takes a status.")
@click.option("--yes", is_flag=True, help="Consent to the probe.")
@click.option("--notify", is_flag=True, help="Send a test notice to each address of [notify] urls.")
@json_option
@account_option
@config_option
@click.pass_obj
def check(
    config: Path | None, *, offline: bool, quiet: bool, probe: str | None, yes: bool, notify: bool, as_json: bool
) -> None:
    """Check the configuration and try both accounts.

    Each line is ok, a note, a warning, or failed with what to do.
    """
    if probe is not None:
        from chaport_sync.cli.probe import run_probe

        sys.exit(run_probe(config, probe, consent=yes, as_json=as_json))
    if notify:
        from chaport_sync.cli.accounts import of_each
        from chaport_sync.cli.check_notify import run_notify

        sys.exit(of_each(config, lambda: run_notify(config, as_json=as_json), as_json=as_json))
    from chaport_sync.cli.check import run_check

    sys.exit(run_check(config, offline=offline, quiet=quiet, as_json=as_json))


@app.command()
@json_option
@account_option
@config_option
@click.pass_obj
def agents(config: Path | None, *, as_json: bool) -> None:
    """Show agents, their operators, both statuses, and why."""
    from chaport_sync.cli.agents import run_agents

    sys.exit(run_agents(config, as_json=as_json))


@app.command()
@json_option
@account_option
@config_option
@click.pass_obj
def retry(config: Path | None, *, as_json: bool) -> None:
    """Send parked deliveries again.

    The running daemon sends them with its next poll, or the next start.
    """
    from chaport_sync.cli.accounts import of_each
    from chaport_sync.cli.retry import run_retry

    sys.exit(of_each(config, lambda: run_retry(config, as_json=as_json), as_json=as_json))


@app.command()
@click.argument("file", required=False, type=PATH)
@click.option("--answers-only", is_flag=True, help="Leave out what needs a daemon on this machine.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@json_option
@account_option
@config_option
@click.pass_obj
def report(config: Path | None, file: Path | None, *, answers_only: bool, force: bool, as_json: bool) -> None:
    """Write a file for whoever helps you.

    It has versions, settings, what check and status say, the last events of the log, the shapes of both services'
    answers, and which open questions they settle. Names, texts, addresses, ids and keys are replaced. It is sent
    nowhere. FILE is chaport-sync-report-DATE.txt in this folder unless given; - prints it.
    """
    from chaport_sync.cli.report import run_report, run_reports

    run = partial(run_report, config, answers_only=answers_only, force=force, in_json=as_json)
    sys.exit(run_reports(config, file, run))


for command in (status, explain, history, timeline, chats, workers, move):
    app.add_command(command)
app.add_command(sandbox)
app.add_command(demo)
app.add_command(service)


def main() -> None:
    """Run the command line; each expected failure ends with one message and a documented exit code."""
    # Plugins of other packages must not change how settings are checked, and the search for them takes time.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    prepare_streams()
    with readable_exits(sys.stderr):
        try:
            try:
                app(standalone_mode=False)
            finally:
                sys.stdout.flush()
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except click.Abort:  # Ctrl-C
            sys.exit(130)
