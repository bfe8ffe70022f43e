"""The commands of a cluster: their help, and which module answers."""

import sys
from pathlib import Path

import click

from chaport_sync.cli.options import config_option, json_option


@click.command()
@json_option
@config_option
@click.pass_obj
def workers(config: Path | None, *, as_json: bool) -> None:
    """Show which worker of a cluster holds which account.

    First it says whether all accounts are held. Below are the workers, and each account: who holds it since when, or
    why nobody does. It ends with 0 only if all are held.
    """
    from chaport_sync.cli.workers import run_workers

    sys.exit(run_workers(config, as_json=as_json))


@click.command()
@click.argument("accounts", metavar="ACCOUNT...", nargs=-1, required=True)
@click.option("--into-cluster", "deed", flag_value="into", help="Bring the state file into the database.")
@click.option("--out-of-cluster", "deed", flag_value="out", help="Bring the state back into its file.")
@click.option("--forget", "deed", flag_value="forget", help="Delete the state of an account that is gone.")
@click.option("--yes", "consent", is_flag=True, help="Consent to --forget.")
@config_option
@click.pass_obj
def move(config: Path | None, accounts: tuple[str, ...], deed: str | None, *, consent: bool) -> None:
    """Move the state of accounts into a cluster, or back.

    Nothing may work on them meanwhile. A file that was moved is kept as NAME.db.moved; from the database a state is
    deleted once its file is on the disk. What is there already is never replaced.
    """
    from chaport_sync.cli.move import run_move

    if deed is None:
        raise click.UsageError("give --into-cluster, --out-of-cluster, or --forget")
    sys.exit(run_move(config, accounts, deed, consent=consent))
