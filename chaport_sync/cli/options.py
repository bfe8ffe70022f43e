"""Options and arguments that several commands have."""

from collections.abc import Callable
from pathlib import Path

import click

#: A path that is neither checked nor expanded here.
PATH = click.Path(path_type=Path)

Command = Callable[..., None]
#: Under this name the account is known after the choice has ended: a shell completes only then.
_ACCOUNT = f"{__name__}.account"


def json_option(command: Command) -> Command:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")(command)


def _take_config(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Accept `--config` after the command too."""
    if path is not None:
        context.obj = path


def config_option(command: Command) -> Command:
    """Add `--config`, which may come after the command, too."""
    words = "The configuration, also before the command."
    option = click.option("--config", type=PATH, metavar="PATH", expose_value=False, callback=_take_config, help=words)
    return option(command)


def _take_account(context: click.Context, _: click.Parameter, name: str | None) -> None:
    """Choose the account until the command has ended."""
    if name is not None:
        from chaport_sync.cli.accounts import chosen

        context.with_resource(chosen(name))
        context.meta[_ACCOUNT] = name


def account_option(command: Command) -> Command:
    """Add `--account`."""
    words = "The account, where the configuration has several."
    option = click.option("--account", metavar="NAME", expose_value=False, callback=_take_account, help=words)
    return option(command)


def who_argument(wanted: str, *, required: bool, visitors: bool) -> Callable[[Command], Command]:
    """Add WHO: any words, given to the command as one text, or the usage error that `wanted` is to be typed.

    Shells complete it: agents and operators, with `visitors` also visitors, cases and chats.
    """

    def joined(_context: click.Context, _parameter: click.Parameter, words: tuple[str, ...]) -> str:
        who = " ".join(words).strip()
        if words and not who:
            raise click.UsageError(f"WHO is empty; give {wanted}")
        return who

    def complete(context: click.Context, _: click.Parameter, begun: str) -> list[str]:
        from chaport_sync.cli.completion import next_words

        # While a shell completes, the group before the command has not run yet.
        config = context.obj or context.find_root().params.get("config")
        typed = (context.params["who"] or "").split()
        return next_words(config, context.meta.get(_ACCOUNT), typed, begun, visitors=visitors)

    return click.argument("who", nargs=-1, required=required, callback=joined, shell_complete=complete)


def dry_run_option(command: Command) -> Command:
    """Add `--dry-run`."""
    words = "Write to neither API, take no lock, leave nothing behind."
    return click.option("--dry-run", is_flag=True, help=words)(command)
