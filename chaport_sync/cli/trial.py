"""`sandbox` and `demo`, as they are typed: the daemon can be tried without an account."""

import sys
from pathlib import Path

import click

from chaport_sync.cli.options import PATH


@click.command(context_settings={"show_default": True})
@click.option("--deskie-port", type=click.IntRange(0, 65535), default=8801, help="0 takes a free one.")
@click.option("--chaport-port", type=click.IntRange(0, 65535), default=8802, help="0 takes a free one.")
@click.option("--agents", type=click.IntRange(1, 1000), default=6, help="Made-up agents and operators.")
@click.option("--visitors", type=click.IntRange(0, 1000), default=5, help="Made-up visitors with chats.")
@click.option("--lively", is_flag=True, help="People change their status and talk by themselves.")
def sandbox(*, deskie_port: int, chaport_port: int, agents: int, visitors: int, lively: bool) -> None:
    """Imitate both services on this machine.

    Made-up people and chats, to try the daemon without an account. What is typed is done: "help" says what can be.
    """
    from chaport_sync.cli.sandbox import run_sandbox

    sys.exit(
        run_sandbox(deskie_port=deskie_port, chaport_port=chaport_port, agents=agents, visitors=visitors, lively=lively)
    )


@click.command()
@click.option("--plain", is_flag=True, help="Print lines instead of the live view.")
@click.option("--record", type=PATH, metavar="FILE", help="Draw the end of the story as an SVG instead, at once.")
@click.option("--cluster", is_flag=True, help="Another story: two workers over PostgreSQL, and one is killed.")
def demo(*, plain: bool, record: Path | None, cluster: bool) -> None:
    """Play a story of a minute, on imitated services."""
    if cluster:
        if record:
            raise click.UsageError("--cluster has no picture to --record")
        from chaport_sync.cli.demo.cluster import run_cluster_demo

        sys.exit(run_cluster_demo())
    from chaport_sync.cli.demo.command import record_demo, run_demo

    sys.exit(run_demo(plain=plain) if record is None else record_demo(record))
