"""The commands that are about the configuration itself: `init` and `config show`."""

import sys
from pathlib import Path

import click

from chaport_sync.cli.options import PATH, account_option, config_option, json_option


@click.command()
@click.option("--from", "prepared", type=PATH, metavar="FILE", help="Take the answers from this file; ask nobody.")
@click.option("--account", metavar="NAME", help="Add or change this account, where the configuration has several.")
@config_option
@click.pass_obj
def init(config: Path | None, prepared: Path | None, account: str | None) -> None:
    """Set up the configuration by questions.

    Each answer is tried at once. What would be written, and what the daemon would then do, is shown first. Run it again
    to change something: what is there is the default, comments stay, and a copy with the date is kept.
    """
    from chaport_sync.cli.init import run_init

    sys.exit(run_init(config, prepared, account))


@click.group("config")
def config_group() -> None:
    """Show the configuration."""


@config_group.command()
@json_option
@account_option
@config_option
@click.pass_obj
def show(config: Path | None, *, as_json: bool) -> None:
    """Show each setting, its value, and where it comes from.

    Secrets are hidden. What nobody has set is a default.
    """
    from chaport_sync.cli.accounts import of_each
    from chaport_sync.cli.config_show import run_show

    sys.exit(of_each(config, lambda: run_show(config, as_json=as_json), as_json=as_json))
