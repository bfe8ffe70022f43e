"""Figures that anyone can repeat: `python -m benchmarks [NAME …] [--runs N] [--json] [--small]`.

docs/performance.md explains them. The references are measured in the same run, so ratios hold whatever the machine.
Exit code 1 if a goal is missed.
"""

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.figures import (
    cluster,
    commands,
    fleet,
    growth,
    idle,
    idle_requests,
    line_cpu,
    memory,
    page,
    ready,
    soon,
    talk,
    throughput,
    unchanged,
)
from benchmarks.row import Row, middle
from benchmarks.worlds import silence


class Figure(Protocol):
    """What measures a figure: yields its rows, with `small` in the smallest size."""

    def __call__(self, *, small: bool) -> Iterator[Row]:
        """Measure."""


FIGURES: Mapping[str, Figure] = {
    module.__name__.rpartition(".")[2]: module.rows
    for module in (
        idle_requests,
        talk,
        line_cpu,
        throughput,
        idle,
        memory,
        page,
        unchanged,
        ready,
        growth,
        soon,
        commands,
        fleet,
        cluster,
    )
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(FIGURES)), metavar="[NAME …]")
@click.option("--runs", type=click.IntRange(min=1), default=1, help="So many runs of each figure; rows have medians.")
@click.option("--json", "as_json", is_flag=True, help="Rows as JSON.")
@click.option("--small", is_flag=True, help="The smallest sizes: to see whether all of it runs, not for the figures.")
def main(names: Sequence[str], *, runs: int, as_json: bool, small: bool) -> None:
    """Measure figures, all or those named, and exit with 1 if a goal is missed."""
    silence()
    found: list[Row] = []
    try:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("", total=runs * len(names or FIGURES))
            for name in names or FIGURES:
                rows = []
                for _ in range(runs):
                    progress.update(task, description=name)
                    rows.append(list(FIGURES[name](small=small)))
                    progress.advance(task)
                found += map(middle, zip(*rows, strict=True))
    finally:
        # Also what was measured before an error or Ctrl-C: some figures take minutes.
        click.echo(json.dumps([row.as_json() for row in found], indent=1) if as_json else _table(found))
    raise SystemExit(not all(row.met for row in found))


def _table(found: Sequence[Row]) -> str:
    machine = f"{date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}"  # noqa: DTZ011 - of here
    columns = ("Figure", "Ours", "Reference", "Ratio", "Goal")
    table = Table(*columns, caption=machine, caption_justify="left", box=None, pad_edge=False)
    for row in found:
        table.add_row(*row.cells())
    out = Console(highlight=False)
    with out.capture() as captured:
        out.print(table)
    return captured.get().rstrip()


if __name__ == "__main__":
    main()
