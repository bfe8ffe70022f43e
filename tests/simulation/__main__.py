"""Long runs: `python -m tests.simulation --seeds 10000 --jobs 2`; see `--help`."""

import gc
import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import islice
from typing import get_args

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tests.simulation.accounts import run_accounts
from tests.simulation.deliberate import Kind
from tests.simulation.found import FOUND
from tests.simulation.run import Outcome, run
from tests.simulation.sabotage import SABOTAGES, sabotaged
from tests.simulation.states import Kept

FIGURES = ("starts", "deaths", "take-overs", "misfortunes", "spells", "faults", "requests", "events", "violations")


@click.command(context_settings={"show_default": True})
@click.option("--seeds", type=click.IntRange(min=1), default=100, help="How many seeds.")
@click.option("--first", type=int, default=0, help="The first of them.")
@click.option("--seed", type=int, multiple=True, help="Replay this one and tell its story; may be repeated.")
@click.option("--found", is_flag=True, help="Every seed that found something once.")
@click.option("--day", is_flag=True, help="Whole days instead of busy half hours.")
@click.option("--accounts", is_flag=True, help="Three accounts in one daemon, one of them in trouble.")
@click.option("--state", type=click.Choice(get_args(Kept)), default="file", help="Where the state is kept.")
@click.option("--jobs", type=click.IntRange(min=1), default=2, help="Processes at a time.")
@click.option("--break", "sabotage", type=click.Choice(SABOTAGES), help="Break a rule first, to see it reported.")
@click.option(
    "--prove",
    type=click.Choice(["all", *SABOTAGES]),
    multiple=True,
    help="Break this rule in a seed that shows it; repeatable.",
)
@click.option("--keep-going", is_flag=True, help="Do not end at the first violation.")
@click.option("--json", "as_json", is_flag=True, help="Figures and violations as JSON.")
def main(
    *,
    seeds: int,
    first: int,
    seed: Sequence[int],
    found: bool,
    day: bool,
    accounts: bool,
    state: Kept,
    jobs: int,
    sabotage: str | None,
    prove: Sequence[str],
    keep_going: bool,
    as_json: bool,
) -> None:
    """Simulate the daemon's days, each decided by its seed, and look for a promise that is not kept."""
    if prove:
        _prove(SABOTAGES if "all" in prove else prove, as_json=as_json)
        return
    numbers = seed or (list(FOUND) if found else range(first, first + seeds))
    kind: Kind = "accounts" if accounts else "day" if day else ""
    figures: Counter[str] = Counter()
    digests: dict[int, str] = {}
    bad: list[Outcome] = []
    with _progress(len(numbers), quiet=as_json) as advance:
        for outcome in _outcomes(numbers, kind, state, jobs=min(jobs, len(numbers)), sabotage=sabotage or ""):
            figures.update(outcome.figures)
            figures["seeds"] += 1
            digests[outcome.seed] = outcome.digest
            if outcome.violations:
                bad.append(outcome)
            advance(len(bad))
            if bad and not keep_going:
                break
    bad.sort(key=lambda outcome: outcome.seed)
    if as_json:
        _report_json(figures, digests, bad)
    else:
        _report(figures, bad, kind, state, sabotage=sabotage or "")
    sys.exit(1 if bad else 0)


def _prove(names: Iterable[str], *, as_json: bool) -> None:
    """Report for each deliberate fault the invariants that missed it."""
    outcomes = {name: _one(SABOTAGES[name].seed, SABOTAGES[name].kind, name) for name in names}
    missed_by = {name: [each.invariant for each in outcome.violations] for name, outcome in outcomes.items()}
    if as_json:
        print(json.dumps(missed_by))  # noqa: T201
        return
    for name, invariants in missed_by.items():
        click.echo(f"{name}: {', '.join(dict.fromkeys(invariants)) or 'not reported'}")


def _outcomes(numbers: Sequence[int], kind: Kind, state: Kept, *, jobs: int, sabotage: str) -> Iterator[Outcome]:
    """Return the outcomes as they come, a few seeds being under way at a time."""
    if jobs == 1:
        for number in numbers:
            yield _one(number, kind, sabotage, state)
        return
    waiting = iter(numbers)
    with ProcessPoolExecutor(jobs) as pool:
        running = {pool.submit(_one, number, kind, sabotage, state) for number in islice(waiting, 2 * jobs)}
        try:
            while running:
                done = next(as_completed(running))
                running.remove(done)
                running |= {pool.submit(_one, number, kind, sabotage, state) for number in islice(waiting, 1)}
                yield done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _one(seed: int, kind: Kind, sabotage: str, state: Kept = "file") -> Outcome:
    with sabotaged(sabotage):
        if kind == "accounts":
            return run_accounts(seed)
        return run(seed, day=kind == "day", state="cluster" if kind == "cluster" else state)


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task("no violation", total=total)
        yield lambda bad: progress.update(
            task, advance=1, description=f"[red]{bad} with a violation" if bad else "no violation"
        )


def _report_json(figures: Counter[str], digests: dict[int, str], bad: list[Outcome]) -> None:
    found = [
        {"seed": one.seed, "invariant": each.invariant, "message": each.message, "story": one.story}
        for one in bad
        for each in one.violations
    ]
    together = hashlib.sha256(repr(sorted(digests.items())).encode()).hexdigest()[:16]
    counted = {name: figures[name] for name in ("seeds", *FIGURES)}
    days = round(figures["seconds"] / 86400, 2)
    print(json.dumps({"days": days, **counted, "digest": together, "digests": digests, "found": found}))  # noqa: T201


def _report(figures: Counter[str], bad: list[Outcome], kind: Kind, state: Kept, *, sabotage: str) -> None:
    days = figures["seconds"] / 86400
    out = Console(highlight=False, soft_wrap=True)
    for one in bad[:3]:
        out.print(f"\nSeed {one.seed}", style="bold")
        for line in one.story:
            out.print(line, markup=False)
        where = "" if state == "file" else f" --state {state}"
        options = f"{f' --{kind}' if kind else ''}{where}{f' --break {sabotage}' if sabotage else ''}"
        out.print(f"\nReplay it: python -m tests.simulation --seed {one.seed}{options}")
    told = ", ".join(f"{figures[name]:,} {name}" for name in FIGURES)
    out.print(f"\n{figures['seeds']:,} seeds, {days:,.1f} simulated days: {told}")
    if bad:
        out.print(f"Seeds with a violation: {', '.join(str(one.seed) for one in bad)}")


if __name__ == "__main__":
    # The order of sets of texts depends on this; a seed must decide that as well.
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]])  # noqa: S606
    # What is imported stays, and a run ends before much garbage has come together.
    gc.freeze()
    gc.set_threshold(50_000)
    main()
