"""The command line: one function a command, which says what it does and hands over to the command's own module."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from chaport_sync import __version__
from chaport_sync.cli.exits import readable_exits

app = typer.Typer(
    name="chaport-sync",
    help="Keeps Chaport live chat in step with the Deskie help desk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Plain help: formatting it takes longer than everything else that `--help` does.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 75 another instance runs, 78 configuration.",
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Write to neither API, take no lock, leave nothing behind.")]


def _version(asked: bool) -> None:  # noqa: FBT001 - typer's signature
    if asked:
        typer.echo(f"chaport-sync {__version__}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="The configuration; else $CHAPORT_SYNC_CONFIG, else /etc/chaport-sync/config.toml."
        ),
    ] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,  # noqa: ARG001
) -> None:
    """Take what all commands share."""
    context.obj = config


@app.command()
def run(context: typer.Context, dry_run: DryRun = False) -> None:
    """Run the daemon in the foreground.

    SIGHUP reads the configuration again, SIGTERM ends it cleanly.
    """
    from chaport_sync.cli.run import run_daemon

    run_daemon(context.obj, dry_run=dry_run)


@app.command()
def once(context: typer.Context, dry_run: DryRun = False, json: Json = False) -> None:
    """Run one cycle of each half, and show what it did.

    With --dry-run nothing is written, and what would be is shown.
    """
    from chaport_sync.cli.once import run_once

    raise typer.Exit(run_once(context.obj, dry_run=dry_run, as_json=json))


@app.command()
def check(
    context: typer.Context,
    offline: Annotated[
        bool, typer.Option("--offline", help="Look at the configuration and the state file only.")
    ] = False,
    probe: Annotated[
        str | None, typer.Option(metavar="OPERATOR", help="Find out on this operator how Chaport takes a status.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Consent to the probe.")] = False,
    json: Json = False,
) -> None:
    """Check the configuration and try both accounts.

    Each line is ok, a warning, or failed with what to do.
    """
    if probe is not None:
        from chaport_sync.cli.probe import run_probe

        raise typer.Exit(run_probe(context.obj, probe, consent=yes, as_json=json))
    from chaport_sync.cli.check import run_check

    raise typer.Exit(run_check(context.obj, offline=offline, as_json=json))


@app.command()
def agents(context: typer.Context, json: Json = False) -> None:
    """Show agents, their operators, both statuses, and why."""
    from chaport_sync.cli.agents import run_agents

    raise typer.Exit(run_agents(context.obj, as_json=json))


@app.command()
def status(context: typer.Context, json: Json = False) -> None:
    """Show how the daemon gets on.

    Both halves, operators in motion, chats, and deliveries that wait or are parked.
    """
    from chaport_sync.cli.status import run_status

    raise typer.Exit(run_status(context.obj, as_json=json))


@app.command()
def explain(
    context: typer.Context,
    who: Annotated[str, typer.Argument(help="An agent or operator: name, e-mail address or id.")],
    json: Json = False,
) -> None:
    """Say why an operator has the status it has.

    The facts, the rule, and what happens next and when.
    """
    from chaport_sync.cli.explain import run_explain

    raise typer.Exit(run_explain(context.obj, who, as_json=json))


@app.command()
def history(
    context: typer.Context,
    who: Annotated[str | None, typer.Argument(help="An agent or operator; else everybody.")] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Such as 2h, 7d, or 2026-11-01.")] = None,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
) -> None:
    """Show how operators' statuses changed, and why."""
    from chaport_sync.cli.history import run_history

    raise typer.Exit(run_history(context.obj, who, since, as_json=json, as_csv=csv))


@app.command()
def retry(context: typer.Context, json: Json = False) -> None:
    """Send parked deliveries again.

    The running daemon sends them with its next poll, or the next start.
    """
    from chaport_sync.cli.retry import run_retry

    raise typer.Exit(run_retry(context.obj, as_json=json))


@app.command()
def sandbox(
    deskie_port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8801,
    chaport_port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8802,
    agents: Annotated[int, typer.Option(min=1, max=1000, help="Made-up agents and operators.")] = 6,
    visitors: Annotated[int, typer.Option(min=0, max=1000, help="Made-up visitors with chats.")] = 5,
) -> None:
    """Imitate both services on this machine.

    Made-up people and chats, to try the daemon without an account.
    """
    from chaport_sync.cli.sandbox import run_sandbox

    raise typer.Exit(run_sandbox(deskie_port=deskie_port, chaport_port=chaport_port, agents=agents, visitors=visitors))


@app.command()
def demo(
    plain: Annotated[bool, typer.Option("--plain", help="Print lines instead of the live view.")] = False,
) -> None:
    """Play a story of a minute, on imitated services."""
    from chaport_sync.cli.demo import run_demo

    raise typer.Exit(run_demo(plain=plain))


def main() -> None:
    """Run the command line; every expected failure ends in one readable message and a documented exit code."""
    # No other package has a say in how settings are checked, and looking for one takes time.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    with readable_exits(sys.stderr):
        app()
