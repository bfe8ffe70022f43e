"""The commands that tell what the state file knows: their help, and which module answers."""

import sys
from pathlib import Path

import click

from chaport_sync.cli.options import PATH, account_option, config_option, json_option, who_argument


@click.command()
@json_option
@account_option
@config_option
@click.pass_obj
def status(config: Path | None, *, as_json: bool) -> None:
    """Show how the daemon gets on.

    First it says whether all is well, or the gravest that is not. Below are its flows, operators in motion, chats, and
    deliveries that wait or are parked.
    """
    from chaport_sync.cli.accounts import all_accounts

    if names := all_accounts(config):
        from chaport_sync.cli.status_of_all import run_status_of_all

        sys.exit(run_status_of_all(config, names, as_json=as_json))
    from chaport_sync.cli.status import run_status

    sys.exit(run_status(config, as_json=as_json))


@click.command()
@who_argument("a name, an e-mail address, an id, or case 2001", required=True, visitors=True)
@json_option
@account_option
@config_option
@click.pass_obj
def explain(config: Path | None, who: str, *, as_json: bool) -> None:
    """Say why an operator or a chat is as it is.

    First the answer, then the facts, the reason, and what happens next and when. WHO is an agent, an operator or a
    visitor, by name, e-mail address or id, or a case or a chat by its number, such as case 2001 or chat 7.
    """
    from chaport_sync.cli.accounts import of_each
    from chaport_sync.cli.explain import run_explain

    sys.exit(of_each(config, lambda: run_explain(config, who, as_json=as_json), as_json=as_json))


@click.command()
@who_argument("the name, e-mail address or id of an agent or an operator", required=False, visitors=False)
@click.option("--since", metavar="TIME", help="Such as 30m, 2h, 7d, 4w, or 2026-11-01.")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV instead of a table.")
@account_option
@config_option
@click.pass_obj
def history(config: Path | None, who: str, since: str | None, *, as_json: bool, as_csv: bool) -> None:
    """Show how operators' statuses changed, and why.

    WHO is an agent or an operator; without it everybody is shown.
    """
    from chaport_sync.cli.accounts import of_each
    from chaport_sync.cli.history import run_history

    if as_json and as_csv:
        raise click.UsageError("--json and --csv cannot go together; give one of them")

    def run() -> int:
        return run_history(config, who, since, as_json=as_json, as_csv=as_csv)

    # The rows of CSV do not say whose they are.
    sys.exit(run() if as_csv else of_each(config, run, as_json=as_json))


@click.command()
@who_argument("the name, e-mail address or id of an agent or an operator", required=False, visitors=False)
@click.option("--since", metavar="TIME", help="Such as 12h, 7d, 4w, or 2026-11-01; 24h unless given.")
@click.option("--html", type=PATH, metavar="FILE", help="Write a page into this file instead; - prints it.")
@json_option
@account_option
@config_option
@click.pass_obj
def timeline(config: Path | None, who: str, since: str | None, html: Path | None, *, as_json: bool) -> None:
    """Draw who was online when, and when the chat was off.

    First it says whether somebody is online now; below, who left last and why each time nobody was. WHO is an agent or
    an operator; without it everybody is shown.
    """
    from chaport_sync.cli.accounts import of_each
    from chaport_sync.cli.timeline import run_timeline

    if as_json and html:
        raise click.UsageError("--json and --html cannot go together; give one of them")

    def run() -> int:
        return run_timeline(config, who, since, as_json=as_json, html=html)

    # A file has the timeline of one account.
    sys.exit(run() if html else of_each(config, run, as_json=as_json))


@click.command()
@click.option("--since", metavar="TIME", help="Such as 12h, 7d, 4w, or 2026-11-01; 7d unless given.")
@json_option
@account_option
@config_option
@click.pass_obj
def chats(config: Path | None, since: str | None, *, as_json: bool) -> None:
    """Show what became of the chats.

    How many a bot or a person answered, how soon a person did, and which visitors and words wait now, since when and
    why.
    """
    from chaport_sync.cli.accounts import of_each
    from chaport_sync.cli.chats import run_chats

    sys.exit(of_each(config, lambda: run_chats(config, since, as_json=as_json), as_json=as_json))
